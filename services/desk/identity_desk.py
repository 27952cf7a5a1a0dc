"""Whose exam it is: what an object says of its patient beside what the record says, and a decision.

An exam whose object names another person than the record of its patient id is shown to staff only
(`services/intake/records.py`). Here staff compare the two and settle it: it is the same person, or
the exam moves to another record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from imaging.person_name import search_key
from services.audit import Action
from services.desk.patient_desk import number, spoken_day
from services.errors import Invalid, NotFound
from services.exam import titles
from services.intake.headers import Header, read_header
from services.language import N_, _
from services.persons import patient_links, patients, staff_roles
from services.persons.desk_work import changing, permitted
from services.persons.patients import Merged
from services.persons.staff_roles import Task
from services.portal import Portal, Transaction
from services.publisher import AccessChanged, SharingChanged
from services.signing_in.sessions import SignedIn
from storage.models import Instance, Patient, Series, Study

SETTLED = N_("This exam is not in doubt, or no longer: somebody settled it meanwhile.")
UNREADABLE = N_("The exam's file cannot be read any more, so that nobody can compare it.")


@dataclass(frozen=True, slots=True)
class Compared:
    """One property of a person as two sources tell it; empty: not told."""

    label: str
    left: str
    right: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """An exam in doubt: its record on the left, what its object says on the right."""

    study_id: int
    patient_id: int
    exam: str
    properties: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class _Person:
    name: str
    key: tuple[str, str]
    born: date | None
    sex: str
    number: str


def doubt(portal: Portal, by: int, study_id: int) -> Doubt:
    """The comparison, and the look recorded; NotFound when the exam is not in doubt."""
    with portal.transaction() as tx:
        staff_roles.check(tx.db, by, Task.SEE_PATIENTS)
        study = _doubtful(tx.db, study_id)
        tx.record(
            Action.EXAM_LOOKED_UP, account_id=by, patient_id=study.patient_id, study_id=study.id
        )
        record = _of_record(study.patient)
        title, patient_id = titles.what_and_when(study), study.patient_id
    said = _of_header(_header(portal, study_id))
    return Doubt(study_id, patient_id, title, _compared(record, said))


def beside(portal: Portal, by: int, left: int, right: int) -> tuple[Compared, ...]:
    """Two records side by side, before they are merged; the look at both is recorded."""
    with portal.transaction() as tx:
        staff_roles.check(tx.db, by, Task.SEE_PATIENTS)
        found = []
        for patient_id in (left, right):
            patient = tx.db.get(Patient, patient_id)
            if patient is None:
                raise NotFound(_(patients.NO_RECORD))
            tx.record(Action.PATIENT_LOOKED_UP, account_id=by, patient_id=patient.id)
            found.append(_of_record(patient))
    return _compared(*found)


def find(portal: Portal, by: int, written: str) -> int:
    """The record with an id as staff write it; Invalid about "number" when there is none."""
    with portal.reading() as db:
        staff_roles.check(db, by, Task.SEE_PATIENTS)
        return _record(db, written).id


def merge(portal: Portal, who: SignedIn, record: int, into: int) -> Merged:
    """Merge two records of one person at the desk; see `services/persons/patients.py`."""
    permitted(portal, who, Task.SETTLE_IDENTITY)
    return patients.merge(portal, who.account_id, record, into)


def same_person(portal: Portal, who: SignedIn, study_id: int) -> None:
    """The exam is the record's patient's: they see it from now on, once it is released."""
    with changing(portal, who, Task.SETTLE_IDENTITY) as tx:
        study = _doubtful(tx.db, study_id)
        study.identity_conflict = ""
        _settled(tx, who, study, "same person", {study.patient_id})


def other_person(portal: Portal, who: SignedIn, study_id: int, written: str = "") -> int:
    """The exam is somebody else's: it moves to the record with the id that was `written`, or to a
    new one of its own, made from what its object says. Returns that record.
    """
    permitted(portal, who, Task.SETTLE_IDENTITY)
    said = _header(portal, study_id)
    with changing(portal, who, Task.SETTLE_IDENTITY) as tx:
        study = _doubtful(tx.db, study_id)
        before = study.patient_id
        if written.strip():
            target = _record(tx.db, written)
            if target.id == before:
                raise Invalid(_("The exam is under this record already."), "number")
        else:
            target = _own_record(tx, study, said)
        study.patient_id, study.identity_conflict = target.id, ""
        tx.db.flush()
        tx.db.refresh(study)
        _settled(tx, who, study, "other person", {before, target.id}, before=before)
        return target.id


def _settled(
    tx: Transaction, who: SignedIn, study: Study, how: str, records: set[int], **more: int
) -> None:
    tx.record(
        Action.IDENTITY_SETTLED, account_id=who.account_id, patient_id=study.patient_id,
        study_id=study.id, how=how, **more,
    )  # fmt: skip
    for patient_id in records:
        for account_id in patients.concerned(tx.db, patient_id):
            tx.announce(AccessChanged(account_id))
        tx.announce(SharingChanged(patient_id))


def _doubtful(db: Session, study_id: int) -> Study:
    study = db.get(Study, study_id)
    if study is None or not study.identity_conflict:
        raise NotFound(_(SETTLED))
    return study


def _record(db: Session, written: str) -> Patient:
    try:
        return patient_links.record(db, written.strip())
    except Invalid as error:
        raise Invalid(str(error), "number") from None


def _own_record(tx: Transaction, study: Study, said: Header) -> Patient:
    """A record for one exam whose patient id is another person's, named as objects without an id
    are: an id that nothing else is filed under.
    """
    patient = Patient(
        issuer=said.issuer, patient_id=f"unidentified study {study.study_uid}",
        family=said.family, given=said.given, family_key=search_key(said.family),
        given_key=search_key(said.given), birth_date=said.birth_date, sex=said.sex,
    )  # fmt: skip
    tx.db.add(patient)
    tx.db.flush()
    return patient


def _header(portal: Portal, study_id: int) -> Header:
    query = (
        select(Instance.object_sha256)
        .join(Series)
        .where(Series.study_id == study_id)
        .order_by(Instance.id)
        .limit(1)
    )
    with portal.reading() as db:
        sha256 = db.execute(query).scalar_one_or_none()
    try:
        with portal.objects.open(sha256 or "") as file:
            return read_header(file)
    except Exception as error:  # a parser meets bytes from outside: any failure is theirs
        raise NotFound(_(UNREADABLE)) from error


def _of_record(patient: Patient) -> _Person:
    key = patient.family_key, patient.given_key
    name = titles.patient_name(patient)
    return _Person(name, key, patient.birth_date, patient.sex, number(patient))


def _of_header(said: Header) -> _Person:
    named = Patient(issuer=said.issuer, patient_id=said.patient_id, family=said.family,
                    given=said.given)  # fmt: skip
    key = search_key(said.family), search_key(said.given)
    return _Person(titles.patient_name(named), key, said.birth_date, said.sex, number(named))


def _compared(left: _Person, right: _Person) -> tuple[Compared, ...]:
    return (
        Compared(_("Name"), left.name, right.name, left.key != right.key),
        _differing(_("Date of birth"), spoken_day(left.born), spoken_day(right.born)),
        _differing(_("Sex"), left.sex, right.sex),
        _differing(_("Patient ID"), left.number, right.number),
    )


def _differing(label: str, left: str, right: str) -> Compared:
    return Compared(label, left, right, bool(left and right) and left != right)
