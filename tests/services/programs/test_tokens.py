"""Bearer tokens: shown once, stored hashed, ended at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from services.errors import Invalid, NotAllowed, NotFound
from services.programs import tokens
from services.programs.callers import Callers, Way
from services.randomness import SystemSecrets
from storage.models import Account, ApiToken
from tests.factories import House

EMAIL = "pacs@hospital.example"


@pytest.fixture
def owner(house: House) -> int:
    return house.account(EMAIL, "patient")


def test_a_token_has_256_random_bits() -> None:
    made = {SystemSecrets().token() for _ in range(50)}
    assert len(made) == 50
    assert {len(token) for token in made} == {43}


def test_only_the_hash_is_stored_and_the_making_recorded(house: House, owner: int) -> None:
    made = tokens.create(house.portal, EMAIL, days=7)
    with house.portal.reading() as db:
        row = db.execute(select(ApiToken)).scalar_one()
    assert made.token not in repr(vars(row))
    assert len(row.token_hash) == 64
    assert (row.expires_at - row.created_at).days == 7
    event = house.recorded("token.created")[0]
    assert event.detail == {"account": owner, "token": made.number, "days": 7}


def test_a_token_speaks_for_its_account(house: House, owner: int) -> None:
    made = tokens.create(house.portal, EMAIL)
    caller = Callers(house.portal).found(Way.TOKEN, made.token)
    assert caller is not None
    assert (caller.account_id, caller.way, caller.number) == (owner, Way.TOKEN, made.number)


def test_a_break_glass_account_gets_no_token(house: House) -> None:
    house.account("er@hospital.example", "breakglass")
    with pytest.raises(NotAllowed, match="cannot download"):
        tokens.create(house.portal, "er@hospital.example")


@pytest.mark.parametrize("status", ["invited", "disabled"])
def test_an_account_that_is_not_active_gets_no_token(house: House, status: str) -> None:
    house.account("x@hospital.example", "patient", status=status)
    with pytest.raises(NotAllowed, match="not active"):
        tokens.create(house.portal, "x@hospital.example")


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_token_lasts_a_sensible_time(house: House, owner: int, days: int) -> None:
    with pytest.raises(Invalid, match="366 days"):
        tokens.create(house.portal, EMAIL, days=days)


def test_nobody_has_no_token(house: House) -> None:
    with pytest.raises(NotFound):
        tokens.create(house.portal, "nobody@hospital.example")
    with pytest.raises(NotFound):
        tokens.revoke(house.portal, 4)


def test_a_revoked_token_opens_nothing(house: House, owner: int) -> None:
    made = tokens.create(house.portal, EMAIL)
    callers = Callers(house.portal)
    assert callers.found(Way.TOKEN, made.token)
    assert callers.remembered(Way.TOKEN, made.token)
    tokens.revoke(house.portal, made.number)
    assert callers.remembered(Way.TOKEN, made.token) is None
    assert callers.found(Way.TOKEN, made.token) is None
    tokens.revoke(house.portal, made.number)
    assert len(house.recorded("token.revoked")) == 1
    assert tokens.listed(house.portal, EMAIL)[0].revoked_at == house.clock()


def test_a_token_ends_by_itself(house: House, owner: int) -> None:
    made = tokens.create(house.portal, EMAIL, days=1)
    callers = Callers(house.portal)
    assert callers.found(Way.TOKEN, made.token)
    house.clock.move(days=1)
    assert callers.remembered(Way.TOKEN, made.token) is None
    assert callers.found(Way.TOKEN, made.token) is None


def test_a_closed_account_has_no_living_token(house: House, owner: int) -> None:
    made = tokens.create(house.portal, EMAIL)
    callers = Callers(house.portal)
    assert callers.found(Way.TOKEN, made.token)
    with house.portal.transaction() as tx:  # as a command in a process of its own would
        tx.db.get_one(Account, owner).status = "disabled"
    house.clock.move(seconds=1)
    assert callers.remembered(Way.TOKEN, made.token) is None
    assert callers.found(Way.TOKEN, made.token) is None
