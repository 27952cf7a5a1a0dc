"""A wire between browser and server: counts bytes, and delays them where a trip shall take time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.journeys.served import free_port


class Wire:
    """Forwards TCP from its own loopback port to another.

    `delay` is in seconds for each direction and holds for what arrives from now on; `received`
    counts the bytes that went to clients.
    """

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self.delay = 0.0
        self.received = 0
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="wire", daemon=True)

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        self._ready.wait(10)

    def stop(self) -> None:
        """Cut all connections."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        listening = asyncio.start_server(self._connected, "127.0.0.1", self.port, limit=1 << 20)
        self._loop.run_until_complete(listening)
        self._ready.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))

    async def _connected(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        if self.delay:
            await asyncio.sleep(2 * self.delay)  # TCP's own handshake takes a round trip
        try:
            far, away = await asyncio.open_connection("127.0.0.1", self._target, limit=1 << 20)
        except OSError:
            back.close()
            return
        await asyncio.gather(self._pump(near, away, False), self._pump(far, back, True))

    async def _pump(
        self, near: asyncio.StreamReader, far: asyncio.StreamWriter, down: bool
    ) -> None:
        """Read at once, write when the time has come, in order."""
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        writer = asyncio.create_task(self._write(under_way, far))
        with suppress(ConnectionError):
            while chunk := await near.read(1 << 18):
                if down:
                    self.received += len(chunk)
                under_way.put_nowait((self._loop.time() + self.delay, chunk))
        under_way.put_nowait((self._loop.time() + self.delay, b""))
        await writer

    async def _write(
        self, under_way: asyncio.Queue[tuple[float, bytes]], far: asyncio.StreamWriter
    ) -> None:
        with suppress(ConnectionError):
            while True:
                due, chunk = await under_way.get()
                if (early := due - self._loop.time()) > 0:
                    await asyncio.sleep(early)
                if not chunk:
                    break
                far.write(chunk)
                await far.drain()
        far.close()


@contextmanager
def wire(target: int) -> Iterator[Wire]:
    """A wire to a port until the block ends."""
    opened = Wire(target)
    opened.start()
    try:
        yield opened
    finally:
        opened.stop()
