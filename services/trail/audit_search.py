"""From what was typed to a query of the audit trail: people, patients, exams, kinds, days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select, union_all
from sqlalchemy.orm import Session

from imaging.person_name import search_key
from services.finding import word_search
from services.finding.listing import Wanted
from services.persons import patients
from services.portal import Portal
from services.trail import audit_words
from storage.models import AuditEvent, Patient, Study

SEPARATOR = ","
MOST = 200  # people or patients that one term may mean
MOST_TERMS = 6
MOST_PARTS = 24
DAYS = ("%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y")
PERIODS = {"1": 1, "7": 7, "30": 30, "365": 365}  # days back from now


@dataclass
class Search:
    """What is asked for: conditions that all hold, and the patients whose events they show."""

    where: list[ColumnElement[bool]] = field(default_factory=list)
    patients: set[int] = field(default_factory=set)
    # one of the conditions, taken apart: of each part an index has the newest events
    parts: tuple[ColumnElement[bool], ...] = ()
    besides: list[ColumnElement[bool]] = field(default_factory=list)  # the others

    def query(self) -> Select[AuditEvent]:
        """The events, in no order yet."""
        return select(AuditEvent).where(*self.where)

    def newest(self, most: int) -> Select[AuditEvent]:
        """The events, where no more than so many of the newest are wanted: these are looked for
        part by part, for together a database would sort all there are.
        """
        if not 1 < len(self.parts) <= MOST_PARTS:
            return self.query()
        order = AuditEvent.seq.desc()
        each = (
            select(AuditEvent.seq).where(part, *self.besides).order_by(order).limit(most)
            for part in self.parts
        )
        found = union_all(*(select(some.subquery().c.seq) for some in each))
        return select(AuditEvent).where(AuditEvent.seq.in_(found))

    def add(self, condition: ColumnElement[bool], *parts: ColumnElement[bool]) -> None:
        """One more condition; it may have parts, one of which holds."""
        if parts and not self.parts:
            self.parts = parts
        else:
            self.besides.append(condition)
        self.where.append(condition)


def search(portal: Portal, db: Session, wanted: Wanted) -> Search:
    """Understand the words and choices; what nobody and nothing is called finds no events."""
    made = Search()
    terms = [term.strip() for term in wanted.words.split(SEPARATOR) if term.strip()]
    for term in terms[:MOST_TERMS]:
        day = _day(portal, term)
        if day is not None:
            made.add(_between(db, day, day + timedelta(days=1)))
        else:
            _about(db, term, made)
    if kind := wanted.chosen("kind"):
        actions = audit_words.actions(kind)
        made.add(AuditEvent.action.in_(actions), *(AuditEvent.action == one for one in actions))
    if period := PERIODS.get(wanted.chosen("period")):
        made.add(_between(db, portal.clock() - timedelta(days=period), None))
    return made


def _day(portal: Portal, term: str) -> datetime | None:
    """The beginning of a day in the portal's time zone, if the term is one."""
    for form in DAYS:
        try:
            day = datetime.strptime(term, form).date()  # noqa: DTZ007
        except ValueError:
            continue
        return datetime.combine(day, time(), portal.settings.zone).astimezone(UTC)
    return None


def _between(db: Session, begin: datetime, end: datetime | None) -> ColumnElement[bool]:
    """Events of a time, found by number: the trail is in the order of time."""
    # by the index of times: a minimum of numbers would be looked for through all of them
    first = select(AuditEvent.seq).where(AuditEvent.at >= begin).order_by(AuditEvent.at)
    number = db.execute(first.order_by(AuditEvent.seq).limit(1)).scalar_one_or_none()
    conditions = [AuditEvent.seq >= (number or 1 << 62)]
    if end is not None:
        last = select(AuditEvent.seq).where(AuditEvent.at < end).order_by(AuditEvent.at.desc())
        number = db.execute(last.order_by(AuditEvent.seq.desc()).limit(1)).scalar_one_or_none()
        conditions.append(AuditEvent.seq <= (number or 0))
    return and_(*conditions)


def _about(db: Session, term: str, made: Search) -> None:
    """Done by people of that name or address, or about a patient or an exam of that number."""
    people = _people(db, term)
    found = _patients(db, term)
    exams = db.execute(
        select(Study.id, Study.patient_id).where(Study.accession_number == term).limit(MOST)
    ).all()
    made.patients |= {*found, *(exam.patient_id for exam in exams)}
    about_exams = [
        and_(AuditEvent.patient_id == exam.patient_id, AuditEvent.study_id == exam.id)
        for exam in exams
    ]
    made.add(
        or_(AuditEvent.account_id.in_(people), AuditEvent.patient_id.in_(found), *about_exams),
        *(AuditEvent.account_id == one for one in people),
        *(AuditEvent.patient_id == one for one in found),
        *about_exams,
    )


def _people(db: Session, term: str) -> Sequence[int]:
    return word_search.accounts(db, term, MOST)


def _patients(db: Session, term: str) -> Sequence[int]:
    """Records with that id, or with the words as family and given name, in either order."""
    same: list[ColumnElement[bool]] = [Patient.patient_id == term]
    keys = [search_key(word) for word in term.split()]
    if len(keys) == 1 and keys[0]:
        same.append(Patient.family_key == keys[0])
    for at in range(1, len(keys)):
        left, right = (
            search_key(" ".join(term.split()[:at])),
            search_key(" ".join(term.split()[at:])),
        )
        for family, given in ((left, right), (right, left)):
            same.append(and_(Patient.family_key == family, Patient.given_key == given))
    found = list(db.execute(select(Patient.id).where(or_(*same)).limit(MOST)).scalars())
    return patients.with_merged(db, found)
