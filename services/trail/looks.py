""" "Who has looked": everything that happened to a person's exams, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from services import dates
from services.access import Why
from services.audit import Action
from services.exam import titles
from services.language import _
from services.persons import carers, patients
from services.portal import Portal
from services.release import study_released
from services.trail import look_names
from services.trail.look_sentences import SENTENCES
from storage.models import Account, AuditEvent, Study

PAGE = 50  # entries of a page on screen
CHUNK = 500  # events turned into words at once, for paper
TOLD = [str(action) for action in SENTENCES]


class Kind(StrEnum):
    """What to tell of; everything else is left out."""

    LOOKS = "looks"
    SHARING = "sharing"
    TAKEN = "taken"
    EMERGENCY = "emergency"
    STAFF = "staff"
    PROGRAMS = "programs"
    RECORDS = "records"


ACTIONS = {
    Kind.LOOKS: (
        Action.EXAM_VIEWED, Action.PICTURES_SENT, Action.REPORT_VIEWED, Action.MEASURED,
        Action.PATIENT_LOOKED_UP, Action.EXAM_LOOKED_UP,
    ),
    Kind.SHARING: (
        Action.SHARED, Action.SHARE_CHANGED, Action.SHARE_ENDED, Action.INVITATION_ACCEPTED,
        Action.INVITATION_SENT_AGAIN,
    ),
    Kind.TAKEN: (Action.DOWNLOADED, Action.PRINTED, Action.MEASUREMENTS_SAVED),
    Kind.RECORDS: (
        Action.IMPORTED, Action.QUARANTINED, Action.IDENTITY_CONFLICT, Action.ACCOUNT_LINKED,
        Action.ACCOUNT_UNLINKED, Action.RECORDS_MERGED, Action.CARER_END_ASKED, Action.NOTE_WRITTEN,
        Action.NOTE_RELEASED, Action.NOTE_WITHDRAWN, Action.AUDIT_SEARCHED,
        Action.IDENTITY_SETTLED, Action.EXAM_RELEASE_CHANGED, Action.REPORT_RELEASE_CHANGED,
        Action.GLASS_EVENT_READ, Action.GLASS_REVIEWED,
    ),
}  # fmt: skip

KIND_OF = {action: kind for kind, actions in ACTIONS.items() for action in actions}
KIND_OF[Action.GLASS_PATIENT_OPENED] = Kind.EMERGENCY


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries: of whom, about which exam, done by whom, of which kind, how old."""

    whose: int | None = None  # a patient the account cares for; None: its own person
    study_id: int | None = None
    by: int | None = None  # an account; 0: the portal and the hospital's machines
    not_me: bool = False
    kind: Kind | None = None
    before: int | None = None  # only entries older than this one


@dataclass(frozen=True, slots=True)
class LookEntry:
    """One line: when, who, what."""

    number: int
    day: date
    time: str
    who: str
    where: str  # organisation or address of who did it; empty for oneself
    what: str
    kind: Kind
    emergency: bool
    mine: bool

    @property
    def when(self) -> str:
        """Day and time."""
        return f"{dates.day(self.day)} {self.time}"


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, newest first; `older` is to be asked for next, None at the end."""

    entries: tuple[LookEntry, ...]
    older: Asked | None


@dataclass(frozen=True, slots=True)
class Line:
    """An entry that happened once, or several times with nothing else in between on its day."""

    entry: LookEntry  # the newest
    first: str  # time of the oldest
    times: int


@dataclass(frozen=True, slots=True)
class Choices:
    """What a filter can ask for: exams and people by number, each with its name."""

    exams: dict[int, str]
    people: dict[int, str]


def looks(portal: Portal, account_id: int, asked: Asked | None = None) -> list[LookEntry]:
    """The newest entries about this account's person, or whom else it asks about."""
    return list(page(portal, account_id, asked or Asked()).entries)


def page(portal: Portal, account_id: int, asked: Asked, size: int = PAGE) -> Page:
    """One page of entries; NotFound when it asks about somebody it does not care for."""
    with portal.reading() as db:
        query = _query(portal, db, account_id, asked).limit(size + 1)
        events = list(db.execute(query).scalars())
        mine = _records(portal, db, account_id, asked.whose)
        names = look_names.Names(portal, db, events[:size], account_id, mine)
        entries = [_entry(portal, names, event, account_id) for event in events[:size]]
    older = replace(asked, before=events[size - 1].seq) if len(events) > size else None
    return Page(tuple(entries), older)


