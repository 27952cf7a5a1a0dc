"""Somebody who opens a page and presses everything on it; all that reaches them is kept."""

from __future__ import annotations

import ast
import json
import re
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.wire import UNESCAPED, method_called

DESKTOP = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0"
SCREEN = {"width": 900, "height": 700}
QUIET = 0.6  # seconds without a message after which nothing more is expected
# what would end the visit, or take away what there is to see
LEFT_ALONE = re.compile(r"log ?out|sign ?out|delete", re.IGNORECASE)
MOST_PRESSED = 250
MOST_ALIKE = 3


@dataclass
class Page:
    """One open page: what came of it, and what is on it."""

    html: bytes
    socket: ClientConnection
    client_id: str
    elements: dict[str, dict[str, Any]]
    frames: list[str] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)  # what came as it is, such as a saved file
    pressed: int = 0

    def look_around(self) -> None:
        """Tell the size of the screen, load every picture, press everything there is to press."""
        for number, element in list(self.elements.items()):
            if element.get("tag") == "q-resize-observer":
                self._fire(number, "resize", **SCREEN)
        self.listen()
        done: set[str] = set()
        alike: Counter[str] = Counter()
        while todo := [n for n in self.elements if n not in done and self._can_be_pressed(n)]:
            done |= set(todo)
            for number in todo[: MOST_PRESSED - self.pressed]:
                words = self.words(number)
                alike[words] += 1
                if alike[words] > MOST_ALIKE:  # every opening of a dialog makes its buttons anew
                    continue
                self._fire(number, "click")
                self.pressed += 1
                self.listen(0.05)
            self.listen()

    def listen(self, quiet: float = QUIET) -> None:
        """Take in what comes, until nothing has come for a while."""
        try:
            while True:
                frame = self.socket.recv(timeout=quiet)
                if frame == "2":
                    self.socket.send("3")
                    continue
                if isinstance(frame, bytes):
                    self.files.append(frame)
                    continue
                self.frames.append(frame)
                if frame.startswith("42"):
                    self._take(*json.loads(frame[2:])[:2])
        except (TimeoutError, ConnectionClosed):
            return

    def _take(self, name: str, data: Any) -> None:
        if name == "run_javascript" and (called := method_called(data["code"])):
            number, method, args = called
            if method == "setAttribute" and args[0] == "src":
                self._fire(number, "load")
        if name != "update":
            return
        for number, element in data.items():
            if isinstance(element, dict):
                before = self.elements.get(number, {}).get("props", {}).get("src")
                self.elements[number] = element
                source = element.get("props", {}).get("src")
                if source and source != before:
                    self._fire(number, "loaded", width=256, height=256)
                    self._fire(number, "load")
            elif element is None:
                self.elements.pop(number, None)

    def _can_be_pressed(self, number: str) -> bool:
        kinds = {event["type"] for event in self.elements[number].get("events", [])}
        return "click" in kinds and not LEFT_ALONE.search(self.words(number))

    def words(self, number: str) -> str:
        """What stands on an element and on everything within it."""
        element = self.elements.get(number, {})
        inner = element.get("children") or [
            one for slot in (element.get("slots") or {}).values() for one in slot.get("ids", [])
        ]
        own = json.dumps([element.get("text"), element.get("props")])
        return " ".join((own, *(self.words(str(one)) for one in inner)))

    def _fire(self, number: str, kind: str, **args: object) -> None:
        for listener in self.elements.get(number, {}).get("events", []):
            if listener["type"] == kind:
                event = {
                    "id": int(number), "client_id": self.client_id,
                    "listener_id": listener["listener_id"],
                    "args": [] if listener["args"] == [] else [json.dumps(args)],
                }  # fmt: skip
                try:
                    self.socket.send("42" + json.dumps(["event", event]))
                except ConnectionClosed:
                    return


class Browser:
    """Speaks for one person; what it gets is in `received`, by where it came from."""

    def __init__(self, url: str, *, session: str = "", token: str = "") -> None:
        self.url = url
        self.received: dict[str, bytes] = {}
        self.statuses: dict[str, int] = {}
        headers = {"user-agent": DESKTOP}
        if token:
            headers["authorization"] = f"Bearer {token}"
        cookies = {"myimaging_session": session} if session else {}
        self._http = httpx.Client(base_url=url, headers=headers, cookies=cookies, timeout=60)

    def get(self, address: str, **headers: str) -> httpx.Response:
        """Fetch an address; its whole answer is kept, headers and all."""
        answer = self._http.get(address, headers=headers)
        self.statuses[address] = answer.status_code
        head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        self.received[f"{address} headers"] = head.encode()
        for number, part in enumerate(_parts(answer)):
            self.received[f"{address} {number}" if number else address] = part
        return answer

    def visit(self, address: str) -> Page | None:
        """Open a page, press everything on it, and keep what came; None where it is no page."""
        answer = self.get(address)
        if "parseElements(String.raw`" not in answer.text:
            return None
        page = self.opened(answer)
        page.look_around()
        page.socket.close()
        self.received[f"{address} socket"] = "\n".join(page.frames).encode()
        for number, file in enumerate(page.files):
            self.received[f"{address} file {number}"] = file
        return page

    def opened(self, answer: httpx.Response) -> Page:
        """The page of an answer with its socket, before anything is done on it."""
        text, content = answer.text, answer.content
        raw = text.split("parseElements(String.raw`", 1)[1].split("`)", 1)[0]
        for escaped, sign in UNESCAPED:
            raw = raw.replace(escaped, sign)
        found = re.search(r"\n\s*query: (\{.*\}),\n", text)
        assert found is not None, "the page names no query for its socket"
        query = ast.literal_eval(found[1])
        asked = {key: str(v).lower() if isinstance(v, bool) else v for key, v in query.items()}
        asked |= {"document_id": uuid.uuid4(), "tab_id": uuid.uuid4(), "EIO": 4}
        jar = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._http.cookies.jar)
        target = f"{self.url.replace('http', 'ws', 1)}/_nicegui_ws/socket.io/"
        socket = connect(
            f"{target}?{urlencode({**asked, 'transport': 'websocket'})}",
            additional_headers={"Cookie": jar}, origin=self.url, max_size=None,  # type: ignore[arg-type]
        )  # fmt: skip
        assert str(socket.recv()).startswith("0")
        socket.send("40")
        assert str(socket.recv()).startswith("40"), "the page's socket was refused"
        return Page(content, socket, query["client_id"], json.loads(raw))


def _parts(answer: httpx.Response) -> list[bytes]:
    """An answer's body, and each part of a multipart one."""
    kind = answer.headers.get("content-type", "")
    if not kind.startswith("multipart/"):
        return [answer.content]
    boundary = kind.rpartition("boundary=")[2].strip('"').encode()
    pieces = answer.content.split(b"--" + boundary)[1:-1]
    bodies = [piece.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for piece in pieces]
    return [answer.content, *bodies]
