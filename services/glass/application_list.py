"""Applications for break-glass accounts as the staff desk reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.audit import Action
from services.errors import NotFound
from services.finding import listing, word_search
from services.finding.listing import Page, Wanted
from services.language import N_, _
from services.persons import accounts, staff_roles
from services.persons.staff_roles import Task
from services.portal import Portal
from storage.models import OPEN_FIRST, Account, Application

OPEN = ("submitted", "asked")
STATES = {
    "submitted": N_("Waiting for a decision"),
    "asked": N_("Waiting for an answer"),
    "approved": N_("Approved"),
    "declined": N_("Declined"),
}
WAYS = {
    "call": N_("Called back on a number from a public register"),
    "register": N_("Found in the register of providers, with this address"),
    "in_person": N_("In person, with a photo ID"),
    "known": N_("Known to the department, and asked by telephone"),
}


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
        if wanted.words.strip():
            query = query.where(Application.id.in_(word_search.applications(db, wanted.words)))
        newest = (Application.submitted_at.desc(), Application.id.desc())
        orders = {
            "": (OPEN_FIRST, *newest),
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
        row = get(tx.db, number)
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


def way_name(way: str) -> str:
    """What a way of checking is called."""
    name = WAYS.get(way, way)
    return _(name)


def get(db: Session, number: int) -> Application:
    row = db.get(Application, number)
    if row is None:
        raise NotFound(_("There is no such application."))
    return row


def _row(row: Application) -> Row:
    return Row(
        row.id, row.name, row.email, row.practice, row.provider_number, row.status,
        row.submitted_at, row.identity_at is not None,
    )  # fmt: skip


def _name(account: Account | None) -> str:
    return (account.name or account.email) if account else ""
