"""What a page's socket accepts: nothing for another page, nothing that is no event of its own.

An attacker sends whatever a socket can carry, as everybody; a victim's open page must not move, no
detail of the patient may come, the log must name nobody, and the portal must go on serving.
"""

from __future__ import annotations

import itertools
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.attacks import model, people, watching
from tests.attacks.people import Crowd, crowd
from tests.journeys.served import Served, free_port, serving
from tests.tracer.browser import DESKTOP, Browser, Page

pytestmark = pytest.mark.timeout(600)
PAGES = ("/login", "/forgot", "/setup?link={link}", "/support", "/studies", "/sharing", "/looks",
         "/password", "/break-glass", "/staff", "/study/{exam}")  # fmt: skip
WRONG_ARGS: tuple[object, ...] = (
    [], ["null"], ["{}"], ['{"value": {"value": -1}, "label": []}'], ['"<img src=x onerror=1>"'],
    ["[[1], 2, null]"], ["1e999"], ["-1"], ["not json"], [None], [17], "no list", {"a": 1}, None,
    ["1"] * 40, ['"' + "x" * 20_000 + '"'], ['{"width": "9", "height": null}'],
    ['{"deltaY": 1e308, "offsetX": -1e308, "offsetY": 0, "ctrlKey": 2}'],
)  # fmt: skip
BROKEN_FRAMES = (
    "42", "42[", "42{}", '42"event"', '42["event"]', '42["event",1,2,3]', '42["nothing",{}]',
    "42[1]", "4999", "45-1[]", "451-[\"event\",{\"_placeholder\":true,\"num\":7}]", "9", "",
    "2probe", "5", "6", '43["x"]', "40/nowhere,", '42["handshake"]', '42["connect",{}]',
    '42["disconnect"]', "\0", '42' + "[" * 5000,
)  # fmt: skip


@dataclass
class Attacked:
    """The portal, its people, and what was found wrong."""

    served: Served
    there: Crowd

    def open(self, who: str, address: str, session: str = "") -> Page | None:
        """The page in a session of its own or in the one given, if the person gets one there."""
        filled = address.format(link=self.there.invitation, exam=self.there.exams.get(who, "none"))
        browser = Browser(self.served.url, session=session or self.there.new_session(who))
        answer = browser.get(filled)
        if "parseElements(String.raw`" not in answer.text:
            return None
        return browser.opened(answer)

    def is_well(self) -> bool:
        return httpx.get(f"{self.served.url}/health/ready", timeout=20).status_code == 200


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    folder, port = tmp_path_factory.mktemp("sockets") / "data", free_port()
    there = crowd(folder, port)
    with serving(folder, port) as served:
        yield Attacked(served, there)
    there.there.house.portal.database.close()


def say(page: Page, name: str, *said: object) -> None:
    """Send a message as a page does."""
    page.socket.send("42" + json.dumps([name, *said]))


