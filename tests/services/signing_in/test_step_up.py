"""Before something grave the password is asked for again, in the session that does it."""

from __future__ import annotations

import threading

import pytest

from services.errors import Expired, Invalid, TooMany
from services.persons import accounts
from services.programs.callers import Callers, Way
from services.publisher import SessionRenewed
from services.signing_in import login, sessions, step_up
from services.signing_in.sessions import SignedIn
from services.signing_in.step_up import PasswordNeeded
from services.throttling import PASSWORDS_AGAIN
from tests.factories import PASSWORD, QUICK_HASH, House


@pytest.fixture
def ana(house: House) -> SignedIn:
    return house.signed_in(house.account(kind="staff", password_hash=QUICK_HASH))


def stepped_up(house: House, who: SignedIn) -> tuple[SignedIn, str]:
    """The person after giving the password again, and their new id, shown once."""
    cookie = step_up.confirm(house.portal, who, PASSWORD)
    again = sessions.current(house.portal, cookie)
    assert again is not None
    return again, cookie


def test_signing_in_alone_is_no_step_up(house: House, ana: SignedIn) -> None:
    assert not step_up.stands(house.portal, ana)
    with pytest.raises(PasswordNeeded, match="password again"):
        step_up.require(house.portal, ana)


def test_the_password_given_again_counts_for_five_minutes(house: House, ana: SignedIn) -> None:
    ana, _cookie = stepped_up(house, ana)
    house.clock.move(minutes=5, seconds=-1)
    step_up.require(house.portal, ana)
    house.clock.move(seconds=1)
    assert not step_up.stands(house.portal, ana)


def test_it_counts_in_that_session_only(house: House, ana: SignedIn) -> None:
    elsewhere = house.signed_in(ana.account_id)
    stepped_up(house, ana)
    assert not step_up.stands(house.portal, elsewhere)


def test_it_is_over_with_the_session(house: House, ana: SignedIn) -> None:
    ana, _cookie = stepped_up(house, ana)
    sessions.sign_out(house.portal, ana.session_id)
    assert not step_up.stands(house.portal, ana)
    with pytest.raises(Expired):
        step_up.confirm(house.portal, ana, PASSWORD)


def test_whoever_knew_the_old_id_can_do_nothing_after_the_step_up(house: House) -> None:
    account = house.account("ana@x.example", "staff", password_hash=QUICK_HASH)
    challenge = login.begin(house.portal, "ana@x.example", PASSWORD, "a browser")
    right = login.confirm(house.portal, challenge.attempt, house.secrets.codes[-1], "a browser")
    old = sessions.open_session(house.portal, right, "a browser")
    thief, ana = sessions.current(house.portal, old), sessions.current(house.portal, old)
    assert ana is not None
    assert thief is not None
    callers = Callers(house.portal)
    assert callers.found(Way.SESSION, old) is not None
    again, new = stepped_up(house, ana)
    assert (again.account_id, again.session_id) == (account, ana.session_id)
    assert new != old
    assert sessions.current(house.portal, old) is None
    assert callers.remembered(Way.SESSION, old) is None
    assert callers.found(Way.SESSION, old) is None
    with pytest.raises(PasswordNeeded):
        step_up.require(house.portal, thief)
    with pytest.raises(Expired):
        step_up.confirm(house.portal, thief, PASSWORD)
    step_up.require(house.portal, again)


def test_an_id_that_never_arrived_signs_nobody_out_and_steps_nobody_up(
    house: House, ana: SignedIn
) -> None:
    lost = step_up.confirm(house.portal, ana, PASSWORD)
    assert not step_up.stands(house.portal, ana)
    assert sessions.stands(house.portal, ana.session_id)
    ana, _cookie = stepped_up(house, ana)
    step_up.require(house.portal, ana)
    assert sessions.current(house.portal, lost) is None


def test_an_id_that_comes_late_is_a_new_id_and_no_step_up(house: House, ana: SignedIn) -> None:
    cookie = step_up.confirm(house.portal, ana, PASSWORD)
    house.clock.move(minutes=5)
    again = sessions.current(house.portal, cookie)
    assert again is not None
    assert not step_up.stands(house.portal, again)


def test_pages_of_the_session_are_told_that_its_id_is_another_one(
    house: House, ana: SignedIn
) -> None:
    told: list[int] = []
    house.portal.publisher.subscribe(SessionRenewed(ana.session_id), lambda: told.append(1))
    cookie = step_up.confirm(house.portal, ana, PASSWORD)
    assert told == []
    for _look in range(2):
        assert sessions.current(house.portal, cookie) is not None
    assert told == [1]


def test_a_changed_password_brings_a_new_id_as_well(house: House, ana: SignedIn) -> None:
    cookie = accounts.change_password(
        house.portal, ana.account_id, ana.session_id, PASSWORD, "an otter ignores umbrellas"
    )
    again = sessions.current(house.portal, cookie)
    assert again is not None
    assert again.id_hash != ana.id_hash


def test_a_wrong_password_is_no_step_up_and_is_recorded(house: House, ana: SignedIn) -> None:
    with pytest.raises(Invalid) as refusal:
        step_up.confirm(house.portal, ana, "not my password")
    assert refusal.value.field == "password"
    assert not step_up.stands(house.portal, ana)
    refused = house.recorded("signin.password_again_refused")
    assert [e.account_id for e in refused] == [ana.account_id]


def test_guessing_in_parallel_sessions_gets_no_more_tries_than_in_one(
    house: House, ana: SignedIn
) -> None:
    answers: list[type[Exception]] = []

    def guess(who: SignedIn) -> None:
        try:
            step_up.confirm(house.portal, who, "guess")
        except (Invalid, TooMany) as refusal:
            answers.append(type(refusal))

    guesses = [
        threading.Thread(target=guess, args=(house.signed_in(ana.account_id),)) for _ in range(12)
    ]
    for one in guesses:
        one.start()
    for one in guesses:
        one.join()
    assert answers.count(Invalid) == PASSWORDS_AGAIN.amount
    assert answers.count(TooMany) == 12 - PASSWORDS_AGAIN.amount
