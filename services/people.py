"""What people type about themselves: e-mail addresses, mobile numbers, names."""

from __future__ import annotations

import unicodedata

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from services.errors import Invalid
from services.language import N_, SOURCE, _, spoken

LIKE_LATIN = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU")
LAST_LETTER, DOTLESS = "\u017f", "\u0131"  # of the letters that European languages write
LOOKS_LIKE_ANOTHER = N_(
    "Please check the email address: some of its letters look like others. Please type it yourself."
)


def email_address(typed: str) -> str:
    """The address, folded for comparison; Invalid names what is wrong with it.

    Its domain is in ASCII (RFC 5891), so that it reads everywhere as it is, and every mail server
    takes it. One that could be mistaken for another is refused: an exam would go astray.
    """
    try:
        valid = validate_email(
            typed.strip(), check_deliverability=False, test_environment=True, allow_smtputf8=False
        )
    except EmailNotValidError as error:
        raise Invalid(
            _("Please check the email address: {problem}").format(problem=_problem(error)), "email"
        ) from None
    if _is_mistakable(valid.domain):
        raise Invalid(_(LOOKS_LIKE_ANOTHER), "email")
    return (valid.ascii_email or valid.normalized).lower()


def _is_mistakable(domain: str) -> bool:
    """Whether letters of scripts that look alike are mixed (Unicode TR 39, 5.1)."""
    letters = [sign for sign in domain if sign.isalpha() and not sign.isascii()]
    if any(unicodedata.name(sign, "").startswith(LIKE_LATIN) for sign in letters):
        return any("a" <= sign <= "z" for sign in domain)
    latin = [sign for sign in letters if unicodedata.name(sign, "").startswith("LATIN")]
    return any(sign > LAST_LETTER or sign == DOTLESS for sign in latin)


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