def every(portal: Portal, account_id: int, asked: Asked, most: int) -> Iterator[list[LookEntry]]:
    """Up to `most` entries, some hundred at a time; what may be seen is decided for each anew."""
    next_one: Asked | None = asked
    while next_one is not None and most > 0:
        found = page(portal, account_id, next_one, min(CHUNK, most))
        most -= len(found.entries)
        next_one = found.older
        yield list(found.entries)


def by_day(entries: Iterable[LookEntry]) -> list[tuple[date, list[Line]]]:
    """The entries day by day, in their order; the same again and again is one line."""
    days: list[tuple[date, list[Line]]] = []
    for entry in entries:
        if not days or days[-1][0] != entry.day:
            days.append((entry.day, []))
        lines = days[-1][1]
        last = lines[-1].entry if lines else None
        if last is not None and (last.who, last.where, last.what) == (
            entry.who, entry.where, entry.what,
        ):  # fmt: skip
            lines[-1] = replace(lines[-1], first=entry.time, times=lines[-1].times + 1)
        else:
            lines.append(Line(entry, entry.time, 1))
    return days


def choices(portal: Portal, account_id: int, whose: int | None = None) -> Choices:
    """The exams and people that entries are about."""
    with portal.reading() as db:
        mine = _records(portal, db, account_id, whose)
        studies = select(Study).where(
            Study.patient_id.in_(mine), Study.identity_conflict == "",
            study_released(portal.clock()),
        )  # fmt: skip
        newest = studies.order_by(Study.performed_at.desc().nulls_last(), Study.id.desc())
        exams = {study.id: _exam_choice(study) for study in db.execute(newest.limit(500)).scalars()}
        numbers = select(AuditEvent.account_id).distinct().where(AuditEvent.patient_id.in_(mine))
        people = {
            account.id: look_names.name(account)
            for account in db.execute(select(Account).where(Account.id.in_(numbers))).scalars()
            if account.id != account_id
        }
    return Choices(exams, dict(sorted(people.items(), key=lambda pair: pair[1].casefold())))


def _records(portal: Portal, db: Session, account_id: int, whose: int | None) -> list[int]:
    """Whose events are told; the history of a record that was merged is that of the other."""
    return patients.with_merged(db, carers.records(portal, db, account_id, whose))


def _query(portal: Portal, db: Session, account_id: int, asked: Asked) -> Select[AuditEvent]:
    mine = _records(portal, db, account_id, asked.whose)
    query = select(AuditEvent).where(AuditEvent.patient_id.in_(mine), AuditEvent.action.in_(TOLD))
    if asked.study_id is not None:
        query = query.where(AuditEvent.study_id == asked.study_id)
    if asked.by is not None:
        query = query.where(_by(asked.by))
    if asked.not_me:
        query = query.where(
            or_(AuditEvent.account_id.is_(None), AuditEvent.account_id != account_id)
        )
    if asked.kind is not None:
        query = query.where(_of_kind(asked.kind))
    if asked.before is not None:
        query = query.where(AuditEvent.seq < asked.before)
    return query.order_by(AuditEvent.seq.desc())


def _by(number: int) -> ColumnElement[bool]:
    return AuditEvent.account_id == number if number else AuditEvent.account_id.is_(None)


def _of_kind(kind: Kind) -> ColumnElement[bool]:
    match kind:
        case Kind.EMERGENCY:
            opened = AuditEvent.action == str(Action.GLASS_PATIENT_OPENED)
            return or_(opened, AuditEvent.detail["why"].as_string() == str(Why.BROKEN_GLASS))
        case Kind.STAFF:
            staff = select(Account.id).where(Account.kind == "staff")
            return AuditEvent.account_id.in_(staff)
        case Kind.PROGRAMS:
            program = AuditEvent.detail["token"].as_string().is_not(None)
            return and_(AuditEvent.detail["via"].as_string() == "dicomweb", program)
        case _:
            return AuditEvent.action.in_([str(action) for action in ACTIONS[kind]])


def _entry(
    portal: Portal, names: look_names.Names, event: AuditEvent, account_id: int
) -> LookEntry:
    action = Action(event.action)
    local = event.at.astimezone(portal.settings.zone)
    mine = event.account_id == account_id
    why = event.detail.get("why")
    return LookEntry(
        number=event.seq,
        day=local.date(),
        time=f"{local:%H:%M}",
        who=_("You") if mine else names.who(event.account_id, carer=why == str(Why.CARER)),
        where="" if mine else names.where(event.account_id),
        what=SENTENCES[action](names.telling(event)),
        kind=KIND_OF[action],
        emergency=why == str(Why.BROKEN_GLASS) or action is Action.GLASS_PATIENT_OPENED,
        mine=mine,
    )


def _exam_choice(study: Study) -> str:
    return ", ".join(filter(None, (titles.what_and_when(study), study.description)))
