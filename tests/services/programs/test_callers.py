"""Who calls: remembered while it stands, and not a request longer."""

from __future__ import annotations

import pytest

from services.persons import accounts
from services.programs import callers
from services.programs.callers import Callers, Way
from services.publisher import AccessChanged, SessionEnded
from services.randomness import fingerprint
from services.signing_in import sessions
from storage.models import SignInSession
from tests.factories import House

COOKIE = "a cookie's value"


@pytest.fixture
def who(house: House) -> sessions.SignedIn:
    signed_in = house.signed_in(house.account("owner@x.example", "patient"))
    with house.portal.transaction() as tx:
        tx.db.get_one(SignInSession, signed_in.session_id).token_hash = fingerprint(COOKIE)
    return signed_in


def test_a_session_is_remembered(house: House, who: sessions.SignedIn) -> None:
    known = Callers(house.portal)
    assert known.remembered(Way.SESSION, COOKIE) is None
    caller = known.found(Way.SESSION, COOKIE)
    assert caller is not None
    assert caller.number == who.session_id
    assert known.remembered(Way.SESSION, COOKIE) == caller


def test_a_cookie_is_no_token_and_a_token_no_cookie(house: House, who: object) -> None:
    known = Callers(house.portal)
    assert known.found(Way.SESSION, COOKIE)
    assert known.remembered(Way.TOKEN, COOKIE) is None
    assert known.found(Way.TOKEN, COOKIE) is None


def test_signing_out_ends_the_caller_at_once(house: House, who: sessions.SignedIn) -> None:
    known = Callers(house.portal)
    known.found(Way.SESSION, COOKIE)
    sessions.sign_out(house.portal, who.session_id)
    assert known.remembered(Way.SESSION, COOKIE) is None
    assert known.found(Way.SESSION, COOKIE) is None


def test_a_closed_account_ends_the_caller_at_once(house: House, who: object) -> None:
    known = Callers(house.portal)
    known.found(Way.SESSION, COOKIE)
    accounts.disable(house.portal, "owner@x.example")
    assert known.remembered(Way.SESSION, COOKIE) is None
    assert known.found(Way.SESSION, COOKIE) is None


@pytest.mark.parametrize("minutes", [30, 12 * 60])
def test_idling_and_the_absolute_end_hold(house: House, who: object, minutes: int) -> None:
    known = Callers(house.portal)
    known.found(Way.SESSION, COOKIE)
    house.clock.move(minutes=minutes)
    assert known.remembered(Way.SESSION, COOKIE) is None
    assert known.found(Way.SESSION, COOKIE) is None


def test_a_session_in_use_does_not_idle(house: House, who: object) -> None:
    known = Callers(house.portal)
    for _ in range(4):
        house.clock.move(minutes=20)
        assert known.remembered(Way.SESSION, COOKIE) is None
        assert known.found(Way.SESSION, COOKIE)


def test_what_is_announced_while_the_database_is_asked_counts(
    house: House, who: sessions.SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = sessions.current

    def and_then_signed_out(*arguments: object) -> object:
        found = asked(*arguments)  # type: ignore[arg-type]
        house.portal.publisher.publish(SessionEnded(who.session_id))
        return found

    monkeypatch.setattr(callers.sessions, "current", and_then_signed_out)
    known = Callers(house.portal)
    assert known.found(Way.SESSION, COOKIE)
    assert known.remembered(Way.SESSION, COOKIE) is None


def test_a_change_of_access_asks_again(house: House, who: sessions.SignedIn) -> None:
    known = Callers(house.portal)
    known.found(Way.SESSION, COOKIE)
    house.portal.publisher.publish(AccessChanged(who.account_id))
    assert known.remembered(Way.SESSION, COOKIE) is None
    assert known.found(Way.SESSION, COOKIE)


def test_what_is_remembered_is_bounded(
    house: House, who: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callers, "MOST_REMEMBERED", 0)
    known = Callers(house.portal)
    assert known.found(Way.SESSION, COOKIE)
    assert known.remembered(Way.SESSION, COOKIE) is None
