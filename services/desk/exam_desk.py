"""Exams at the staff desk: found, and released to patients or withheld from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from services import access as decision
from services.access import Access
from services.audit import Action
from services.desk.patient_desk import number
from services.errors import Invalid, NotFound
from services.exam import titles
from services.finding import listing
from services.finding.listing import Page, Wanted
from services.finding.patient_search import matching
from services.language import N_, _
from services.persons import patients, staff_roles
from services.persons.desk_work import changing
from services.persons.staff_roles import Task
from services.portal import Portal, Transaction
from services.publisher import AccessChanged
from services.signing_in.sessions import SignedIn
from storage.models import IN_DOUBT, WITHHELD, Patient, Report, Study

NO_EXAM = N_("There is no such exam.")
ORDERS: dict[str, tuple[Any, ...]] = {
    "": (Study.received_at.desc(), Study.id.desc()),
    "performed": (Study.performed_at, Study.id),
    "received": (Study.received_at, Study.id),
}
# what waits is found by when it opens; the others' indexes would be read through for very few
WAITING: dict[str, tuple[Any, ...]] = {
    "": (Study.opens_at, Study.id),
    "performed": (func.coalesce(Study.performed_at, None), Study.id),
    "received": (func.coalesce(Study.received_at, None), Study.id),
}


@dataclass(frozen=True, slots=True)
class Release:
    """When patients see something: not while it is withheld, then from `opens_at` on."""

    withheld: bool
    opens_at: datetime | None

    def waits(self, now: datetime) -> bool:
        """Whether it opens by itself, later."""
        return not self.withheld and self.opens_at is not None and self.opens_at > now


@dataclass(frozen=True, slots=True)
class ExamRow:
    """An exam in the list."""

    study_id: int
    patient_id: int
    title: str  # "CT 04 January 2019 15:51"
    description: str
    patient: str
    number: str
    accession_number: str
    received_at: datetime
    in_doubt: bool
    release: Release


@dataclass(frozen=True, slots=True)
class DeskReport:
    """A report of an exam."""

    report_id: int
    title: str
    dated: datetime | None  # local, as its author's system wrote it
    release: Release


@dataclass(frozen=True, slots=True)
class ExamDetails:
    """An exam with its reports."""

    row: ExamRow
    access: Access
    reports: tuple[DeskReport, ...]


def listed(portal: Portal, by: int, wanted: Wanted) -> Page[ExamRow]:
    """Exams, those that came last first, or of patients that fit the words, or with that accession
    number. Filter `state`: withheld, waiting (what opens next comes first), doubt. A search is
    recorded, without its words.
    """
    now, orders = portal.clock(), ORDERS
    with portal.reading() as db:
        staff_roles.check(db, by, Task.SEE_EXAMS)
        query = select(Study.id).where(decision.seeing(portal, db, by))
        if wanted.words:
            those = list(db.execute(matching(wanted.words)).scalars())
            query = query.where(
                or_(Study.patient_id.in_(those), Study.accession_number == wanted.words)
            )
        match wanted.chosen("state"):
            case "withheld":
                query = query.where(WITHHELD)
            case "waiting":
                query, orders = query.where(Study.opens_at > now), WAITING
            case "doubt":
                query = query.where(IN_DOUBT)
            case _:
                pass
        found = listing.page(db, query, wanted, orders)
        page = found.of(_rows(db, [row.id for row in found.rows]))
    if wanted.words:
        with portal.transaction() as tx:
            tx.record(Action.EXAMS_SEARCHED, account_id=by, results=len(page.rows))
    return page


def details(portal: Portal, by: int, study_id: int) -> ExamDetails:
    """One exam, and the look recorded; NotFound when there is none for this person."""
    access = decision.decide(portal, by, study_id)
    with portal.transaction() as tx:
        staff_roles.check(tx.db, by, Task.SEE_EXAMS)
        study = tx.db.get_one(Study, study_id)
        tx.record(
            Action.EXAM_LOOKED_UP, account_id=by, patient_id=study.patient_id, study_id=study.id
        )
        reports = select(Report).where(Report.study_id == study_id).order_by(Report.id)
        return ExamDetails(
            _row(study),
            access,
            tuple(
                DeskReport(report.id, report.title or _("Report"), report.dated, _release(report))
                for report in tx.db.execute(reports).scalars()
            ),
        )


def withhold(portal: Portal, who: SignedIn, study_id: int, report_id: int | None = None) -> None:
    """Hide an exam, or one report of it, from the patient and everybody they share with."""
    with changing(portal, who, Task.RELEASE_EXAMS) as tx:
        row = _target(tx.db, study_id, report_id)
        row.withheld = True
        _changed(tx, who, study_id, report_id, "withheld")


def release(portal: Portal, who: SignedIn, study_id: int, report_id: int | None = None) -> None:
    """Show an exam, or one report of it, to the patient now, whatever the delay says."""
    with changing(portal, who, Task.RELEASE_EXAMS) as tx:
        row = _target(tx.db, study_id, report_id)
        row.withheld, row.opens_at = False, tx.now
        _changed(tx, who, study_id, report_id, "released")


def release_at(
    portal: Portal, who: SignedIn, study_id: int, moment: datetime, report_id: int | None = None
) -> None:
    """Show it from a moment on; Invalid about "moment" for one that is over."""
    if moment <= portal.clock():
        raise Invalid(_("Please choose a time that is still to come."), "moment")
    with changing(portal, who, Task.RELEASE_EXAMS) as tx:
        row = _target(tx.db, study_id, report_id)
        row.withheld, row.opens_at = False, moment
        _changed(tx, who, study_id, report_id, "later")


def _target(db: Session, study_id: int, report_id: int | None) -> Study | Report:
    if report_id is None:
        row: Study | Report | None = db.get(Study, study_id)
    else:
        row = db.get(Report, report_id)
    if row is None or (isinstance(row, Report) and row.study_id != study_id):
        raise NotFound(_(NO_EXAM))
    return row


def _changed(tx: Transaction, who: SignedIn, study_id: int, report_id: int | None, to: str) -> None:
    study = tx.db.get_one(Study, study_id)
    about: dict[str, object] = {"to": to}
    action = Action.EXAM_RELEASE_CHANGED
    if report_id is not None:
        action, about["report"] = Action.REPORT_RELEASE_CHANGED, report_id
    tx.record(
        action, account_id=who.account_id, patient_id=study.patient_id, study_id=study.id, **about
    )
    for account_id in patients.concerned(tx.db, study.patient_id):
        tx.announce(AccessChanged(account_id))


def _rows(db: Session, ids: list[int]) -> list[ExamRow]:
    studies = {s.id: s for s in db.execute(select(Study).where(Study.id.in_(ids))).scalars()}
    return [_row(studies[number]) for number in ids]


def _row(study: Study) -> ExamRow:
    patient: Patient = study.patient
    return ExamRow(
        study.id, patient.id, titles.what_and_when(study), study.description,
        titles.patient_name(patient), number(patient), study.accession_number, study.received_at,
        bool(study.identity_conflict), _release(study),
    )  # fmt: skip


def _release(row: Study | Report) -> Release:
    return Release(row.withheld, row.opens_at)
