"""Names of people: their parts, how they are shown and searched."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.multival import MultiValue
from pydicom.valuerep import PersonName

from imaging.person_name import LONGEST, display_name, family_given, search_key


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("FRENCHIE^Chester", ("FRENCHIE", "Chester")),
        ("Adams^John Robert Quincy^^Rev.^B.A. M.Div.", ("Adams", "John Robert Quincy")),
        ("Lindqvist^Robin^Alex^Dr^", ("Lindqvist", "Robin Alex")),
        ("John Smith", ("John Smith", "")),
        ("ANON", ("ANON", "")),
        ("^Robin", ("", "Robin")),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", ("Yamada", "Tarou")),
        ("=山田^太郎=やまだ^たろう", ("山田", "太郎")),
        ("==やまだ^たろう", ("やまだ", "たろう")),
        ("^^^Dr=山田^太郎", ("山田", "太郎")),
        ("", ("", "")),
        ("^^^^", ("", "")),
        (None, ("", "")),
    ],
)
def test_a_name_has_a_family_and_a_given_part(written: str | None, parts: tuple[str, str]) -> None:
    assert family_given(written) == parts
    if written is not None:
        assert family_given(PersonName(written)) == parts


def test_bytes_and_several_names_are_read_too() -> None:
    assert family_given(b"Smith^Ann") == ("Smith", "Ann")
    assert family_given(MultiValue(PersonName, ["Smith^Ann", "Jones^Bo"])) == ("Smith", "Ann")
    assert family_given([]) == ("", "")


def test_control_characters_and_repeated_blanks_are_removed() -> None:
    assert family_given(" Smi\x00th \t Jones^\u202eAnn\r\n  Lee ") == ("Smith Jones", "Ann Lee")


def test_a_part_is_never_longer_than_its_bound() -> None:
    family, first = family_given("x" * 5000 + "^" + "y" * 5000)
    assert (len(family), len(first)) == (LONGEST, LONGEST)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Lindqvist^Robin^^Dr", "Dr Robin Lindqvist"),
        ("Adams^John^Quincy^Rev.^B.A.", "Rev. John Quincy Adams B.A."),
        ("REFERRER", "REFERRER"),
        ("=山田^太郎", "太郎 山田"),
        ("^^^Dr", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_name_is_shown_as_it_is_spoken(written: str | None, shown: str) -> None:
    assert display_name(written) == shown


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("NÚÑEZ-O'BRIEN", "nunezobrien"),
        ("Núñez O’Brien", "nunez o brien"),
        ("STRAẞE", "Strasse"),
        ("Sørensen", "SORENSEN"),
        ("Łukasz Đorđević", "lukasz dordevic"),
        ("Æbelø", "aebelo"),
        ("İpek Işık", "ipek isik"),
        ("Νίκος", "ΝΙΚΟΣ"),
        ("ﾔﾏﾀﾞ", "ヤマダ"),
        ("Oʻahu", "oahu"),
        ("van der Berg", "VanDerBerg"),
    ],
)
def test_two_spellings_of_a_name_have_one_key(one: str, other: str) -> None:
    assert search_key(one) == search_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("が", "か"), ("й", "и"), ("कि", "क"), ("山田", "山本"), ("Ann", "Anne")]
)
def test_different_letters_keep_different_keys(one: str, other: str) -> None:
    assert search_key(one) != search_key(other)


@given(st.text())
def test_the_key_of_a_key_is_the_key(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@given(st.text())
def test_a_key_has_neither_blanks_nor_punctuation(text: str) -> None:
    assert all(unicodedata.category(character)[0] in "LNM" for character in search_key(text))


@given(st.text())
def test_any_text_is_read_as_a_name(text: str) -> None:
    family, first = family_given(text)
    for part in (family, first, display_name(text)):
        assert part == part.strip()
        assert "\n" not in part
    assert len(family) <= LONGEST
    assert len(first) <= LONGEST