def events_of(page: Page) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every event that something on the page waits for; those that end the visit come last."""
    for number, element in page.elements.items():
        for listener in element.get("events", []):
            yield int(number), listener


def event(page: Page, number: object, listener_id: object, args: object = ()) -> dict[str, object]:
    said = list(args) if isinstance(args, tuple) else args
    return {"id": number, "client_id": page.client_id, "listener_id": listener_id, "args": said}


def told(page: Page) -> list[str]:
    return watching.told_of_the_patient("\n".join(page.frames).encode())


def test_another_page_cannot_be_spoken_for(attacked: Attacked) -> None:
    victim = attacked.open(people.OWNER, "/studies")
    assert victim is not None
    victim.listen()
    listened = list(events_of(victim))
    assert listened
    attacker = attacked.open(model.NOBODY, "/login")
    assert attacker is not None
    attacker.listen()
    seen = len(victim.frames)
    for number, listener in listened:
        say(attacker, "event", event(victim, number, listener["listener_id"]))
        say(attacker, "event", event(victim, number, listener["listener_id"], ('"x"',)))
    for name in ("handshake", "ack", "javascript_response", "log"):
        say(attacker, name, {
            "client_id": victim.client_id, "tab_id": "t", "document_id": "d", "level": "error",
            "message": "Zwetschke\n", "next_message_id": 10**6, "request_id": "r", "result": "x",
        })  # fmt: skip
    attacker.listen()
    victim.listen()
    assert victim.frames[seen:] == []
    assert told(attacker) == []
    for number, listener in listened:
        say(victim, "event", event(victim, number, listener["listener_id"]))
    victim.listen()
    assert len(victim.frames) > seen, "the page hears its own socket"


def test_a_socket_without_a_page_speaks_for_none(attacked: Attacked) -> None:
    victim = attacked.open(people.OWNER, "/studies")
    assert victim is not None
    victim.listen()
    seen = len(victim.frames)
    target = attacked.served.url.replace("http", "ws") + "/_nicegui_ws/socket.io/?EIO=4"
    queries = (
        "", f"&client_id={uuid.uuid4()}", "&client_id=", "&client_id=x&implicit_handshake=true",
        "&next_message_id=x&implicit_handshake=true",
        f"&client_id=x&client_id={victim.client_id}",
    )  # fmt: skip
    for query in queries:
        with connect(f"{target}&transport=websocket{query}", origin=attacked.served.url) as socket:  # type: ignore[arg-type]
            socket.send("40")
            for number, listener in events_of(victim):
                said = event(victim, number, listener["listener_id"], ('"x"',))
                socket.send("42" + json.dumps(["event", said]))
            said = {"client_id": victim.client_id, "tab_id": victim.client_id, "document_id": "d"}
            socket.send("42" + json.dumps(["handshake", said]))
            heard = _all_from(socket)
            assert watching.told_of_the_patient(heard) == []
    victim.listen()
    assert victim.frames[seen:] == []
    for query in (f"&client_id={victim.client_id}", f"&client_id={victim.client_id}&client_id=x"):
        with pytest.raises(InvalidStatus):
            connect(f"{target}&transport=websocket{query}", origin=attacked.served.url)  # type: ignore[arg-type]
        polling = f"{target.replace('ws', 'http', 1)}&transport=polling{query}"
        polled = httpx.get(polling)
        assert polled.status_code == 403


def test_another_sites_page_may_not_poll(attacked: Attacked) -> None:
    address = f"{attacked.served.url}/_nicegui_ws/socket.io/?EIO=4&transport=polling"
    assert httpx.get(address, headers={"origin": "http://evil.example"}).status_code == 403
    assert httpx.get(address, headers={"origin": attacked.served.url}).status_code == 200


def _all_from(socket: Any) -> bytes:
    heard = b""
    try:
        while True:
            frame = socket.recv(timeout=0.5)
            heard += frame.encode() if isinstance(frame, str) else frame
    except (TimeoutError, ConnectionClosed):
        return heard


@pytest.mark.parametrize(
    "who", [model.NOBODY, model.GUEST, model.HIDDEN, model.GLASS, model.ADMINISTRATOR]
)
def test_wrong_events_get_nothing(attacked: Attacked, who: str) -> None:
    """Whatever is sent to whatever is on any page."""
    wrong_told: list[str] = []
    for address in PAGES:
        page = attacked.open(who, address)
        if page is None:
            continue
        page.listen(0.2)
        wrong = itertools.cycle(WRONG_ARGS)
        listened = list(events_of(page))
        for number, listener in listened[:120]:
            for args in itertools.islice(wrong, 3):
                if not _send(page, event(page, number, listener["listener_id"], args)):
                    break
        for number, listener in listened[:5]:
            for other in ("1", None, -1, 10**12, True, [number], 1.5):
                _send(page, event(page, other, listener["listener_id"]))
            for other in ("", None, 7, {"a": 1}, str(uuid.uuid4())):
                _send(page, event(page, number, other))
            _send(page, {"client_id": page.client_id})
            _send(page, {"id": number, "listener_id": listener["listener_id"]})
        page.listen(0.3)
        page.socket.close()
        if who not in model.READERS and (found := told(page)):
            wrong_told.append(f"{who} at {address}: told {found[:3]}")
    assert wrong_told == []
    assert attacked.is_well()


def _send(page: Page, said: object) -> bool:
    try:
        say(page, "event", said)
    except ConnectionClosed:
        return False
    return True


def test_broken_and_oversized_messages_end_their_socket_at_most(attacked: Attacked) -> None:
    for frame in (*BROKEN_FRAMES, b"\0\1\2", "4" + "2" * 3_000_000):
        page = attacked.open(model.NOBODY, "/login")
        assert page is not None
        try:
            page.socket.send(frame)
            page.socket.send("2")
        except ConnectionClosed:
            pass
        page.listen(0.2)
        page.socket.close()
    assert attacked.is_well()


def test_a_signed_out_tab_gets_nothing_more(attacked: Attacked) -> None:
    """Two tabs of one session: one signs out, in the other everything is pressed afterwards."""
    session = attacked.there.new_session(model.GUEST)
    old = attacked.open(model.GUEST, "/study/{exam}", session)
    other = attacked.open(model.GUEST, "/studies", session)
    assert old is not None
    assert other is not None
    old.listen()
    assert told(old), "the exam is open"
    listened = list(events_of(old))
    out = [n for n in other.elements if other.words(n).find("Sign out") >= 0]
    for number in out:
        for listener in other.elements[number].get("events", []):
            if listener["type"] == "click" and other.elements[number].get("tag") == "button":
                say(other, "event", event(other, int(number), listener["listener_id"]))
    give_up = time.monotonic() + 20
    while not any("You are signed out" in frame for frame in old.frames):
        assert time.monotonic() < give_up, "the tab was not told"
        old.listen(0.5)
    seen = len(old.frames)
    for number, listener in listened:
        for args in ((), ('{"width": 500, "height": 500}',), ('"x"',)):
            if not _send(old, event(old, number, listener["listener_id"], args)):
                break
    old.listen()
    later = "\n".join(old.frames[seen:])
    assert watching.told_of_the_patient(later.encode()) == []
    assert "data:image" not in later
    again = httpx.get(
        f"{attacked.served.url}/study/{attacked.there.exams[model.GUEST]}",
        cookies={"myimaging_session": session},
        headers={"user-agent": DESKTOP},
    )
    assert again.status_code == 303


def test_nonsense_is_noted_once_a_socket(attacked: Attacked) -> None:
    log = attacked.served.data / "served.log"
    noted = b"a message of a page makes no sense"
    before = log.read_bytes().count(noted)
    page = attacked.open(model.NOBODY, "/login")
    assert page is not None
    typed = next(one for one in events_of(page) if one[1]["type"].startswith("update:"))
    for _ in range(5):
        _send(page, event(page, *_ids(typed), ("not json",)))
    page.listen()
    assert log.read_bytes().count(noted) == before + 1


def test_a_control_takes_no_value_that_it_cannot_have(attacked: Attacked) -> None:
    """A list where a text is, or a text without end: nothing of it reaches a service."""
    log = attacked.served.data / "served.log"
    before = log.read_bytes().count(b"ERROR nicegui")
    for address in ("/login", "/forgot", "/apply"):
        page = attacked.open(model.NOBODY, address)
        assert page is not None
        page.listen(0.3)
        typed = [one for one in events_of(page) if one[1]["type"].startswith("update:")]
        assert typed, address
        for value in ("null", "[1]", "{}", "17.5", "[[]]", json.dumps("x" * 30_000)):
            for found in typed:
                _send(page, event(page, *_ids(found), (value,)))
            for number, listener in events_of(page):
                if listener["type"] == "click":
                    _send(page, event(page, number, listener["listener_id"]))
        page.listen(1)
    assert log.read_bytes().count(b"ERROR nicegui") == before


def _ids(found: tuple[int, dict[str, Any]]) -> tuple[int, str]:
    return found[0], found[1]["listener_id"]


def test_the_log_names_nobody_and_holds_no_traceback(attacked: Attacked) -> None:
    """Runs last: after everything above."""
    assert watching.told_in_the_log((attacked.served.data / "served.log").read_bytes()) == []
