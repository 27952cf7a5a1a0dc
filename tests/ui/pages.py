"""A page as its browser sees it: what was sent at first, and what comes over its socket."""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from tests.journeys.served import Served

ELEMENTS = re.compile(r"parseElements\(String\.raw`(.*?)`\)", re.DOTALL)
CLIENT = re.compile(r"client_id['\": ]+([0-9a-f-]{36})")


@dataclass(frozen=True)
class OpenPage:
    """A page that was fetched: its HTML, the cookies it came with, its elements by their ids."""

    served: Served
    html: str
    cookie: str

    @property
    def language(self) -> str:
        """What the page says of its language."""
        found = re.search(r"<html lang=\"([\w-]+)\"", self.html)
        assert found is not None
        return found[1]

    @property
    def elements(self) -> dict[str, dict[str, Any]]:
        """What the page is built of at first."""
        found = ELEMENTS.search(self.html)
        assert found is not None
        elements: dict[str, dict[str, Any]] = json.loads(html.unescape(found[1]))
        return elements

    def says(self, text: str) -> bool:
        """Whether some element carries exactly this text or label."""
        return any(text in _said(element) for element in self.elements.values())

    def clickable(self, text: str) -> tuple[int, dict[str, Any]]:
        """The id and the listener of the innermost element that carries the text."""
        elements = self.elements
        inner = [number for number, element in elements.items() if text in _said(element)]
        while inner:
            for number in inner:
                for listener in elements[number].get("events", ()):
                    if listener["type"] == "click":
                        return int(number), listener
            inner = [
                number
                for number, element in elements.items()
                if {str(child) for child in element.get("children", ())} & set(inner)
            ]
        raise AssertionError(f"nothing to click says {text!r}")

    @contextmanager
    def opened(self, **headers: str) -> Iterator[Line]:
        """The page's socket, as its browser opens it."""
        found = CLIENT.search(self.html)
        assert found is not None
        address = (
            f"{self.served.url.replace('http', 'ws')}/_nicegui_ws/socket.io/?EIO=4"
            f"&transport=websocket&client_id={found[1]}&tab_id=tab&document_id=document"
            "&next_message_id=0&implicit_handshake=true"
        )
        sent = {"Cookie": self.cookie, **headers}
        with connect(address, additional_headers=sent, origin=self.served.url) as socket:  # type: ignore[arg-type]
            socket.send("40")
            line = Line(self, socket, found[1])
            line.hears("40{")
            yield line


@dataclass(frozen=True)
class Line:
    """The open socket of a page."""

    page: OpenPage
    socket: ClientConnection
    client_id: str

    def click(self, text: str) -> None:
        """Click what carries this text."""
        number, listener = self.page.clickable(text)
        event = {
            "id": number,
            "client_id": self.client_id,
            "listener_id": listener["listener_id"],
            "args": [],
        }
        self.socket.send("42" + json.dumps(["event", event]))

    def hears(self, text: str) -> str:
        """Wait for a message with this text in it."""
        give_up = time.monotonic() + 20
        heard: list[str] = []
        while time.monotonic() < give_up:
            message = self.socket.recv(timeout=20)
            heard.append(str(message)[:200])
            if isinstance(message, str):
                if message == "2":
                    self.socket.send("3")  # a ping is answered with a pong
                elif text in message:
                    return message
        raise AssertionError(f"{text!r} was not among {heard}")


def fetch(served: Served, path: str, cookie: str = "", **headers: str) -> OpenPage:
    """Get a page as a browser that prefers what `headers` say."""
    sent = {**headers, **({"Cookie": cookie} if cookie else {})}
    answer = httpx.get(served.url + path, headers=sent, timeout=30)
    got = "; ".join(f"{name}={value}" for name, value in answer.cookies.items())
    return OpenPage(served, answer.text, "; ".join(part for part in (cookie, got) if part))


def _said(element: dict[str, Any]) -> set[object]:
    props = element.get("props", {})
    return {element.get("text"), props.get("label"), props.get("aria-label")}
