"""The application for a break-glass account, as somebody from outside fills it in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services import people
from services.audit import Action
from services.errors import Invalid
from services.language import N_, _, spoken
from services.letterhead import Letterhead
from services.messaging import office_letters
from services.portal import Portal
from services.throttling import APPLICATIONS_ALTOGETHER, APPLICATIONS_PER_ADDRESS, MAIL_PER_ACCOUNT
from storage.models import Application

SHORTEST_REASON, LONGEST_REASON = 10, 1000  # characters
LONGEST_PRACTICE = 120
PROVIDER_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9/-]{3,19}")
NO_MOBILE = N_(
    "Please enter your contact mobile number with its country code: we call it to check who you "
    "are."
)
NO_NUMBER = N_("Please enter your provider number as your registration shows it.")
NO_PRACTICE = N_("Please enter the practice or hospital where you treat patients.")
NO_REASON = N_("Please say in a sentence or two why you need emergency access.")
NOT_DECLARED = N_("Please confirm that what you entered is true.")


@dataclass(frozen=True, slots=True)
class Form:
    """What is typed into the form, as it was typed."""

    name: str = ""
    email: str = ""
    mobile: str = ""
    provider_number: str = ""
    practice: str = ""
    reason: str = ""
    declared: bool = False


def checked(form: Form) -> Form:
    """The form as it is kept; Invalid names the first field that cannot be used, and why."""
    name, email = people.person_name(form.name), people.email_address(form.email)
    mobile = people.mobile_number(form.mobile)
    if not mobile:
        raise Invalid(_(NO_MOBILE), "mobile")
    number = provider_number(form.provider_number)
    practice = " ".join(form.practice.split())
    if not 2 <= len(practice) <= LONGEST_PRACTICE:
        raise Invalid(_(NO_PRACTICE), "practice")
    reason = " ".join(form.reason.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Invalid(_(NO_REASON), "reason")
    if not form.declared:
        raise Invalid(_(NOT_DECLARED), "declared")
    return Form(name, email, mobile, number, practice, reason, declared=True)


def provider_number(typed: str) -> str:
    """A provider number without blanks, in capitals; Invalid when it cannot be one."""
    number = "".join(typed.split()).upper()
    if not PROVIDER_NUMBER.fullmatch(number):
        raise Invalid(_(NO_NUMBER), "provider_number")
    return number


def submit(portal: Portal, form: Form, network_address: str) -> Form:
    """Hand the application in; what was kept, for the applicant's own print.

    Whether the address has an account already makes no difference to what is answered. Raises
    Invalid for a field, TooMany when too much comes from one place or about one address.
    """
    kept = checked(form)
    portal.throttles.spend(APPLICATIONS_PER_ADDRESS, "apply", network_address)
    portal.throttles.spend(MAIL_PER_ACCOUNT, "apply", kept.email)
    portal.throttles.spend(APPLICATIONS_ALTOGETHER, "apply")
    with portal.transaction() as tx:
        row = Application(
            status="submitted",
            name=kept.name,
            email=kept.email,
            mobile=kept.mobile,
            provider_number=kept.provider_number,
            practice=kept.practice,
            reason=kept.reason,
            language=spoken(),
            submitted_at=tx.now,
        )
        tx.db.add(row)
        tx.db.flush()
        tx.record(Action.APPLICATION_SUBMITTED, account_id=None, application=row.id)
        letter = office_letters.application_received(Letterhead(portal.settings, spoken()))
        tx.post(kept.email, letter)
    return kept
