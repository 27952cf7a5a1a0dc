"""Patient records at the staff desk: found and looked at; every look is the patient's to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import dates
from services.audit import Action
from services.errors import NotFound
from services.exam import titles
from services.finding import listing
from services.finding.listing import Page, Wanted
from services.finding.patient_search import matching
from services.language import _
from services.persons import patient_links, staff_roles
from services.persons.desk_work import changing
from services.persons.patients import NO_RECORD
from services.persons.staff_roles import Task
from services.portal import Portal
from services.release import is_released
from services.signing_in.sessions import SignedIn
from storage.models import IN_DOUBT, WELL_KNOWN, Account, Patient, PatientLink, Study

EXAMS_SHOWN = 50
ORDERS = {
    "": (Patient.family_key, Patient.given_key, Patient.birth_date, Patient.id),
    "name": (Patient.family_key, Patient.given_key, Patient.birth_date, Patient.id),
    "born": (Patient.birth_date, Patient.id),
}


@dataclass(frozen=True, slots=True)
class PatientRow:
    """A record in the list."""

    patient_id: int
    name: str
    number: str  # "ISSUER|ID", or the ID alone
    born: str
    sex: str
    in_doubt: bool  # an exam under its id names somebody else
    well_known: bool
    merged: bool  # into another record, which has its exams now


@dataclass(frozen=True, slots=True)
class Holder:
    """An account that belongs to the patient, or cares for them."""

    account_id: int
    name: str
    email: str
    carer: bool
    until: datetime | None
    end_asked: bool


@dataclass(frozen=True, slots=True)
class PatientExam:
    """An exam of the record."""

    study_id: int
    title: str
    description: str
    in_doubt: str  # how its name or birth date differ; empty: they do not
    released: bool


@dataclass(frozen=True, slots=True)
class PatientDetails:
    """A record with everything that hangs on it."""

    row: PatientRow
    merged_from: tuple[str, ...]  # the numbers of records that were merged into this one
    merged_into: int | None
    holders: tuple[Holder, ...]
    exams: tuple[PatientExam, ...]  # the newest
    alike: tuple[PatientRow, ...]  # other records of the same name and birth date


def listed(portal: Portal, by: int, wanted: Wanted) -> Page[PatientRow]:
    """Records that fit the words; filter `mark` is doubt or well_known.

    Without words and filter there are none: patients are looked for, not browsed. A search is
    recorded, without its words.
    """
    mark = wanted.chosen("mark")
    with portal.reading() as db:
        staff_roles.check(db, by, Task.SEE_PATIENTS)
        if not (wanted.words or mark):
            return Page(())
        query = select(Patient)
        if wanted.words:
            query = query.where(Patient.id.in_(matching(wanted.words)))
        if mark == "doubt":
            doubtful = select(Study.patient_id).where(IN_DOUBT)
            query = query.where(Patient.id.in_(doubtful))
        if mark == "well_known":
            query = query.where(WELL_KNOWN)
        found = listing.page(db, query, wanted, ORDERS)
        page = found.of(_rows(db, [row[0] for row in found.rows]))
    if wanted.words:
        with portal.transaction() as tx:
            tx.record(Action.PATIENTS_SEARCHED, account_id=by, results=len(page.rows))
    return page


def details(portal: Portal, by: int, patient_id: int) -> PatientDetails:
    """One record, and the look recorded; NotFound when there is none."""
    with portal.transaction() as tx:
        staff_roles.check(tx.db, by, Task.SEE_PATIENTS)
        patient = _patient(tx.db, patient_id)
        kept = patient.merged_into_id or patient.id
        tx.record(Action.PATIENT_LOOKED_UP, account_id=by, patient_id=kept)
    with portal.reading() as db:
        patient = _patient(db, patient_id)
        merged = select(Patient).where(Patient.merged_into_id == patient.id)
        return PatientDetails(
            row=_rows(db, [patient])[0],
            merged_from=tuple(number(p) for p in db.execute(merged).scalars()),
            merged_into=patient.merged_into_id,
            holders=_holders(db, patient, portal.clock()),
            exams=_exams(db, patient, portal.clock()),
            alike=tuple(_rows(db, _alike(db, patient))),
        )


def mark_well_known(portal: Portal, who: SignedIn, patient_id: int, *, well_known: bool) -> None:
    """Mark a patient whose name draws looks, or take the mark off; the patient is not told."""
    with changing(portal, who, Task.MARK_WELL_KNOWN) as tx:
        patient = _patient(tx.db, patient_id)
        if patient.well_known != well_known:
            patient.well_known = well_known
            tx.record(
                Action.PATIENT_MARKED, account_id=who.account_id, record=patient.id,
                well_known=well_known,
            )  # fmt: skip


def number(patient: Patient) -> str:
    """The id as staff write it: `ISSUER|ID`, or the ID alone."""
    return "|".join(filter(None, (patient.issuer, patient.patient_id)))


def _patient(db: Session, patient_id: int) -> Patient:
    patient = db.get(Patient, patient_id)
    if patient is None:
        raise NotFound(_(NO_RECORD))
    return patient


def _rows(db: Session, patients: list[Patient]) -> list[PatientRow]:
    doubtful = select(Study.patient_id).where(
        Study.patient_id.in_([p.id for p in patients]), Study.identity_conflict != ""
    )
    in_doubt = set(db.execute(doubtful).scalars()) if patients else set()
    return [
        PatientRow(
            p.id, titles.patient_name(p), number(p), spoken_day(p.birth_date), p.sex,
            p.id in in_doubt, p.well_known, p.merged_into_id is not None,
        )
        for p in patients
    ]  # fmt: skip


def spoken_day(day: date | None) -> str:
    """A date of birth in words; empty for none."""
    return dates.day(day) if day else ""


def _holders(db: Session, patient: Patient, now: datetime) -> tuple[Holder, ...]:
    query = (
        select(PatientLink, Account)
        .join(Account, Account.id == PatientLink.account_id)
        .where(PatientLink.patient_id == patient.id)
        .order_by(PatientLink.relation.desc(), PatientLink.id)
    )
    return tuple(
        Holder(
            account.id, account.name, account.email, link.relation == patient_links.CARER,
            link.until, link.end_asked_at is not None,
        )
        for link, account in db.execute(query)
        if patient_links.stands(link, now)
    )  # fmt: skip


def _exams(db: Session, patient: Patient, now: datetime) -> tuple[PatientExam, ...]:
    query = select(Study).where(Study.patient_id == patient.id)
    newest = query.order_by(Study.performed_at.desc().nulls_last(), Study.id.desc())
    return tuple(
        PatientExam(
            study.id, titles.what_and_when(study), study.description, study.identity_conflict,
            is_released(study, now),
        )
        for study in db.execute(newest.limit(EXAMS_SHOWN)).scalars()
    )  # fmt: skip


def _alike(db: Session, patient: Patient) -> list[Patient]:
    """Other records that may be the same person's: of the same name and birth date."""
    if patient.birth_date is None or not patient.family_key or patient.merged_into_id is not None:
        return []
    query = select(Patient).where(
        Patient.family_key == patient.family_key, Patient.given_key == patient.given_key,
        Patient.birth_date == patient.birth_date, Patient.id != patient.id,
        Patient.merged_into_id.is_(None),
    )  # fmt: skip
    return list(db.execute(query.order_by(Patient.id).limit(10)).scalars())
