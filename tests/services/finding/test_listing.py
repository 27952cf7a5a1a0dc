"""Long lists: the page that is wanted, in the order that is wanted, at a bounded cost."""

from __future__ import annotations

from sqlalchemy import select

from services import opaque
from services.finding import listing
from services.finding.listing import DEEPEST, Wanted
from storage.models import Account
from tests.factories import House

ORDERS = {"": (Account.id,), "email": (Account.email, Account.id)}
QUERY = select(Account.email)


def emails(house: House, wanted: Wanted) -> tuple[list[str], bool]:
    with house.portal.reading() as db:
        page = listing.page(db, QUERY, wanted, ORDERS, size=2)
    return [row.email for row in page.rows], page.more


def test_pages_follow_each_other_and_the_last_one_says_so(house: House) -> None:
    for name in "cabde":
        house.account(f"{name}@x.example")
    by_email = Wanted(sort="email")
    assert emails(house, by_email) == (["a@x.example", "b@x.example"], True)
    assert emails(house, Wanted(sort="email", number=3)) == (["e@x.example"], False)
    down = by_email.sorted_by("email")
    assert emails(house, down) == (["e@x.example", "d@x.example"], True)
    assert emails(house, Wanted())[0] == ["c@x.example", "a@x.example"]


def test_what_makes_no_sense_is_the_nearest_page_in_the_lists_own_order(house: House) -> None:
    house.account("a@x.example")
    assert emails(house, Wanted(sort="password_hash", descending=True, number=-7)) == (
        ["a@x.example"], False,
    )  # fmt: skip


def test_nobody_pages_through_everything(house: House) -> None:
    for number in range(DEEPEST + 2):
        house.account(f"{number:04d}@x.example")
    with house.portal.reading() as db:
        last = listing.page(db, QUERY, Wanted(number=10**9), ORDERS, size=1)
    assert (last.number, last.more, last.cut) == (DEEPEST, False, True)


def test_a_filter_or_another_order_begins_at_the_first_page() -> None:
    wanted = Wanted(number=4).choosing("kind", "staff")
    assert (wanted.number, wanted.chosen("kind")) == (1, "staff")
    assert wanted.choosing("kind", "") == Wanted()
    assert Wanted(number=4).sorted_by("name") == Wanted(sort="name")


def test_words_in_an_address_are_read_by_their_own_account_only() -> None:
    key, typed = b"k" * 32, "FRENCHIE, Chester – 14/03/1958 " * 4
    sealed = opaque.seal_text(key, 5, "words", typed)
    assert "FRENCHIE" not in sealed
    assert opaque.unseal_text(key, 5, "words", sealed) == typed
    for account, kind, other in ((6, "words", sealed), (5, "study", sealed), (5, "words", "ä!"),
                                 (5, "words", sealed[:-3]), (5, "words", "")):  # fmt: skip
        assert opaque.unseal_text(key, account, kind, other) == ""
