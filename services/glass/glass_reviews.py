"""Broken glass as the privacy team reviews it: what was done, what is unusual, the outcome."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, TextClause, exists, func, select
from sqlalchemy.orm import Session

from services.audit import Action
from services.errors import Invalid, NotFound
from services.exam.titles import patient_name
from services.finding import listing, word_search
from services.finding.listing import Page, Wanted
from services.glass import glass_conditions, glass_flags, glass_steps
from services.glass.glass_conditions import Conditions
from services.glass.glass_flags import Flag
from services.glass.glass_steps import Step
from services.language import N_, _
from services.persons import staff_roles
from services.persons.desk_work import changing
from services.persons.staff_roles import Task
from services.portal import Portal
from services.signing_in.sessions import SignedIn
from storage.models import FLAGGED, Account, BrokenGlass, GlassOpening, Patient

OUTCOMES = {
    "justified": N_("Justified"),
    "follow_up": N_("To be followed up"),
    "not_justified": N_("Not justified"),
}
LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Row:
    """A broken glass in the queue."""

    number: int
    opened_at: datetime
    name: str
    practice: str
    patients: tuple[str, ...]
    reason_code: str
    reason: str
    flags: tuple[Flag, ...]
    outcome: str  # empty: not reviewed


@dataclass(frozen=True, slots=True)
class Details:
    """Everything about one broken glass."""

    row: Row
    email: str
    provider_number: str
    mobile: str
    until: datetime
    closed_at: datetime | None
    conditions_version: str
    conditions: Conditions | None
    steps: tuple[Step, ...]
    breaks_before: int  # of the same account in the thirty days before
    review_note: str
    reviewed_by: str
    reviewed_at: datetime | None


def listed(portal: Portal, by: int, wanted: Wanted) -> Page[Row]:
    """A page of the queue, newest first; `wanted.choices` has "state" and "flag"."""
    with portal.reading() as db:
        staff_roles.check(db, by, Task.SEE_BREAK_GLASS)
        query: Any = select(BrokenGlass, Account).join(
            Account, Account.id == BrokenGlass.account_id
        )
        for condition in _conditions(db, wanted):
            query = query.where(condition)
        if wanted.sort == "name":  # nobody else breaks it, and their names are in an index
            query = query.where(Account.kind == "breakglass")
        newest = (BrokenGlass.opened_at.desc(), BrokenGlass.id.desc())
        orders = {
            "": newest,
            "opened": (BrokenGlass.opened_at, BrokenGlass.id),
            "name": (Account.name, Account.id, BrokenGlass.id),
            "outcome": (BrokenGlass.outcome, BrokenGlass.opened_at, BrokenGlass.id),
        }
        found = listing.page(db, query, wanted, orders)
        names = _patients(db, [glass.id for glass, _account in found.rows])
        return found.of([_row(glass, account, names[glass.id]) for glass, account in found.rows])


def waiting(portal: Portal, by: int) -> int:
    """How many are to be reviewed, counted up to a hundred."""
    with portal.reading() as db:
        staff_roles.check(db, by, Task.SEE_BREAK_GLASS)
        some = to_review().limit(100)
        return db.execute(select(func.count()).select_from(some.subquery())).scalar_one()


def to_review() -> Select[Any]:
    """The numbers of those under which a patient was opened and that nobody has reviewed."""
    return select(BrokenGlass.id).where(BrokenGlass.outcome == "", _opened())


def details(portal: Portal, by: int, number: int) -> Details:
    """One broken glass; that it was read is recorded for every patient it opened."""
    with portal.transaction() as tx:
        staff_roles.check(tx.db, by, Task.SEE_BREAK_GLASS)
        glass = _get(tx.db, number)
        account = glass.account
        names = _patients(tx.db, [number])[number]
        for patient_id in _opened_patients(tx.db, number):
            tx.record(Action.GLASS_EVENT_READ, account_id=by, patient_id=patient_id, event=number)
        return Details(
            row=_row(glass, account, names),
            email=account.email,
            provider_number=account.provider_number,
            mobile=account.mobile,
            until=glass.until,
            closed_at=glass.closed_at,
            conditions_version=glass.conditions_version,
            conditions=glass_conditions.of_version(portal.settings, glass.conditions_version),
            steps=glass_steps.steps(tx.db, glass),
            breaks_before=glass_steps.breaks_before(tx.db, glass),
            review_note=glass.review_note,
            reviewed_by=_name(glass.reviewed_by),
            reviewed_at=glass.reviewed_at,
        )


def review(portal: Portal, who: SignedIn, number: int, outcome: str, note: str) -> None:
    """Write down the outcome; anything but "justified" needs a note. It may be changed later."""
    if outcome not in OUTCOMES:
        raise Invalid(_("Please choose the outcome of the review."), "outcome")
    text = note.strip()
    if outcome != "justified" and len(text) < 5:
        raise Invalid(_("Please note what is to be done, or why it was not justified."), "note")
    if len(text) > LONGEST_NOTE:
        raise Invalid(
            _("Please write at most {most} characters.").format(most=LONGEST_NOTE), "note"
        )
    with changing(portal, who, Task.REVIEW_BREAK_GLASS) as tx:
        glass = _get(tx.db, number)
        if glass.account_id == who.account_id:
            raise Invalid(_("Somebody else must review what you did yourself."))
        glass.outcome, glass.review_note = outcome, text
        glass.reviewed_by_id, glass.reviewed_at = who.account_id, tx.now
        for patient_id in _opened_patients(tx.db, number) or (None,):
            tx.record(
                Action.GLASS_REVIEWED, account_id=who.account_id, patient_id=patient_id,
                event=number, outcome=outcome,
            )  # fmt: skip


def _conditions(db: Session, wanted: Wanted) -> Iterable[ColumnElement[bool] | TextClause]:
    match wanted.chosen("state"):
        case "waiting":
            yield BrokenGlass.outcome == ""
            yield _opened()
        case "nothing":
            yield ~_opened()
        case outcome if outcome in OUTCOMES:
            yield BrokenGlass.outcome == outcome
    match wanted.chosen("flag"):
        case "any":
            yield FLAGGED
        case flag if flag in set(Flag):
            yield FLAGGED
            yield BrokenGlass.flags.contains(flag, autoescape=True)
    if wanted.words.strip():
        yield BrokenGlass.account_id.in_(word_search.accounts(db, wanted.words))


def _opened() -> ColumnElement[bool]:
    return exists().where(GlassOpening.glass_id == BrokenGlass.id)


def _opened_patients(db: Session, number: int) -> list[int]:
    query = select(GlassOpening.patient_id).where(GlassOpening.glass_id == number).distinct()
    return list(db.execute(query).scalars())


def _patients(db: Session, numbers: list[int]) -> dict[int, tuple[str, ...]]:
    query = (
        select(GlassOpening.glass_id, Patient)
        .join(Patient, Patient.id == GlassOpening.patient_id)
        .where(GlassOpening.glass_id.in_(numbers))
    )
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for glass_id, patient in db.execute(query.order_by(GlassOpening.id)):
        found[glass_id][patient.id] = patient_name(patient)
    return defaultdict(tuple, {number: tuple(names.values()) for number, names in found.items()})


def _row(glass: BrokenGlass, account: Account, patients: tuple[str, ...]) -> Row:
    return Row(
        glass.id, glass.opened_at, _name(account), account.practice, patients, glass.reason_code,
        glass.reason, glass_flags.of(glass), glass.outcome,
    )  # fmt: skip


def _get(db: Session, number: int) -> BrokenGlass:
    glass = db.get(BrokenGlass, number)
    if glass is None:
        raise NotFound(_("There is no such event."))
    return glass


def _name(account: Account | None) -> str:
    return (account.name or account.email) if account else ""
