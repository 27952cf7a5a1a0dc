"""Applications for break-glass accounts at the staff desk: checked, then decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from services import (
    accounts,
    application_questions,
    glass_right,
    listing,
    office_letters,
    one_time_links,
    staff_roles,
    step_up,
)
from services.audit import Action
from services.errors import Invalid, NotFound
from services.language import N_, _
from services.letterhead import Letterhead
from services.listing import Page, Wanted
from services.portal import Portal, Transaction
from services.preferences import letterhead
from services.publisher import AccessChanged
from services.sessions import SignedIn
from services.staff_roles import Task
from storage.models import Account, Application

OPEN = ("submitted", "asked")
STATES = {
    "submitted": N_("Waiting for a decision"),
    "asked": N_("Waiting for an answer"),
    "approved": N_("Approved"),
    "declined": N_("Declined"),
}
SHORTEST, LONGEST = 5, 1000  # characters of what staff write down
QUESTION_LIFE = timedelta(days=14)
WAYS = {
    "call": N_("Called back on a number from a public register"),
    "register": N_("Found in the register of providers, with this address"),
    "in_person": N_("In person, with a photo ID"),
    "known": N_("Known to the department, and asked by telephone"),
}
TAKEN = N_(
    "This email address belongs to an account of another kind ({kind}). An address has one "
    "account: please ask the applicant for another address, or decline."
)
CLOSED = N_("The account with this email address was closed. Please decline, or open it first.")


@dataclass(frozen=True, slots=True)
class Row:
    """An application in the list."""

    number: int
    name: str
    email: str
    practice: str
    provider_number: str
    status: str
    submitted_at: datetime
    identity_checked: bool


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and, once it is there, its answer."""

    question: str
    asked_by: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Details:
    """Everything about one application."""

    row: Row
    mobile: str
    reason: str
    identity_way: str  # one of `WAYS`
    identity_note: str
    identity_by: str
    identity_at: datetime | None
    decided_by: str
    decided_at: datetime | None
    decline_reason: str
    exchanges: tuple[Exchange, ...]
    account_kind: str  # of the account that the address has already, empty: none
    others: int  # applications from the same address

    @property
    def is_open(self) -> bool:
        """Whether it is still to be decided."""
        return self.row.status in OPEN


def listed(portal: Portal, by: int, wanted: Wanted) -> Page[Row]:
    """A page of applications, those to be decided first; `wanted.choices` has "status"."""
    with portal.reading() as db:
        staff_roles.check(db, by, Task.SEE_APPLICATIONS)
        query = select(Application)
        status = wanted.chosen("status")
        if status == "open":
            query = query.where(Application.status.in_(OPEN))
        elif status:
            query = query.where(Application.status == status)
        for word in wanted.words.split()[:5]:
            query = query.where(_has(word))
        newest = (Application.submitted_at.desc(), Application.id.desc())
        orders = {
            "": (Application.status.in_(OPEN).desc(), *newest),
            "name": (func.lower(Application.name), Application.id),
            "practice": (func.lower(Application.practice), Application.id),
            "submitted": (Application.submitted_at, Application.id),
            "status": (Application.status, Application.submitted_at, Application.id),
        }
        found = listing.page(db, query, wanted, orders)
        return found.of([_row(row[0]) for row in found.rows])


def waiting(portal: Portal, by: int) -> int:
    """How many are to be decided, counted up to a hundred."""
    with portal.reading() as db:
        staff_roles.check(db, by, Task.SEE_APPLICATIONS)
        some = select(Application.id).where(Application.status.in_(OPEN)).limit(100).subquery()
        return db.execute(select(func.count()).select_from(some)).scalar_one()


def details(portal: Portal, by: int, number: int) -> Details:
    """One application; looking at it is recorded, because it holds personal data."""
    with portal.transaction() as tx:
        staff_roles.check(tx.db, by, Task.SEE_APPLICATIONS)
        row = _get(tx.db, number)
        tx.record(Action.APPLICATION_READ, account_id=by, application=number)
        there = accounts.find(tx.db, row.email)
        same = select(func.count(Application.id)).where(
            Application.email == row.email, Application.id != row.id
        )
        return Details(
            row=_row(row),
            mobile=row.mobile,
            reason=row.reason,
            identity_way=row.identity_how.partition(": ")[0],
            identity_note=row.identity_how.partition(": ")[2],
            identity_by=_name(row.identity_by),
            identity_at=row.identity_at,
            decided_by=_name(row.decided_by),
            decided_at=row.decided_at,
            decline_reason=row.decline_reason,
            exchanges=tuple(
                Exchange(q.question, _name(q.asked_by), q.asked_at, q.answer, q.answered_at)
                for q in row.questions
            ),
            account_kind=there.kind if there else "",
            others=tx.db.execute(same).scalar_one(),
        )


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
    account.kind, account.name, account.mobile = "breakglass", row.name, row.mobile
    account.provider_number, account.practice = row.provider_number, row.practice
    account.language = account.language or row.language
    account.glass_until = glass_right.a_year_from(tx.now)
    tx.db.flush()
    return account


def _has(word: str) -> ColumnElement[bool]:
    columns = Application.name, Application.email, Application.practice, Application.provider_number
    return or_(*(func.lower(c).contains(word.lower(), autoescape=True) for c in columns))


def _row(row: Application) -> Row:
    return Row(
        row.id, row.name, row.email, row.practice, row.provider_number, row.status,
        row.submitted_at, row.identity_at is not None,
    )  # fmt: skip


def _get(db: Session, number: int) -> Application:
    row = db.get(Application, number)
    if row is None:
        raise NotFound(_("There is no such application."))
    return row


def _open(db: Session, by: int, number: int) -> Application:
    staff_roles.check(db, by, Task.DECIDE_APPLICATIONS)
    row = _get(db, number)
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


def _name(account: Account | None) -> str:
    return (account.name or account.email) if account else ""
