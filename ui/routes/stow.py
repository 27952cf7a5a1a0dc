"""Storing (STOW-RS, DICOM PS3.18 10.5): the body is taken in as it arrives."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from services.errors import Invalid
from services.portal import Portal
from services.programs.callers import Caller
from services.programs.dicomweb.storing import Stored, permitted, store
from ui.routes.picture_address import ROOT

PIECE = 1 << 20  # bytes handed over at once
MOST_WAITING = 8  # pieces that wait for the disk; the sender is slowed down beyond
MOST_AT_ONCE = 2  # requests that store; others wait their turn
LONGEST_SILENCE = 60.0  # seconds without a byte after which a sender counts as gone
BROKEN_OFF = "The connection ended before the body did."


class Stow:
    """The routes of storage; every request has a caller already."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        # threads of their own: they wait for senders, and must keep nobody else from one
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="storing")

    def routes(self) -> list[Route]:
        """For objects of any study, and of one."""
        return [
            Route(f"{ROOT}/studies", self.store, methods=["POST"]),
            Route(f"{ROOT}/studies/{{study}}", self.store, methods=["POST"]),
        ]

    async def store(self, request: Request) -> Response:
        """Acknowledged once everything is on disk and committed."""
        caller = request.scope["state"]["caller"]
        assert isinstance(caller, Caller)  # noqa: S101, the door gave it
        permitted(caller)  # before the body is looked at, and before waiting for a thread
        loop = asyncio.get_running_loop()
        pipe = Pipe(loop)
        sending = asyncio.create_task(_send(request.stream(), pipe))
        kind, study = request.headers.get("content-type", ""), request.path_params.get("study", "")
        try:
            stored: Stored = await loop.run_in_executor(
                self._threads, store, self._portal, caller, kind, pipe, study
            )
        finally:
            pipe.close()
            await sending
        body = json.dumps(stored.as_json())
        return Response(body, stored.status, media_type="application/dicom+json")


class Pipe:
    """Hands pieces of a body from the event loop to the thread that takes them in."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._room = asyncio.Event()
        self._pieces: deque[bytes] = deque()
        self._changed = threading.Condition()
        self._ended = False  # no more comes
        self._broken = False  # it ended too early
        self._closed = False  # nobody reads any more

    async def put(self, piece: bytes) -> bool:
        """Hand a piece over once there is room; false when nobody reads any more."""
        while len(self._pieces) >= MOST_WAITING and not self._closed:
            self._room.clear()
            await self._room.wait()
        with self._changed:
            self._pieces.append(piece)
            self._changed.notify()
        return not self._closed

    def end(self, *, broken: bool = False) -> None:
        """No more comes."""
        with self._changed:
            if not self._ended:
                self._ended, self._broken = True, broken
            self._changed.notify()

    def close(self) -> None:
        """Nobody reads any more, or nobody should; called in the event loop."""
        self._closed = True
        self.end(broken=True)  # a thread that still waits, because the request was cancelled, stops
        self._room.set()

    def __iter__(self) -> Iterator[bytes]:
        while True:
            with self._changed:
                while not self._pieces and not self._ended:
                    self._changed.wait()
                if not self._pieces:
                    if self._broken:
                        raise Invalid(BROKEN_OFF)
                    return
                piece = self._pieces.popleft()
            self._loop.call_soon_threadsafe(self._room.set)
            yield piece


async def _send(body: AsyncIterator[bytes], pipe: Pipe) -> None:
    gathered = bytearray()
    try:
        while chunk := await _next(body):
            gathered += chunk
            if len(gathered) >= PIECE:
                if not await pipe.put(bytes(gathered)):
                    return
                gathered.clear()
        if gathered:
            await pipe.put(bytes(gathered))
        pipe.end()
    except (ClientDisconnect, TimeoutError):
        pipe.end(broken=True)


async def _next(body: AsyncIterator[bytes]) -> bytes:
    """The next bytes of a body, b"" at its end; TimeoutError when the sender has gone silent."""
    async with asyncio.timeout(LONGEST_SILENCE):
        async for chunk in body:
            if chunk:
                return chunk
    return b""
