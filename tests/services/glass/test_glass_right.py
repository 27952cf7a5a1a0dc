"""The right to break the glass: a year, a reminder, renewed by its owner or by staff."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.desk import account_desk
from services.errors import Expired, Invalid, NotAllowed, NotFound
from services.glass import glass_right
from services.persons import accounts
from services.persons.accounts import A_YEAR, NewAccount
from services.signing_in.sessions import SignedIn
from storage.models import Account
from tests.factories import PASSWORD, QUICK_HASH, START, House

MAIL = "er@elsewhere.example"


@pytest.fixture
def owner(house: House) -> SignedIn:
    account = house.account(MAIL, "breakglass", password_hash=QUICK_HASH)
    with house.portal.transaction() as tx:
        row = tx.db.get_one(Account, account)
        row.mobile, row.provider_number, row.practice = "+61491570156", "2426621B", "Harbour"
    return house.signed_in(account)


def confirm(house: House, who: SignedIn, **typed: object) -> object:
    again = house.signed_in(who.account_id)  # the year is longer than any session
    house.step_up(again)
    given = {"mobile": "+61 491 570 156", "number": "2426621b", "practice": "Harbour",
             "declared": True, **typed}  # fmt: skip
    return glass_right.confirm(house.portal, again, **given)  # type: ignore[arg-type]


def staff(house: House, role: str = "administrator") -> SignedIn:
    who = house.signed_in(house.account(kind="staff", role=role, password_hash=QUICK_HASH))
    house.step_up(who)
    return who


def test_a_new_account_has_a_year(house: House) -> None:
    account = accounts.create(
        house.portal, NewAccount("breakglass", "new@x.example", "Dr New", "+61491570156",
                                 provider_number="2426621B", password=PASSWORD),
    )  # fmt: skip
    right = glass_right.right(house.portal, account)
    assert (right.until, right.over, right.renewable) == (START + A_YEAR, False, False)
    house.clock.now += A_YEAR
    assert glass_right.right(house.portal, account).over


@pytest.mark.parametrize("kind", ["patient", "guest", "staff"])
def test_other_accounts_have_no_such_right(house: House, kind: str) -> None:
    assert glass_right.right(house.portal, house.account(kind=kind)).over


def test_its_owner_is_reminded_once_thirty_days_before(house: House, owner: SignedIn) -> None:
    house.clock.now += A_YEAR - timedelta(days=31)
    assert glass_right.warn_of_ends(house.portal) == 0
    house.clock.move(days=1)
    assert glass_right.warn_of_ends(house.portal) == 1
    assert glass_right.warn_of_ends(house.portal) == 0
    [(to, subject, text)] = house.mail()
    assert (to, subject) == (MAIL, "Your emergency access to My Imaging ends soon")
    assert "until 02 November 2027" in text
    assert "/break-glass/renew" in text


def test_an_account_that_is_closed_or_was_never_set_up_is_not_reminded(house: House) -> None:
    for status in ("disabled", "invited"):
        house.account(kind="breakglass", status=status)
    house.clock.now += A_YEAR - timedelta(days=5)
    assert glass_right.warn_of_ends(house.portal) == 0


def test_confirming_the_form_gives_another_year_from_the_end(house: House, owner: SignedIn) -> None:
    house.clock.now += A_YEAR - timedelta(days=10)
    assert glass_right.right(house.portal, owner.account_id).renewable
    assert confirm(house, owner) == START + 2 * A_YEAR
    assert [e.detail for e in house.recorded("glass.right_renewed")] == [{"how": "confirmed"}]
    to, subject, text = house.mail()[-1]
    assert (to, subject) == (MAIL, "Your emergency access to My Imaging")
    assert "until 01 November 2028" in text
    with pytest.raises(Invalid, match="too early"):
        confirm(house, owner)


def test_it_cannot_be_confirmed_early_nor_once_it_is_over(house: House, owner: SignedIn) -> None:
    with pytest.raises(Invalid, match="too early"):
        confirm(house, owner)
    house.clock.now += A_YEAR
    with pytest.raises(Expired, match="ended on 02 November 2027"):
        confirm(house, owner)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"mobile": ""}, "mobile"),
        ({"mobile": "+61 491 570 157"}, "mobile"),
        ({"number": "9999999X"}, "provider_number"),
        ({"number": ""}, "provider_number"),
        ({"practice": " "}, "practice"),
        ({"declared": False}, "declared"),
    ],
    ids=str,
)
def test_other_details_need_another_check(
    house: House, owner: SignedIn, typed: dict[str, object], field: str
) -> None:
    house.clock.now += A_YEAR - timedelta(days=10)
    with pytest.raises(Invalid) as refusal:
        confirm(house, owner, **typed)
    assert refusal.value.field == field


def test_staff_renew_what_is_over(house: House, owner: SignedIn) -> None:
    house.clock.now += A_YEAR + timedelta(days=3)
    until = glass_right.renew(house.portal, staff(house), owner.account_id)
    assert until == house.clock.now + A_YEAR
    assert house.mail()[-1][:2] == (MAIL, "Your emergency access to My Imaging")


def test_the_desk_sees_when_a_right_ends_and_whether_it_is_due(
    house: House, owner: SignedIn
) -> None:
    def seen() -> tuple[object, bool]:
        found = account_desk.details(house.portal, staff(house).account_id, owner.account_id)
        return found.glass.until, found.glass.due

    assert seen() == (START + A_YEAR, False)
    house.clock.now += A_YEAR - timedelta(days=29)
    assert seen() == (START + A_YEAR, True)
    house.clock.now += timedelta(days=40)
    assert seen() == (START + A_YEAR, True)


def test_staff_cannot_stack_years(house: House, owner: SignedIn) -> None:
    with pytest.raises(Invalid, match="too early"):
        glass_right.renew(house.portal, staff(house), owner.account_id)
    assert glass_right.right(house.portal, owner.account_id).until == START + A_YEAR


@pytest.mark.parametrize("role", ["clinician", "auditor"])
def test_other_roles_renew_nothing(house: House, owner: SignedIn, role: str) -> None:
    with pytest.raises(NotAllowed):
        glass_right.renew(house.portal, staff(house, role), owner.account_id)


def test_only_a_break_glass_account_is_renewed(house: House) -> None:
    who = staff(house)
    for account in (house.account(kind="guest"), 999):
        with pytest.raises(NotFound):
            glass_right.renew(house.portal, who, account)
