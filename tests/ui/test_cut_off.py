"""Answers under way end with what they rest on: not a byte is sent after it was told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from services.persons import accounts
from services.programs import tokens
from services.programs.dicomweb import originals
from services.shares import sharing
from services.signing_in import sessions
from storage.models import ApiToken, SignInSession
from tests.factories import House
from tests.ui.programs import EXAM, FRAME, GUEST, HERE, Outside, outside
from ui.routes import cutting

Who = dict[str, str]


@pytest.fixture
def there(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    """An exam that is sent in hundreds of small pieces."""
    monkeypatch.setattr(originals, "CHUNK", 512)
    monkeypatch.setattr(cutting, "SLICE", 128)
    with outside(house) as opened:
        yield opened


@dataclass
class Reader:
    """The other side of one request: something happens once the first bytes are there."""

    then: Callable[[], None]
    got: list[bytes] = field(default_factory=list)
    after: list[bytes] = field(default_factory=list)
    whole: bool = False
    status: int = 0
    happened: bool = False

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        body = message.get("body", b"")
        (self.after if self.happened else self.got).append(body)
        self.whole |= not message.get("more_body", False)
        if body and not self.happened:
            await asyncio.to_thread(self.then)
            self.happened = True


def ask(there: Outside, address: str, who: Who, then: Callable[[], None]) -> Reader:
    reader, headers = Reader(then), {"host": HERE.removeprefix("http://"), **who}
    scope: dict[str, Any] = {
        "type": "http", "method": "GET", "path": address, "raw_path": address.encode(),
        "query_string": b"", "http_version": "1.1", "scheme": "http", "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8080),
    }  # fmt: skip

    async def receive() -> Any:
        await asyncio.Event().wait()

    asyncio.run(asyncio.wait_for(there.door(scope, receive, reader.send), 30))
    return reader


def _revoke(there: Outside, guest: int) -> None:
    (basis,) = there.house.access(guest, there.study).bases
    sharing.end(there.house.portal, there.owner, basis.number)


def _shorten(there: Outside, guest: int) -> None:
    there.house.share(there.owner, there.study, GUEST, days=1)
    there.house.clock.move(days=1)


def _run_out(there: Outside, guest: int) -> None:
    there.house.clock.move(days=30)


def _only_look(there: Outside, guest: int) -> None:
    there.house.share(there.owner, there.study, GUEST, may_download=False)


def _hide(there: Outside, guest: int) -> None:
    there.house.share(there.owner, there.study, GUEST, hide_details=True)


def _close_account(there: Outside, guest: int) -> None:
    accounts.disable(there.house.portal, GUEST)


def _close_the_givers_account(there: Outside, guest: int) -> None:
    accounts.disable(there.house.portal, there.house.email_of(there.owner))


def _newest(there: Outside, kind: Any) -> int:
    with there.house.portal.reading() as db:
        return max(row.id for row in db.query(kind))


def _sign_out(there: Outside, guest: int) -> None:
    sessions.sign_out(there.house.portal, _newest(there, SignInSession))


def _revoke_token(there: Outside, guest: int) -> None:
    tokens.revoke(there.house.portal, _newest(there, ApiToken))


ENDS = [_revoke, _shorten, _run_out, _only_look, _hide, _close_account, _close_the_givers_account]


@pytest.mark.parametrize("address", [EXAM, f"{EXAM}/metadata"], ids=["objects", "metadata"])
@pytest.mark.parametrize(
    ("by", "end"),
    [
        *(("session", end) for end in (*ENDS, _sign_out)),
        *(("token", end) for end in (*ENDS, _revoke_token)),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_an_answer_to_a_program_is_cut_off(
    there: Outside, by: str, end: Callable[[Outside, int], None], address: str
) -> None:
    guest = there.guest()
    who = there.session(guest) if by == "session" else there.token(guest)
    reader = ask(there, address, who, lambda: end(there, guest))
    assert reader.status == 200
    assert sum(map(len, reader.got)) > 0
    assert reader.after == []
    assert not reader.whole


@pytest.mark.parametrize("address", [EXAM, f"{EXAM}/metadata"], ids=["objects", "metadata"])
def test_what_does_not_concern_it_lets_an_answer_go_on(there: Outside, address: str) -> None:
    guest = there.guest()

    def share_with_others() -> None:
        there.house.share(there.owner, there.study, "somebody@else.example")
        there.house.share(there.owner, there.study, GUEST, days=40)

    reader = ask(there, address, there.session(guest), share_with_others)
    assert reader.after
    assert reader.whole


def test_a_picture_that_is_made_while_its_caller_signs_out_is_not_sent(
    there: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = there.session(there.owner)
    real = there.parts.workshop.do

    async def meanwhile(*work: Any) -> Any:
        picture = await real(*work)
        await asyncio.to_thread(_sign_out, there, there.owner)
        return picture

    monkeypatch.setattr(there.parts.workshop, "do", meanwhile)
    answer = there.get(FRAME, who)
    assert answer.status_code == 401
    assert "image" not in answer.headers["content-type"]


def test_a_command_of_another_process_ends_an_answer_within_a_second(there: Outside) -> None:
    """Its announcement is not heard here; the database is asked every second."""
    guest = there.guest()

    def elsewhere() -> None:
        published = there.house.portal.publisher.publish
        there.house.portal.publisher.publish = lambda _: None  # type: ignore[method-assign]
        accounts.disable(there.house.portal, GUEST)
        there.house.portal.publisher.publish = published  # type: ignore[method-assign]
        there.house.clock.now += timedelta(seconds=1)

    reader = ask(there, EXAM, there.token(guest), elsewhere)
    assert reader.after == []
    assert not reader.whole
