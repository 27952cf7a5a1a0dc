"""Signed-in browsers: kept on the server, ending on time and at once when told."""

from __future__ import annotations

import hashlib
from functools import partial

import pytest
from sqlalchemy import select

from services.errors import Expired
from services.persons import accounts
from services.publisher import SessionEnded
from services.signing_in import login, sessions
from storage.models import SignInSession
from tests.everything import everything
from tests.factories import PASSWORD, QUICK_HASH, House

EMAIL = "chester@x.example"
BROWSER = "the browser that asked"


@pytest.fixture
def chester(house: House) -> int:
    return house.account(EMAIL, "patient", name="Chester", password_hash=QUICK_HASH)


def handover(house: House) -> str:
    challenge = login.begin(house.portal, EMAIL, PASSWORD, BROWSER)
    return login.confirm(house.portal, challenge.attempt, house.secrets.codes[-1], BROWSER)


def sign_in(house: House) -> str:
    return sessions.open_session(house.portal, handover(house), BROWSER, "Firefox")


def session_id(house: House, cookie: str) -> int:
    signed_in = sessions.current(house.portal, cookie)
    assert signed_in is not None
    return signed_in.session_id


def test_a_session_tells_who_is_signed_in(house: House, chester: int) -> None:
    signed_in = sessions.current(house.portal, sign_in(house))
    assert signed_in is not None
    assert (signed_in.account_id, signed_in.kind, signed_in.name, signed_in.email) == (
        chester, "patient", "Chester", EMAIL,
    )  # fmt: skip


@pytest.mark.parametrize("cookie", ["", "made up", "token-" + "0" * 37])
def test_a_cookie_that_was_never_given_signs_nobody_in(
    house: House, chester: int, cookie: str
) -> None:
    sign_in(house)
    assert sessions.current(house.portal, cookie) is None


def test_only_the_sha256_of_the_cookie_is_in_the_database(house: House, chester: int) -> None:
    cookie = sign_in(house)
    with house.portal.reading() as db:
        kept = db.execute(select(SignInSession.token_hash)).scalar_one()
    assert kept == hashlib.sha256(cookie.encode()).hexdigest()
    dump = everything(house.portal.database)
    assert kept in dump
    assert cookie not in dump


def test_the_stored_hash_signs_nobody_in(house: House, chester: int) -> None:
    cookie = sign_in(house)
    assert sessions.current(house.portal, hashlib.sha256(cookie.encode()).hexdigest()) is None


def test_every_sign_in_gets_a_new_id(house: House, chester: int) -> None:
    before = handover(house)
    first = sessions.open_session(house.portal, before, BROWSER)
    second = sign_in(house)
    assert len({before, first, second, BROWSER}) == 4
    assert session_id(house, first) != session_id(house, second)


def test_a_handover_opens_one_session(house: House, chester: int) -> None:
    given = handover(house)
    sessions.open_session(house.portal, given, BROWSER)
    with pytest.raises(Expired):
        sessions.open_session(house.portal, given, BROWSER)


def test_a_handover_opens_nothing_in_another_browser(house: House, chester: int) -> None:
    given = handover(house)
    with pytest.raises(Expired):
        sessions.open_session(house.portal, given, "another browser")


def test_a_handover_is_over_after_two_minutes(house: House, chester: int) -> None:
    given = handover(house)
    house.clock.move(minutes=2)
    with pytest.raises(Expired):
        sessions.open_session(house.portal, given, BROWSER)


@pytest.mark.parametrize("given", ["", "made up"])
def test_a_handover_nobody_gave_opens_nothing(house: House, chester: int, given: str) -> None:
    sign_in(house)
    with pytest.raises(Expired):
        sessions.open_session(house.portal, given, BROWSER)


def test_a_session_ends_after_thirty_idle_minutes(house: House, chester: int) -> None:
    cookie = sign_in(house)
    house.clock.move(minutes=30)
    assert sessions.current(house.portal, cookie) is None


def test_somebody_who_is_there_stays_signed_in(house: House, chester: int) -> None:
    cookie = sign_in(house)
    for _ in range(4):
        house.clock.move(minutes=29)
        assert sessions.current(house.portal, cookie) is not None


def test_a_session_ends_after_twelve_hours_however_busy(house: House, chester: int) -> None:
    cookie = sign_in(house)
    for _ in range(12 * 3 - 1):
        house.clock.move(minutes=20)
        assert sessions.current(house.portal, cookie) is not None
    house.clock.move(minutes=20)
    assert sessions.current(house.portal, cookie) is None


def test_an_open_page_without_anybody_there_does_not_keep_a_session(
    house: House, chester: int
) -> None:
    cookie = sign_in(house)
    number = session_id(house, cookie)
    for _ in range(29):
        house.clock.move(minutes=1)
        assert sessions.stands(house.portal, number)
    house.clock.move(minutes=1)
    assert not sessions.stands(house.portal, number)


def test_a_session_that_ended_is_not_woken_by_a_late_touch(house: House, chester: int) -> None:
    cookie = sign_in(house)
    number = session_id(house, cookie)
    sessions.sign_out(house.portal, number)
    sessions.touch(house.portal, number)
    assert sessions.current(house.portal, cookie) is None


def test_a_session_that_was_idle_too_long_is_not_woken_by_a_late_touch(
    house: House, chester: int
) -> None:
    cookie = sign_in(house)
    number = session_id(house, cookie)
    house.clock.move(minutes=31)
    sessions.touch(house.portal, number)
    assert sessions.current(house.portal, cookie) is None


def test_signing_out_ends_the_session_and_tells_its_open_pages(house: House, chester: int) -> None:
    cookie = sign_in(house)
    number = session_id(house, cookie)
    told: list[str] = []
    house.portal.publisher.subscribe(SessionEnded(number), lambda: told.append("ended"))
    sessions.sign_out(house.portal, number)
    assert told == ["ended"]
    assert sessions.current(house.portal, cookie) is None
    assert [e.account_id for e in house.recorded("signin.out")] == [chester]


def test_signing_out_twice_is_recorded_once(house: House, chester: int) -> None:
    number = session_id(house, sign_in(house))
    sessions.sign_out(house.portal, number)
    sessions.sign_out(house.portal, number)
    assert len(house.recorded("signin.out")) == 1


def test_signing_out_leaves_other_browsers_signed_in(house: House, chester: int) -> None:
    first, second = sign_in(house), sign_in(house)
    sessions.sign_out(house.portal, session_id(house, first))
    assert sessions.current(house.portal, second) is not None


def test_housekeeping_ends_overdue_sessions_and_tells_their_pages(
    house: House, chester: int
) -> None:
    overdue = session_id(house, sign_in(house))
    house.clock.move(minutes=20)
    fresh = session_id(house, sign_in(house))
    told: list[int] = []
    for number in (overdue, fresh):
        house.portal.publisher.subscribe(SessionEnded(number), partial(told.append, number))
    house.clock.move(minutes=10)
    assert sessions.end_overdue(house.portal) == 1
    assert told == [overdue]
    assert sessions.end_overdue(house.portal) == 0


def test_an_account_that_is_closed_is_signed_out(house: House, chester: int) -> None:
    cookie = sign_in(house)
    accounts.disable(house.portal, EMAIL)
    assert sessions.current(house.portal, cookie) is None


def test_what_a_browser_calls_itself_is_cut_to_a_line(house: House, chester: int) -> None:
    sessions.open_session(house.portal, handover(house), BROWSER, "Mozilla " * 1000)
    with house.portal.reading() as db:
        kept = db.execute(select(SignInSession.user_agent)).scalar_one()
    assert len(kept) == 200
