"""Attacks on signing in: fixed sessions, replayed and foreign forms, redirects, guessing, timing.

Sockets of other sites and unknown hosts are in tests/ui/test_socket_ties.py and test_armour.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path

import pytest
import structlog
from fastapi import FastAPI
from sqlalchemy import event
from starlette.testclient import TestClient

from services import logs, people
from services.errors import Expired, Invalid, NotAllowed, TooMany
from services.messaging import letters
from services.persons import accounts
from services.signing_in import login, passwords, sessions
from services.throttling import (
    CODES_PER_ACCOUNT,
    PASSWORD_PER_ACCOUNT,
    PASSWORD_PER_ADDRESS,
    PASSWORDS_OVERALL,
)
from tests.factories import PASSWORD, QUICK_HASH, House, open_house
from ui import gate
from ui.armour import Armour
from ui.routes import session as session_route

HERE = "http://127.0.0.1:8080"
EMAIL = "chester@x.example"
BROWSER = "the-browser-that-asked"
SESSION = "myimaging_session"


@dataclass
class Door:
    """The route that opens sessions, as a browser reaches it."""

    house: House
    client: TestClient

    def handover(self, browser: str = BROWSER) -> str:
        portal = self.house.portal
        challenge = login.begin(portal, EMAIL, PASSWORD, browser)
        return login.confirm(portal, challenge.attempt, self.house.secrets.codes[-1], browser)

    def post(self, handover: str, cookies: str = "", origin: str = HERE, **fields: str):  # type: ignore[no-untyped-def]
        jar = f"myimaging_browser={BROWSER}" + (f"; {cookies}" if cookies else "")
        return self.client.post(
            "/session",
            data={"handover": handover, **fields},
            headers={"Cookie": jar, "Origin": origin},
            follow_redirects=False,
        )


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    house = open_house(tmp_path / "data")
    house.account(EMAIL, "patient", name="Chester", password_hash=QUICK_HASH)
    gate.install(house.portal)
    app = FastAPI()
    app.include_router(session_route.router)
    yield Door(house, TestClient(Armour(app, house.portal), base_url=HERE))
    house.portal.database.close()


@pytest.fixture
def chester(house: House) -> int:
    return house.account(EMAIL, "patient", name="Chester", password_hash=QUICK_HASH)


def refused(attempt: Callable[[], object]) -> type[Exception]:
    with pytest.raises((NotAllowed, Expired, TooMany, Invalid)) as refusal:
        attempt()
    return type(refusal.value)


# sessions and the form that opens them


def test_a_session_planted_before_signing_in_is_not_the_one_that_is_opened(door: Door) -> None:
    planted = "planted-by-somebody-else"
    answer = door.post(door.handover(), f"{SESSION}={planted}")
    assert answer.cookies[SESSION] != planted
    assert sessions.current(door.house.portal, planted) is None
    assert sessions.current(door.house.portal, answer.cookies[SESSION]) is not None


def test_a_form_that_is_sent_again_opens_nothing(door: Door) -> None:
    handover = door.handover()
    assert door.post(handover).headers["location"] == "/"
    again = door.post(handover)
    assert again.headers["location"] == "/login"
    assert SESSION not in again.cookies


def test_a_form_on_another_sites_page_opens_nothing_and_uses_nothing_up(door: Door) -> None:
    handover = door.handover()
    for origin in ("https://evil.example", "null", f"{HERE}.evil.example"):
        answer = door.post(handover, origin=origin)
        assert (answer.status_code, answer.cookies.get(SESSION)) == (403, None)
    assert SESSION in door.post(handover).cookies


@pytest.mark.parametrize(
    "asked",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/studies//evil.example",
        "/study/abc/../../evil",
        "/studies\r\nSet-Cookie: planted=1",
        "/%2f%2fevil.example",
        "javascript:alert(1)",
        "/studies?next=//evil.example",
        "/session",
    ],
)
def test_signing_in_never_leads_out_of_the_portal(door: Door, asked: str) -> None:
    answer = door.post(door.handover(), next=asked)
    assert answer.headers["location"] == "/"
    assert "planted" not in answer.cookies


@pytest.mark.parametrize("asked", ["/study/abc234", "/studies", "/account", "/sharing"])
def test_signing_in_leads_back_to_a_page_of_the_portal(door: Door, asked: str) -> None:
    assert door.post(door.handover(), next=asked).headers["location"] == asked


def test_fields_that_the_form_does_not_have_change_nothing(door: Door) -> None:
    answer = door.post(
        door.handover(), account_id="1", kind="staff", role="administrator", session_hours="9999"
    )
    signed_in = sessions.current(door.house.portal, answer.cookies[SESSION])
    assert signed_in is not None
    assert (signed_in.kind, signed_in.role) == ("patient", "")
    assert (signed_in.ends_at - door.house.clock()).total_seconds() == 12 * 3600


def test_asking_to_be_remembered_where_that_is_off_does_nothing(door: Door) -> None:
    assert "myimaging_known" not in door.post(door.handover(), remember="1").cookies


def test_session_cookies_are_out_of_reach_of_scripts_and_other_sites(door: Door) -> None:
    for cookie in door.post(door.handover()).headers.get_list("set-cookie"):
        assert "httponly" in cookie.lower()
        assert "samesite=lax" in cookie.lower()


# what people type ends up where it belongs


def test_a_name_adds_no_header_to_a_mail(house: House) -> None:
    account, _patient, study = house.owner_with_exam("Eve\r\nBcc: everybody@x.example\r\n\r\nBuy")
    house.share(account, study, "rooms@practice.example")
    house.mail()
    [file] = (house.portal.settings.data_dir / "mail").glob("*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert mail["Bcc"] is None
    assert mail["To"] == "rooms@practice.example"
    assert all("everybody@x.example" not in str(value) for value in mail.values())


@pytest.mark.parametrize("typed", ["a@x.example\r\nBcc: b@x.example", "a@x.example, b@x.example"])
def test_an_address_is_one_address(typed: str) -> None:
    assert refused(lambda: people.email_address(typed)) is Invalid


def test_what_is_typed_writes_no_line_of_the_log(
    house: House,
    chester: int,
    capfd: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    logs.configure()
    request.addfinalizer(structlog.reset_defaults)
    forged = "x@x.example\nlevel='error' event='forged'"
    refused(lambda: login.begin(house.portal, forged, PASSWORD, BROWSER, forged))
    structlog.get_logger().warning("refused", reason=forged)
    lines = capfd.readouterr().err.splitlines()
    assert len(lines) == 1
    assert "\\n" in lines[0]


# guessing


def test_guessing_passwords_in_parallel_browsers_gets_no_more_tries_than_in_one(
    house: House, chester: int
) -> None:
    def guess(number: int) -> type[Exception]:
        return refused(
            lambda: login.begin(house.portal, EMAIL, f"guess {number}", f"b{number}", f"{number}")
        )

    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(guess, range(40)))
    assert answers.count(NotAllowed) == PASSWORD_PER_ACCOUNT.amount
    assert answers.count(TooMany) == 40 - PASSWORD_PER_ACCOUNT.amount


def test_guessing_codes_in_parallel_gets_no_more_tries_than_one_after_the_other(
    house: House, chester: int
) -> None:
    challenge = login.begin(house.portal, EMAIL, PASSWORD, BROWSER)
    portal, right = house.portal, house.secrets.codes[-1]

    def guess(number: int) -> type[Exception]:
        code = f"GUESS{number:03d}"
        return refused(lambda: login.confirm(portal, challenge.attempt, code, BROWSER))

    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(guess, range(24)))
    assert answers.count(NotAllowed) == login.TRIES - 1
    assert refused(lambda: login.confirm(portal, challenge.attempt, right, BROWSER)) is TooMany


def test_beginning_anew_gives_no_fresh_tries_for_codes(house: House, chester: int) -> None:
    wrong = 0
    for _number in range(CODES_PER_ACCOUNT.amount + 4):
        house.clock.move(minutes=4)
        try:
            challenge = login.begin(house.portal, EMAIL, PASSWORD, BROWSER)
        except TooMany:
            break
        number = challenge.attempt
        answer = refused(partial(login.confirm, house.portal, number, "WRONG234", BROWSER))
        wrong += answer is NotAllowed
    assert wrong <= CODES_PER_ACCOUNT.amount


def test_strangers_never_use_up_the_tries_of_an_owner_in_their_own_browser(
    house: House, chester: int
) -> None:
    own = login.begin(house.portal, EMAIL, PASSWORD, BROWSER)
    login.confirm(house.portal, own.attempt, house.secrets.codes[-1], BROWSER)
    for limit, about in (
        (PASSWORD_PER_ACCOUNT, ("password-account", EMAIL)),
        (PASSWORD_PER_ADDRESS, ("password-address", "203.0.113.7")),
        (PASSWORDS_OVERALL, ("passwords",)),
    ):
        for _try in range(limit.amount):
            with suppress(TooMany):  # the first sign-in above counted as well
                house.portal.throttles.spend(limit, *about)
    stranger = refused(lambda: login.begin(house.portal, EMAIL, PASSWORD, "x", "203.0.113.9"))
    assert stranger is TooMany
    assert login.begin(house.portal, EMAIL, PASSWORD, BROWSER, "203.0.113.7")


def test_a_browser_that_was_let_in_guesses_no_faster_than_others(
    house: House, chester: int
) -> None:
    own = login.begin(house.portal, EMAIL, PASSWORD, BROWSER)
    login.confirm(house.portal, own.attempt, house.secrets.codes[-1], BROWSER)
    answers = [
        refused(lambda: login.begin(house.portal, EMAIL, "guess", BROWSER))
        for _number in range(PASSWORD_PER_ACCOUNT.amount + 1)
    ]
    assert answers[-1] is TooMany
    robin = house.account("robin@x.example", password_hash=QUICK_HASH)
    assert robin
    for _number in range(PASSWORD_PER_ADDRESS.amount):
        house.portal.throttles.spend(PASSWORD_PER_ADDRESS, "password-address", "203.0.113.7")
    elsewhere = refused(
        lambda: login.begin(house.portal, "robin@x.example", "guess", BROWSER, "203.0.113.7")
    )
    assert elsewhere is TooMany


# the same work, so the same time


def work(house: House, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> list[str]:
    """What is done: statements sent, hashes computed, letters written."""
    done: list[str] = []

    def executed(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        done.append(statement)

    def counted(module: object, name: str) -> None:
        real = getattr(module, name)

        def call(*args: object, **named: object) -> object:
            done.append(name)
            return real(*args, **named)

        patched.setattr(module, name, call)

    event.listen(house.portal.database.engine, "before_cursor_execute", executed)
    try:
        with monkeypatch.context() as patched:
            counted(passwords, "matches")
            counted(letters, "reset")
            act()
    finally:
        event.remove(house.portal.database.engine, "before_cursor_execute", executed)
    return done


def test_signing_in_does_the_same_work_for_known_and_unknown_addresses(
    house: House, chester: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.account("closed@x.example", status="disabled", password_hash=QUICK_HASH)
    house.account("invited@x.example", status="invited")
    begin = login.begin
    refused(lambda: begin(house.portal, "first@x.example", "guess", BROWSER))  # the trail's head
    found = [
        work(
            house,
            monkeypatch,
            lambda who=who: refused(lambda: begin(house.portal, who, "a guess", BROWSER)),
        )
        for who in (EMAIL, "nobody@x.example", "closed@x.example", "invited@x.example")
    ]
    assert found[0].count("matches") == 1
    assert all(each == found[0] for each in found)


def test_forgot_password_writes_a_letter_for_known_and_unknown_addresses(
    house: House, chester: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.account("closed@x.example", status="disabled", password_hash=QUICK_HASH)
    for who in (EMAIL, "nobody@x.example", "closed@x.example"):
        done = work(house, monkeypatch, lambda who=who: accounts.forgot_password(house.portal, who))
        assert done.count("reset") == 1
    assert [to for to, _subject, _text in house.mail()] == [EMAIL]
