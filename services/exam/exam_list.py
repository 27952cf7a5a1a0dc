"""The list of exams a person may see, and finding one in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from imaging.person_name import search_key
from services import access as decision
from services import dates
from services.access import Access, Why
from services.audit import Action
from services.exam import plain_names, titles
from services.exam.priors import with_reports
from services.finding.patient_search import begins
from services.hiding.cleaning import cleaner
from services.language import _
from services.portal import Portal
from storage.models import Account, Grant, Patient, Study

MOST = 200  # exams in the list; older ones are searched for
MOST_PATIENTS = 500  # whose exams one search of staff looks through


@dataclass(frozen=True, slots=True)
class ListedExam:
    """One exam in the list, as far as this person may know it."""

    access: Access
    modality: str
    kind: str  # the modality in plain words
    patient: str
    when: str
    year: str  # empty: the exam tells no date
    description: str
    because: str  # empty: their own exam
    reported: bool
    findable: str  # what a search looks at: nothing that is not on screen


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose exams: one patient's, or all but those of the people the account cares for."""

    patient_id: int | None = None
    apart: bool = False  # leave out exams that are seen as a carer only


EVERY = Scope()


def listed(portal: Portal, account_id: int, scope: Scope = EVERY) -> list[ListedExam]:
    """The newest exams the account may see, newest first."""
    return _listed(portal, _within(portal, account_id, scope, MOST))


def _within(
    portal: Portal, account_id: int, scope: Scope, limit: int | None
) -> list[tuple[Study, Access]]:
    seen = decision.visible(portal, account_id, patient_id=scope.patient_id, limit=limit)
    if scope.apart and scope.patient_id is None:
        return [(study, access) for study, access in seen if access.why is not Why.CARER]
    return seen


def found(portal: Portal, account_id: int, words: str, scope: Scope = EVERY) -> list[ListedExam]:
    """Exams that have every one of the words in what their row says, newest first.

    Staff, who may see every exam, search all of them by name, patient ID or accession number, and
    the search is recorded; everybody else searches all that their list would show.
    """
    keys = words.split()
    if not _reads_everything(portal, account_id):
        return matching(_listed(portal, _within(portal, account_id, scope, None)), words)[:MOST]
    with portal.reading() as db:
        where = _where(db, keys)
    rows = _listed(portal, decision.visible(portal, account_id, limit=MOST, where=where))
    with portal.transaction() as tx:
        tx.record(Action.EXAMS_SEARCHED, account_id=account_id, results=len(rows))
    return rows


def matching(exams: Sequence[ListedExam], words: str) -> list[ListedExam]:
    """Those of the list that have every one of the words in what their row says."""
    keys = [key for key in map(search_key, words.split()) if key]
    return [exam for exam in exams if all(key in exam.findable for key in keys)]


def _listed(portal: Portal, seen: list[tuple[Study, Access]]) -> list[ListedExam]:
    with portal.reading() as db:
        reported = with_reports(db, [access for _study, access in seen], portal.clock())
        sharers = _sharers(db, [access for _study, access in seen])
    return [_row(portal, study, access, study.id in reported, sharers) for study, access in seen]


def _row(
    portal: Portal, study: Study, access: Access, reported: bool, sharers: dict[int, str]
) -> ListedExam:
    patient = _(titles.HIDDEN_PATIENT) if access.hidden else titles.patient_name(study.patient)
    when, kind = dates.local_time(study.performed_at), plain_names.modality(study.modality)
    description = cleaner(portal, access)(study.description)
    because = _because(portal, access, sharers)
    return ListedExam(
        access,
        study.modality or "OT",
        kind,
        patient,
        when,
        str(study.performed_at.year) if study.performed_at else "",
        description,
        because,
        reported,
        search_key(
            " ".join((patient, when, _digits(study.performed_at), kind, study.modality,
                      description, because))
        ),
    )  # fmt: skip


def _digits(when: datetime | None) -> str:
    """The day as people type it."""
    return f"{when:%d/%m/%Y} {when:%Y-%m-%d}" if when else ""


def _because(portal: Portal, access: Access, sharers: dict[int, str]) -> str:
    until = dates.moment(access.until, portal.settings.zone) if access.until else ""
    match access.why:
        case Why.OWN:
            return ""
        case Why.CARER:
            return _("of a person you care for")
        case Why.GRANT:
            sharer = "" if access.hidden else _sharer(access, sharers)
            if sharer:
                return _("shared by {person} until {until}").format(person=sharer, until=until)
            return _("shared with you until {until}").format(until=until)
        case Why.BROKEN_GLASS:
            return _("emergency access until {until}").format(until=until)
        case Why.STAFF:
            return _("hospital staff")


def _sharer(access: Access, sharers: dict[int, str]) -> str:
    """Who gave the grant that lasts longest."""
    grants = [b for b in access.bases if b.why is Why.GRANT and b.until is not None]
    lasting = max(grants, key=lambda basis: basis.until or datetime.min)  # noqa: DTZ901, never
    return sharers.get(lasting.number, "")


def _sharers(db: Session, accesses: Sequence[Access]) -> dict[int, str]:
    """By grant who gave it; a person whose details are hidden from the reader is not asked for."""
    grants = {
        basis.number
        for access in accesses
        if not access.hidden
        for basis in access.bases
        if basis.why is Why.GRANT
    }
    if not grants:
        return {}
    query = (
        select(Grant.id, Account.name, Account.email)
        .join(Account, Account.id == Grant.grantor_id)
        .where(Grant.id.in_(grants))
    )
    return {number: name or email for number, name, email in db.execute(query)}


def _reads_everything(portal: Portal, account_id: int) -> bool:
    with portal.reading() as db:
        held = decision.bases(db, account_id, portal.clock())
    return any(basis.why is Why.STAFF for basis in held)


def _where(db: Session, words: list[str]) -> ColumnElement[bool]:
    """Patients whose names begin with the words, or who have a number like them."""
    query = select(Patient.id)
    for word in words:
        same = [Patient.patient_id == word]
        if key := search_key(word):
            same += [begins(column, key) for column in (Patient.family_key, Patient.given_key)]
        query = query.where(or_(*same))
    patients = list(db.execute(query.limit(MOST_PATIENTS)).scalars())
    return or_(Study.patient_id.in_(patients), Study.accession_number.in_(words))
