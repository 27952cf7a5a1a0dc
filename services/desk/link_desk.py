"""Whose exams an account sees, at the staff desk: its own records, and people it cares for."""

from __future__ import annotations

from datetime import date

from services.errors import Invalid, NotFound
from services.language import _
from services.persons import carers, patient_links, patients
from services.persons.desk_work import changing, permitted
from services.persons.staff_roles import Task
from services.portal import Portal
from services.signing_in.sessions import SignedIn
from storage.models import Account


def link_own(portal: Portal, who: SignedIn, account_id: int, written: str) -> None:
    """Tell that the account's person is the patient with this id, `ID` or `ISSUER|ID`."""
    with changing(portal, who, Task.LINK_PEOPLE) as tx:
        account = tx.db.get(Account, account_id)
        if account is None:
            raise NotFound(_("There is no such account."))
        if account.kind not in ("patient", "guest"):
            raise Invalid(_("Only accounts of patients and guests are linked to records."))
        patient = patient_links.record(tx.db, written.strip())
        patient_links.link(tx, account, patient, who.account_id)


def link_carer(portal: Portal, who: SignedIn, account_id: int, written: str, until: date) -> None:
    """Let the account see and share this patient's exams for them; `until` is the last day."""
    permitted(portal, who, Task.LINK_PEOPLE)
    with portal.reading() as db:
        account = db.get(Account, account_id)
    if account is None:
        raise NotFound(_("There is no such account."))
    carers.link(portal, account.email, written.strip(), until, by=who.account_id)


def unlink(portal: Portal, who: SignedIn, account_id: int, patient_id: int) -> None:
    """End a link at once, with every share that rests on it."""
    permitted(portal, who, Task.LINK_PEOPLE)
    patients.unlink(portal, who.account_id, account_id, patient_id)
