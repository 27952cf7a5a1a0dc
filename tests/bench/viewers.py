"""People with an exam open, without their browsers: pages fetched, real websockets, real events.

They speak what NiceGUI's page speaks: Socket.IO 5 over Engine.IO 4 over a websocket that offers
compression. A picture that arrives is answered by its load event, as a browser does, and messages
are acknowledged every three seconds. Ten real browsers would measure the browsers.

`python -m tests.bench.viewers` runs them in a process of its own: the task as JSON on standard
input, "ready" on standard output once everybody is connected, the latencies when told to stop.
"""

from __future__ import annotations

import ast
import asyncio
import json
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.bench.ours import Ours, Viewer
from tests.journeys.served import ROOT
from tests.wire import UNESCAPED, method_called

RATE = 30  # wheel events a second, as fast as a hand turns a wheel
ACKNOWLEDGED_EVERY = 3.0  # seconds
SCREEN = {"width": 1000, "height": 800}


@dataclass
class Page:
    """One open page: its elements by number, its socket, and what was waited for."""

    base: str
    cookie: str
    elements: dict[str, dict[str, Any]]
    query: dict[str, Any]
    http: httpx.AsyncClient
    socket: ClientConnection
    next_message: int = 0
    waiting_since: float = 0.0
    latencies: list[float] = field(default_factory=list)
    pictures: int = 0

    async def fire(self, number: str, kind: str, **args: object) -> bool:
        """Send an element's event, if the page listens to it."""
        listeners = self.elements.get(number, {}).get("events", [])
        heard = [listener for listener in listeners if listener["type"] == kind]
        for listener in heard:
            event = {
                "id": int(number), "client_id": self.query["client_id"],
                "listener_id": listener["listener_id"],
                "args": [] if listener["args"] == [] else [json.dumps(args)],
            }  # fmt: skip
            await self.emit("event", event)
        return bool(heard)

    async def emit(self, name: str, data: object) -> None:
        """Send a Socket.IO event."""
        with suppress(ConnectionClosed):
            await self.socket.send("42" + json.dumps([name, data]))

    async def listen(self) -> None:
        """Answer everything that arrives until the socket closes."""
        with suppress(ConnectionClosed):
            async for frame in self.socket:
                if frame == "2":
                    await self.socket.send("3")
                elif isinstance(frame, str) and frame.startswith("42"):
                    name, data = json.loads(frame[2:])
                    self.next_message = data.get("_id", self.next_message) + 1
                    if name == "update":
                        await self._update(data)
                    elif name == "run_javascript" and (asked := method_called(data["code"])):
                        await self._method(*asked)

    async def acknowledge(self) -> None:
        """Tell every three seconds what has arrived, if anything has, until cancelled."""
        told = self.next_message
        while True:
            await asyncio.sleep(ACKNOWLEDGED_EVERY)
            if told != self.next_message:
                told = self.next_message
                what = {"client_id": self.query["client_id"], "next_message_id": told}
                await self.emit("ack", what)

    async def _update(self, changed: dict[str, Any]) -> None:
        before = {number: self.elements.get(number, {}) for number in changed}
        self.elements |= {n: element for n, element in changed.items() if isinstance(element, dict)}
        for number, was in before.items():
            element = self.elements.get(number, {})
            source = element.get("props", {}).get("src")
            if source and source != was.get("props", {}).get("src"):
                await self.picture(number, source)

    async def _method(self, number: str, name: str, args: list[Any]) -> None:
        """What is set on an element itself."""
        element = self.elements.get(number, {})
        match name, args:
            case "setAttribute", ["src", str(source)]:
                await self.picture(number, source)
            case "toggleAttribute", [str(flag), bool(on)]:
                element.setdefault("flags", {})[flag] = on
                self.seen()

    async def picture(self, number: str, source: str) -> None:
        """Load a picture as a browser does, and tell so; it is seen unless it is behind another."""
        if source.startswith("/"):
            await self.http.get(self.base + source, headers={"Cookie": self.cookie})
        heard = await self.fire(number, "loaded", width=512, height=512)
        heard |= await self.fire(number, "load")
        if heard and int(number) not in map(_behind, self.elements.values()):
            self.seen()

    def seen(self) -> None:
        """Another picture is on screen."""
        self.pictures += 1
        if self.waiting_since:
            self.latencies.append((time.perf_counter() - self.waiting_since) * 1000)
            self.waiting_since = 0.0

    def canvas(self) -> str:
        """The number of the element that takes the wheel."""
        for number, element in self.elements.items():
            if any(event["type"] == "wheel" for event in element.get("events", [])):
                return number
        raise LookupError("no element of the page listens to the wheel")

    async def scroll(self, until: asyncio.Event, rate: float, turn: int, most: int) -> None:
        """Turn the wheel, changing direction every `turn` notches; at most `most` notches."""
        canvas, notch = self.canvas(), 0
        while notch < most and not until.is_set():
            down = (notch // turn) % 2 == 0
            self.waiting_since = self.waiting_since or time.perf_counter()
            args = {"deltaY": 100 if down else -100, "offsetX": 500, "offsetY": 400}
            await self.fire(canvas, "wheel", **args, ctrlKey=False)
            notch += 1
            await asyncio.sleep(1 / rate)


def _is_turned(element: dict[str, Any]) -> bool:
    return bool(element.get("flags", {}).get("data-turned"))


def _behind(element: dict[str, Any]) -> int | None:
    """The picture behind the other one, of an element that has a double buffer's two in it."""
    pictures = element.get("children", [])[:2] if "layers" in element.get("class", []) else []
    return pictures[0 if _is_turned(element) else 1] if len(pictures) == 2 else None


async def opened(http: httpx.AsyncClient, base: str, path: str, cookie: str) -> Page:
    """Fetch the page and connect its socket, with the handshake in the query."""
    answer = await http.get(base + path, headers={"Cookie": cookie})
    answer.raise_for_status()
    text = answer.text
    raw = text.split("parseElements(String.raw`", 1)[1].split("`)", 1)[0]
    for escaped, sign in UNESCAPED:
        raw = raw.replace(escaped, sign)
    found = re.search(r"\n\s*query: (\{.*\}),\n", text)
    assert found is not None, "the page names no query for its socket"
    query = ast.literal_eval(found[1])  # the page prints it as Python does
    asked = {key: str(v).lower() if isinstance(v, bool) else v for key, v in query.items()}
    asked |= {"document_id": uuid.uuid4(), "tab_id": uuid.uuid4(), "EIO": 4}
    target = f"{base.replace('http', 'ws', 1)}/_nicegui_ws/socket.io/"
    socket = await connect(
        f"{target}?{urlencode({**asked, 'transport': 'websocket'})}",
        additional_headers={"Cookie": cookie}, origin=base, max_size=None,  # type: ignore[arg-type]
    )  # fmt: skip
    assert str(await socket.recv()).startswith("0"), "no Engine.IO handshake"
    await socket.send("40")
    assert str(await socket.recv()).startswith("40"), "the page's socket was refused"
    return Page(base, cookie, json.loads(raw), query, http, socket)


async def attend(task: dict[str, Any]) -> dict[str, Any]:
    """Open everybody's page, scroll or rest until standard input ends."""
    stop = asyncio.Event()
    async with httpx.AsyncClient(timeout=60) as http:
        pages = [await opened(http, task["base"], p["path"], p["cookie"]) for p in task["people"]]
        ears = [asyncio.create_task(page.listen()) for page in pages]
        mouths = [asyncio.create_task(page.acknowledge()) for page in pages]
        for page in pages:
            for number, element in list(page.elements.items()):
                if element["tag"] == "q-resize-observer":
                    await page.fire(number, "resize", **SCREEN)
                elif source := element.get("props", {}).get("src"):
                    await page.picture(number, source)
        while not all(page.pictures for page in pages):
            await asyncio.sleep(0.02)
        print("ready", flush=True)
        began = time.perf_counter()
        hands = [
            asyncio.create_task(page.scroll(stop, RATE, task["turn"] + 7 * number, task["notches"]))
            for number, page in enumerate(pages)
        ]
        await asyncio.to_thread(sys.stdin.readline)
        stop.set()
        seconds = time.perf_counter() - began
        await asyncio.gather(*hands)
        lost = sum(ear.done() for ear in ears)
        for mouth in mouths:
            mouth.cancel()
        for page in pages:
            await page.socket.close()
    latencies = [latency for page in pages for latency in page.latencies]
    pictures = sum(page.pictures for page in pages)
    return {"latencies": latencies, "a_second": pictures / seconds, "lost": lost}


@dataclass
class Crowd:
    """What the people saw, filled in when the block ends."""

    latencies: list[float] = field(default_factory=list)  # ms from wheel to picture received
    a_second: float = 0.0  # pictures of all people together


@contextmanager
def crowd(
    ours: Ours, people: Sequence[Viewer], study: str, *, notches: int = 1 << 30, turn: int = 60
) -> Iterator[Crowd]:
    """These people have the exam open until the block ends; they scroll, 30 notches a second.

    After `notches` they rest. The first turns round every `turn` notches, each other one later.
    """
    task = {
        "base": ours.direct, "notches": notches, "turn": turn,
        "people": [{"path": p.addresses[study], "cookie": p.cookie_header} for p in people],
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.viewers"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    seen = Crowd()
    try:
        process.stdin.write(json.dumps(task) + "\n")
        process.stdin.flush()
        ready = process.stdout.readline()
        assert ready == "ready\n", "the simulated viewers could not connect"
        yield seen
        process.stdin.write("stop\n")
        process.stdin.flush()
        told = json.loads(process.stdout.readline())
        assert not told["lost"], f"{told['lost']} viewers lost their connection"
        seen.latencies, seen.a_second = told["latencies"], told["a_second"]
    finally:
        process.stdin.close()
        process.terminate()
        process.wait(15)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(attend(json.loads(sys.stdin.readline())))), flush=True)
