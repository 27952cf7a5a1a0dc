"""The same thing done many times at once counts once, and gives no more tries than one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy import func, select

from services.errors import NotAllowed, PortalError, TooMany
from services.persons import accounts
from services.portal import Portal
from services.shares import sharing
from services.signing_in import login, sessions
from storage.models import Account, Grant, SignInSession
from tests.factories import PASSWORD, QUICK_HASH, House

T = TypeVar("T")
MANY = 12
FRIEND = "friend@practice.example"


def at_once(call: Callable[[int], T]) -> Sequence[T | PortalError]:
    """What every one of many calls at the same moment came to."""
    ready = Barrier(MANY)

    def one(number: int) -> T | PortalError:
        ready.wait(20)
        try:
            return call(number)
        except PortalError as error:
            return error

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(one, range(MANY)))


def done(outcomes: Sequence[object]) -> int:
    return sum(not isinstance(outcome, PortalError) for outcome in outcomes)


def count(portal: Portal, model: type) -> int:
    with portal.reading() as db:
        return int(db.execute(select(func.count()).select_from(model)).scalar_one())


def test_a_share_given_many_times_at_once_is_one_share_to_one_account(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    before = count(house.portal, Account)
    outcomes = at_once(lambda n: house.share(owner, study, FRIEND.upper() if n % 2 else FRIEND))
    assert done(outcomes) == MANY
    assert count(house.portal, Grant) == 1
    assert count(house.portal, Account) == before + 1
    assert len([to for to, _, _ in house.mail() if to == FRIEND]) == 1


def test_a_share_ended_many_times_at_once_ends_once(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    grant = house.share(owner, study, FRIEND).grant_id
    at_once(lambda _: sharing.end(house.portal, owner, grant))
    assert len(house.recorded("share.ended")) == 1


def test_a_share_given_while_it_is_ended_is_whole_or_not_there(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    grant = house.share(owner, study, FRIEND).grant_id

    def give_or_end(number: int) -> None:
        if number % 2:
            sharing.end(house.portal, owner, grant)
        else:
            house.share(owner, study, FRIEND)

    at_once(give_or_end)
    with house.portal.reading() as db:
        living = db.execute(select(Grant).where(Grant.ended_at.is_(None))).scalars().all()
    assert len(living) <= 1


def test_wrong_codes_at_once_get_no_more_tries_than_one_by_one(house: House) -> None:
    house.account("a@x.example", "patient", password_hash=QUICK_HASH)
    challenge = login.begin(house.portal, "a@x.example", PASSWORD, "browser")
    right = house.secrets.codes[-1]
    outcomes = at_once(
        lambda n: login.confirm(house.portal, challenge.attempt, f"WRONG{n:03d}", "browser")
    )
    assert done(outcomes) == 0
    told_wrong = [one for one in outcomes if isinstance(one, NotAllowed)]
    assert len(told_wrong) == login.TRIES - 1  # the fifth is told that it was the last
    with pytest.raises(TooMany):
        login.confirm(house.portal, challenge.attempt, right, "browser")


def test_the_right_code_at_once_opens_one_session(house: House) -> None:
    house.account("a@x.example", "patient", password_hash=QUICK_HASH)
    challenge = login.begin(house.portal, "a@x.example", PASSWORD, "browser")
    code = house.secrets.codes[-1]
    outcomes = at_once(lambda _: login.confirm(house.portal, challenge.attempt, code, "browser"))
    (handover,) = [one for one in outcomes if isinstance(one, str)]
    opened = at_once(lambda _: sessions.open_session(house.portal, handover, "browser"))
    assert done(opened) == 1
    assert count(house.portal, SignInSession) == 1


def test_guessed_passwords_at_once_get_no_more_tries_than_one_by_one(house: House) -> None:
    house.account("a@x.example", "patient", password_hash=QUICK_HASH)
    outcomes = at_once(
        lambda n: login.begin(
            house.portal, "a@x.example", f"wrong {n}", f"browser {n}", f"10.0.0.{n}"
        )
    )
    assert sum(isinstance(one, NotAllowed) for one in outcomes) == 10
    assert sum(isinstance(one, TooMany) for one in outcomes) == MANY - 10


def test_an_invitation_used_many_times_at_once_is_used_once(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    house.share(owner, study, FRIEND)
    link = house.mailed_link(FRIEND)
    outcomes = at_once(
        lambda n: accounts.set_up(
            house.portal,
            link,
            name=f"Friend {n}",
            mobile="",
            terms_accepted=True,
            password=f"seven quiet lanterns {n}",
        )
    )
    assert done(outcomes) == 1
    assert len(house.recorded("account.set_up")) == 1
