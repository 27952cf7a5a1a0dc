"""Before something grave the password is asked for again, in the session that does it."""

from __future__ import annotations

import threading

import pytest

from services import sessions, step_up
from services.errors import Expired, Invalid, TooMany
from services.sessions import SignedIn
from services.step_up import PasswordNeeded
from services.throttling import PASSWORDS_AGAIN
from tests.factories import PASSWORD, QUICK_HASH, House


@pytest.fixture
def ana(house: House) -> SignedIn:
    return house.signed_in(house.account(kind="staff", password_hash=QUICK_HASH))


def test_signing_in_alone_is_no_step_up(house: House, ana: SignedIn) -> None:
    assert not step_up.stands(house.portal, ana)
    with pytest.raises(PasswordNeeded, match="password again"):
        step_up.require(house.portal, ana)


def test_the_password_given_again_counts_for_five_minutes(house: House, ana: SignedIn) -> None:
    until = step_up.confirm(house.portal, ana, PASSWORD)
    house.clock.move(minutes=5, seconds=-1)
    step_up.require(house.portal, ana)
    house.clock.move(seconds=1)
    assert house.clock() == until
    assert not step_up.stands(house.portal, ana)


def test_it_counts_in_that_session_only(house: House, ana: SignedIn) -> None:
    elsewhere = house.signed_in(ana.account_id)
    step_up.confirm(house.portal, ana, PASSWORD)
    assert not step_up.stands(house.portal, elsewhere)


def test_it_is_over_with_the_session(house: House, ana: SignedIn) -> None:
    step_up.confirm(house.portal, ana, PASSWORD)
    sessions.sign_out(house.portal, ana.session_id)
    assert not step_up.stands(house.portal, ana)
    with pytest.raises(Expired):
        step_up.confirm(house.portal, ana, PASSWORD)


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
