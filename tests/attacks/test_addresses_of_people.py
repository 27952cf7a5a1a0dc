"""E-mail addresses that look like others: an exam must go where its patient reads that it goes."""

from __future__ import annotations

import pytest

from services import people
from services.errors import Invalid
from services.messaging import delivery, mailing
from tests.factories import House

LIKE_OTHERS = (
    "anna@\u0430pple.example",  # Cyrillic а
    "anna@hospit\u0251l.example",  # Latin alpha
    "anna@g\u0456thub.example",  # Cyrillic і
    "anna@\u0440\u0430\u0443\u0440\u0430l.com",  # all but one Cyrillic
    "anna@\u0430\u0440\u0440\u04cf\u0435.com",  # all Cyrillic, but for the ending
    "anna@\u03bfmega.example",  # Greek omicron
    "anna@hosp\u0131tal.example",  # dotless i
    "\u0430nna@hospital.example",  # in the name
    "anna@hospital.example\u202e", "an\u200bna@hospital.example", "anna@hospital.example\u0000",
    "anna@hospital.example\r\nBcc: evil@x.example", "anna@hospital.example, evil@x.example",
    "anna@hospital.example>, <evil@x.example", "<anna@hospital.example>",
    '"anna evil@x.example"@hospital.example', "anna@[127.0.0.1]", "anna@hospital.example%0abcc:x",
)  # fmt: skip


@pytest.mark.parametrize("address", LIKE_OTHERS)
def test_an_address_that_looks_like_another_is_refused(address: str) -> None:
    with pytest.raises(Invalid):
        people.email_address(address)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("Anna@Hospital.Example", "anna@hospital.example"),
        ("  anna@hospital.example ", "anna@hospital.example"),
        ("anna@\uff48ospital.example", "anna@hospital.example"),  # a full-width letter
        ("anna@hospital\u3002example", "anna@hospital.example"),  # an ideographic full stop
        ("anna@M\u00dcLLER.example", "anna@xn--mller-kva.example"),
        ("anna@mu\u0308ller.example", "anna@xn--mller-kva.example"),  # with a combining sign
    ],
)
def test_every_spelling_of_an_address_is_one_address(typed: str, same: str) -> None:
    assert people.email_address(typed) == same
    assert people.email_address(same) == same


def test_an_address_with_a_plus_is_an_address_of_its_own(house: House) -> None:
    """Whether both lead to one person only their mail server knows."""
    assert people.email_address("anna+mri@x.example") != people.email_address("anna@x.example")


def test_mail_to_a_domain_with_an_umlaut_has_only_ascii_in_its_head(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    house.share(owner, study, "anna@m\u00fcller.example")
    delivery.mail_courier(house.portal, mailing.transport(house.portal.settings)).round()
    (mail,) = (house.portal.settings.data_dir / "mail").glob("*.eml")
    assert b"To: anna@xn--mller-kva.example" in mail.read_bytes()


@pytest.mark.timeout(10)
@pytest.mark.parametrize("sign", ["a", "@", ".", "a.", "\u00fc", "+", "1", " ", "\u0301", "-"])
def test_what_is_much_too_long_is_refused_soon(sign: str) -> None:
    for typed in (sign * 200_000, f"{sign * 200_000}@x.example", f"a@{sign * 200_000}.example"):
        with pytest.raises(Invalid):
            people.email_address(typed)
    for check in (people.mobile_number, people.person_name):
        try:
            assert len(check(sign * 200_000)) <= 120
        except Invalid:
            continue
