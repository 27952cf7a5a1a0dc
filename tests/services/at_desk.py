"""Staff at their desk, for tests: signed in, with the password given again."""

from __future__ import annotations

from services.signing_in.sessions import SignedIn
from tests.factories import House


def staff(house: House, role: str = "administrator", *, stepped_up: bool = True) -> SignedIn:
    """A member of staff with this role, signed in."""
    return at_desk(house, house.account(kind="staff", role=role), stepped_up=stepped_up)


def at_desk(house: House, account_id: int, *, stepped_up: bool = True) -> SignedIn:
    """This account, signed in."""
    who = house.signed_in(account_id)
    if stepped_up:
        house.step_up(who)
    return who
