"""Rows of the desk are found by the beginnings of words, however these are written."""

from __future__ import annotations

import pytest

from services.finding import word_search
from storage.models import Account, AccountWord
from storage.models.search import MOST, words_of
from tests.factories import House


@pytest.fixture
def people(house: House) -> House:
    house.account("rosa.gil@practice.example", name="Dr Rosa Gil-Peña")
    house.account("amy@obrien.example", name="Amy O’Brien")
    house.account("max@x.example", name="Max STRAUSS")
    house.account("moritz@x.example", name="Moritz Strauß")
    return house


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rosa", {1}),
        ("GIL", {1}),
        ("pena ros", {1}),
        ("Gil-Peña", {1}),
        ("rosa.gil@practice.example", {1}),
        ("gil@pra", {1}),
        ("practice", {1}),
        ("o'brien", {2}),
        ("OBRIEN amy", {2}),
        ("brien", {2}),
        ("strauss", {3, 4}),
        ("strauss mo", {4}),
        ("max moritz", set()),
        ("osa", set()),
        ("rosa - gil,", {1}),
        ("@practice.example", {1}),
        ("%", set()),
        ("example", set()),
        ("  ", set()),
    ],
)
def test_accounts_are_found_by_every_word_of_name_or_address(
    people: House, text: str, found: set[int]
) -> None:
    with people.portal.reading() as db:
        assert set(word_search.accounts(db, text)) == found


def test_a_new_name_or_address_is_found_and_the_old_one_is_not(people: House) -> None:
    with people.portal.transaction() as tx:
        account = tx.db.get_one(Account, 3)
        account.name, account.email = "Max Berg", "berg@y.example"
    with people.portal.reading() as db:
        assert word_search.accounts(db, "berg") == [3]
        assert word_search.accounts(db, "strauss") == [4]
        assert word_search.accounts(db, "max@x") == []


def test_an_account_that_goes_takes_its_words_with_it(people: House) -> None:
    with people.portal.transaction() as tx:
        tx.db.delete(tx.db.get_one(Account, 4))
    with people.portal.reading() as db:
        assert db.query(AccountWord).filter_by(row_id=4).count() == 0


def test_a_search_looks_at_a_bounded_number_of_rows(people: House) -> None:
    with people.portal.reading() as db:
        assert len(word_search.accounts(db, "max", most=1)) == 1
        assert len(word_search.accounts(db, "m", most=2)) == 2


def test_a_name_of_very_many_words_has_a_bounded_number_of_them() -> None:
    assert len(words_of([" ".join(f"n{number}" for number in range(500))], "a@b.example")) == MOST
