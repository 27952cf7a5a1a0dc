"""Passwords: long enough, not a common one, kept as Argon2id."""

from __future__ import annotations

from contextlib import suppress

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from services.errors import Invalid
from services.signing_in import passwords
from tests.factories import PASSWORD


def test_a_password_is_kept_as_argon2id_in_the_second_profile_of_rfc_9106() -> None:
    kept = extract_parameters(passwords.hashed(PASSWORD))
    assert kept.type is Type.ID
    assert (kept.time_cost, kept.memory_cost, kept.parallelism) == (3, 64 * 1024, 4)
    assert (kept.salt_len, kept.hash_len) == (16, 32)


def test_the_same_password_is_kept_differently_each_time() -> None:
    assert passwords.hashed(PASSWORD) != passwords.hashed(PASSWORD)


def test_only_the_password_itself_matches() -> None:
    kept = passwords.hashed(PASSWORD)
    assert passwords.matches(PASSWORD, kept)
    assert not passwords.matches(PASSWORD.upper(), kept)
    assert not passwords.matches("", kept)


@pytest.mark.parametrize("kept", ["", "not a hash", "$argon2id$v=19$m=8,t=1,p=1$x"])
def test_an_account_without_a_readable_hash_lets_nobody_in(kept: str) -> None:
    assert not passwords.matches(PASSWORD, kept)
    assert not passwords.matches("no account has this password", kept)


@pytest.mark.parametrize("typed", ["", "short", "elevenchars"])
def test_a_password_under_twelve_characters_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="at least 12 characters") as refusal:
        passwords.checked(typed)
    assert refusal.value.field == "password"


def test_twelve_characters_are_enough_and_256_are_the_most() -> None:
    long = " ".join(f"lantern {number} by the river" for number in range(20))
    assert passwords.checked("violet-ox-rm")
    assert passwords.checked(long[:256])
    with pytest.raises(Invalid, match="at most 256"):
        passwords.checked(long[:257])


@pytest.mark.parametrize(
    "typed",
    [PASSWORD, "vier kleine violette Ochsen", "ein Fluss, ein Hut", "数奇な運命の物語を読む人々"],
)
def test_a_password_needs_no_digits_capitals_or_signs(typed: str) -> None:
    assert passwords.checked(typed) == typed


@pytest.mark.parametrize(
    "typed",
    [
        "password1234",
        "Password1234!",
        "P@ssw0rd1234",
        "Passw0rd2026!",
        "passwordpassword",
        "welcome20262026",
        "123456789012",
        "1234567890123456",
        "098765432109",
        "aaaaaaaaaaaa",
        "abababababab",
        "abcabcabcabc",
        "abcdefghijkl",
        "qwertyuiop12",
        "qwertyuiopas",
        "qwerty123456",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "iloveyou1234",
        "correct horse battery staple",
    ],
)
def test_a_password_that_attackers_try_first_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="attacker"):
        passwords.checked(typed)


def test_none_of_the_thirty_thousand_most_frequent_leaked_passwords_is_taken() -> None:
    leaked = FREQUENCY_LISTS["passwords"]
    assert len(leaked) >= 30_000
    taken = []
    for password in leaked:
        with suppress(Invalid):
            taken.append(passwords.checked(password))
    assert taken == []


@pytest.mark.parametrize(
    "typed",
    ["Lindqvist2026", "robinlindqvist", "r.lindqvist@2026", "Robin.Lindqvist!", "annakarl2026"],
)
def test_a_password_made_of_ones_own_name_or_address_is_refused(typed: str) -> None:
    about = ("r.lindqvist@practice.example", "Robin Lindqvist", "Anna Karl")
    with pytest.raises(Invalid, match="without your name"):
        passwords.checked(typed, *about)


def test_a_long_password_may_have_ones_name_somewhere_in_it() -> None:
    assert passwords.checked("robin sang above seven quiet lanterns", "Robin Lindqvist")
