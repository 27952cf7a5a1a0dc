"""Applications for break-glass accounts at the staff desk: checked, then decided."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.audit import Action
from services.errors import Invalid
from services.glass import application_questions, glass_right
from services.glass.application_list import OPEN, WAYS, get
from services.language import N_, _
from services.letterhead import Letterhead
from services.messaging import office_letters
from services.persons import accounts, staff_roles
from services.persons.staff_roles import Task
from services.portal import Portal, Transaction
from services.preferences import letterhead
from services.publisher import AccessChanged
from services.signing_in import one_time_links, step_up
from services.signing_in.sessions import SignedIn
from storage.models import Account, Application

SHORTEST, LONGEST = 5, 1000  # characters of what staff write down
QUESTION_LIFE = timedelta(days=14)
TAKEN = N_(
    "This email address belongs to an account of another kind ({kind}). An address has one "
    "account: please ask the applicant for another address, or decline."
)
CLOSED = N_("The account with this email address was closed. Please decline, or open it first.")


def record_identity(portal: Portal, who: SignedIn, number: int, way: str, note: str) -> None:
    """Write down how the applicant's identity was checked: one of `WAYS`, and a note about it."""
    if way not in WAYS:
        raise Invalid(_("Please choose how the identity was checked."), "way")
    remark = _written(note, "note", _("Please note what was checked, such as the number called."))
    step_up.require(portal, who)
    with portal.transaction() as tx:
        row = _open(tx.db, who.account_id, number)
        row.identity_how = f"{way}: {remark}"
        row.identity_by_id, row.identity_at = who.account_id, tx.now
        _record(tx, Action.APPLICATION_IDENTITY_CHECKED, who, row, way=way)


def ask(portal: Portal, who: SignedIn, number: int, question: str) -> None:
    """Mail the applicant a question, with a link to answer it."""
    text = _written(question, "question", _("Please write the question in a sentence."))
    step_up.require(portal, who)
    with portal.transaction() as tx:
        row = _open(tx.db, who.account_id, number)
        link = application_questions.put(portal, tx, row, text, who.account_id, QUESTION_LIFE)
        row.status = "asked"
        letter = office_letters.application_question(_paper(portal, row), text, link)
        tx.post(row.email, letter, secret=True, within=QUESTION_LIFE)
        _record(tx, Action.APPLICATION_ASKED, who, row)


def decline(portal: Portal, who: SignedIn, number: int, reason: str) -> None:
    """End the application with a reason, which the applicant is mailed."""
    text = _written(reason, "reason", _("Please give the reason: the applicant reads it."))
    step_up.require(portal, who)
    with portal.transaction() as tx:
        row = _open(tx.db, who.account_id, number)
        _decide(tx, row, who, "declined")
        row.decline_reason = text
        tx.post(row.email, office_letters.application_declined(_paper(portal, row), text))
        _record(tx, Action.APPLICATION_DECLINED, who, row)


def approve(portal: Portal, who: SignedIn, number: int) -> None:
    """Make the account, or give the one that is there its right, and mail how to go on.

    Raises Invalid while the identity was not checked, and for an address whose account is a
    patient's, a staff member's or closed.
    """
    step_up.require(portal, who)
    with portal.transaction() as tx:
        row = _open(tx.db, who.account_id, number)
        if row.identity_at is None:
            raise Invalid(_("Please record first how the identity was checked."), "way")
        account = _account(tx, row)
        _decide(tx, row, who, "approved")
        row.account_id = account.id
        head = letterhead(portal.settings, account)
        if account.status == "invited":
            life = accounts.SETUP_LINK_LIFE
            link = one_time_links.make(portal, tx, account, "setup", life)
            letter = office_letters.application_ready(head, link)
            tx.post(account.email, letter, account_id=account.id, secret=True, within=life)
        else:
            until = account.glass_until or tx.now
            letter = office_letters.glass_right_given(head, until)
            tx.post(account.email, letter, account_id=account.id)
        _record(tx, Action.APPLICATION_APPROVED, who, row, account=account.id)
        tx.announce(AccessChanged(account.id))


def _account(tx: Transaction, row: Application) -> Account:
    """The address's account, as a break-glass account for a year from now."""
    account = accounts.find(tx.db, row.email)
    if account is None:
        account = Account(email=row.email, created_at=tx.now, status="invited")
        tx.db.add(account)
    elif account.kind not in ("guest", "breakglass"):
        raise Invalid(_(TAKEN).format(kind=account.kind))
    elif account.status == "disabled":
        raise Invalid(_(CLOSED))
    elif account.kind == "guest":
        accounts.end_sessions(tx, account.id)  # a guest's browser may have been let in with less
    account.kind, account.name, account.mobile = "breakglass", row.name, row.mobile
    account.provider_number, account.practice = row.provider_number, row.practice
    account.language = account.language or row.language
    account.glass_until = glass_right.a_year_from(tx.now)
    tx.db.flush()
    return account


def _open(db: Session, by: int, number: int) -> Application:
    staff_roles.check(db, by, Task.DECIDE_APPLICATIONS)
    row = get(db, number)
    if row.status not in OPEN:
        raise Invalid(_("This application was decided already."))
    return row


def _decide(tx: Transaction, row: Application, who: SignedIn, status: str) -> None:
    row.status, row.decided_by_id, row.decided_at = status, who.account_id, tx.now
    application_questions.close(row, tx.now)


def _record(tx: Transaction, action: Action, who: SignedIn, row: Application, **more: Any) -> None:
    tx.record(action, account_id=who.account_id, application=row.id, **more)


def _paper(portal: Portal, row: Application) -> Letterhead:
    return Letterhead(portal.settings, row.language or portal.settings.language)


def _written(text: str, field: str, missing: str) -> str:
    line = " ".join(text.split())
    if not SHORTEST <= len(line) <= LONGEST:
        raise Invalid(missing, field)
    return line
