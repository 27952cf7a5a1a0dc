"""What people type about themselves: e-mail addresses, mobile numbers, names."""

from __future__ import annotations

import unicodedata

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from services.errors import Invalid
from services.language import SOURCE, _, spoken


def email_address(typed: str) -> str:
    """The address, folded for comparison; Invalid names what is wrong with it."""
    try:
        valid = validate_email(
            typed.strip(), check_deliverability=False, test_environment=True, allow_smtputf8=False
        )
    except EmailNotValidError as error:
        raise Invalid(
            _("Please check the email address: {problem}").format(problem=_problem(error)), "email"
        ) from None
    return valid.normalized.lower()


def _problem(error: EmailNotValidError) -> str:
    """What the library says, which speaks English only; in other languages what is always true."""
    if spoken() != SOURCE:
        return _("it must look like name@example.org.")
    return f"{str(error)[:1].lower()}{str(error)[1:]}"


def mobile_number(typed: str, region: str | None = None) -> str:
    """The number as E.164, empty when nothing was typed; Invalid when it is no phone number."""
    if not typed.strip():
        return ""
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        raise Invalid(
            _("Please enter the mobile number with its country code, such as +61 491 570 006."),
            "mobile",
        ) from None
    if not phonenumbers.is_possible_number(number):
        raise Invalid(
            _("Please check the mobile number: it has too few or too many digits."), "mobile"
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def person_name(typed: str) -> str:
    """A name on one line, with single blanks; Invalid when it is empty, too long or has signs."""
    name = " ".join(typed.split())
    if not name:
        raise Invalid(_("Please enter a name."), "name")
    if len(name) > 120 or any(unicodedata.category(sign).startswith("C") for sign in name):
        raise Invalid(_("Please enter the name in one line of at most 120 characters."), "name")
    return name


def masked_email(address: str) -> str:
    """`chester.frenchie@demo.example` as `c•••@d•••.example`: enough to recognise one's own."""
    local, _, domain = address.partition("@")
    host, _, top = domain.rpartition(".")
    return f"{local[:1]}•••@{host[:1]}•••.{top}"


def masked_mobile(number: str) -> str:
    """All but the last three digits of a number hidden."""
    return f"••• {number[-3:]}"
