"""The audit trail at the staff desk: searched, checked, taken away; each of it recorded."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import audit
from services.audit import Action, Verdict
from services.downloads.wanted import Download, Pieces
from services.errors import Expired, TooMany
from services.exam.titles import patient_name, what_and_when
from services.finding import listing
from services.finding.listing import Page, Wanted
from services.language import N_, _
from services.persons import staff_roles
from services.persons.staff_roles import Task
from services.portal import Portal
from services.signing_in import sessions
from services.signing_in.sessions import SignedIn
from services.trail import audit_export, audit_search, audit_words
from services.trail.audit_export import Form
from storage.models import Account, AuditEvent, Patient, Study

Row = TypeVar("Row", Account, Patient, Study)
PORTION = 1000  # events of a piece of an export
SIGNED_OUT = N_("You are signed out. Please log in again.")
_checking = threading.Lock()


@dataclass(frozen=True, slots=True)
class Line:
    """An event with its numbers turned into names."""

    number: int
    at: datetime
    who: str  # empty: the portal, a machine or the command line
    where: str  # the address of who did it
    what: str
    patient: str
    exam: str
    detail: str


@dataclass(frozen=True, slots=True)
class Chain:
    """How the trail is: events, what is wrong at its end, and what the last full check found."""

    events: int
    flaw: str
    checked_at: datetime | None
    checked: str  # what that check found wrong; empty: nothing


def page(portal: Portal, account_id: int, wanted: Wanted) -> Page[Line]:
    """Events, newest first. What is asked for is recorded, with the patients it is about."""
    with portal.reading() as db:
        staff_roles.check(db, account_id, Task.SEE_AUDIT)
        search = audit_search.search(portal, db, wanted)
        orders = {"": (AuditEvent.seq.desc(),)}
        newest = search.newest(min(wanted.number, listing.DEEPEST) * listing.PAGE + 1)
        rows = listing.page(db, newest, wanted, orders)
        lines = rows.of(_told(db, [row[0] for row in rows.rows]))
    if wanted.number == 1 and (wanted.words or wanted.choices):
        _record_search(portal, account_id, wanted, search.patients)
    return lines


def chain(portal: Portal, account_id: int) -> Chain:
    """How the trail is, by its newest events and its last full check."""
    with portal.reading() as db:
        staff_roles.check(db, account_id, Task.SEE_AUDIT)
        verdict = audit.verify_newest(db, portal.keys.periods("audit"))
        query = select(AuditEvent).where(AuditEvent.action == str(Action.AUDIT_VERIFIED))
        last = db.execute(query.order_by(AuditEvent.seq.desc()).limit(1)).scalar_one_or_none()
    flaw = str(last.detail.get("flaw", "")) if last else ""
    return Chain(verdict.events, verdict.flaw, last.at if last else None, flaw)


def check(portal: Portal, account_id: int, progress: Callable[[int], None]) -> Verdict:
    """Walk the whole trail and record what was found; TooMany while another check runs."""
    with portal.reading() as db:
        staff_roles.check(db, account_id, Task.SEE_AUDIT)
    if not _checking.acquire(blocking=False):
        raise TooMany(_("The audit trail is being checked already. Please wait for its end."))
    try:
        with portal.reading() as db:
            verdict = audit.verify(db, portal.keys.periods("audit"), progress)
    finally:
        _checking.release()
    with portal.transaction() as tx:
        tx.record(
            Action.AUDIT_VERIFIED, account_id=account_id, events=verdict.events, flaw=verdict.flaw
        )
    return verdict


def export(portal: Portal, who: SignedIn, wanted: Wanted, form: Form) -> Download:
    """The events that a search finds, oldest first, all of them, however many."""
    with portal.reading() as db:
        staff_roles.check(db, who.account_id, Task.EXPORT_AUDIT)
        search = audit_search.search(portal, db, wanted)
    for patient in _at_most_a_few(search.patients):
        with portal.transaction() as tx:
            tx.record(
                Action.AUDIT_SEARCHED, account_id=who.account_id, patient_id=patient, exported=True
            )
    with portal.transaction() as tx:
        tx.record(
            Action.AUDIT_EXPORTED, account_id=who.account_id, form=str(form), asked=_asked(wanted)
        )
    pieces = _Exporting(portal, who, search, form)
    return Download(f"audit.{form.value}", form.media_type, pieces)


class _Exporting(Pieces):
    """A thousand events at a time, each portion a look of its own: nothing waits for a reader."""

    def __init__(
        self, portal: Portal, who: SignedIn, search: audit_search.Search, form: Form
    ) -> None:
        self._portal, self._who, self._search, self._form = portal, who, search, form
        self._made = self._make()

    def __next__(self) -> bytes:
        return next(self._made)

    def check(self) -> None:
        if not sessions.stands(self._portal, self._who.session_id):
            raise Expired(_(SIGNED_OUT))

    def _make(self) -> Iterator[bytes]:
        if self._form is Form.CSV:
            yield audit_export.head().encode()
        seen = 0
        while True:
            self.check()
            query = self._search.query().where(AuditEvent.seq > seen)
            with self._portal.reading() as db:
                found = list(db.execute(query.order_by(AuditEvent.seq).limit(PORTION)).scalars())
            if not found:
                return
            seen = found[-1].seq
            yield "".join(audit_export.line(event, self._form) for event in found).encode()


def _record_search(portal: Portal, account_id: int, wanted: Wanted, patients: set[int]) -> None:
    """With each patient it is about, so that these read of it; with none where it is about many."""
    about: list[int | None] = [*_at_most_a_few(patients)]
    with portal.transaction() as tx:
        for patient in about or [None]:
            tx.record(
                Action.AUDIT_SEARCHED, account_id=account_id, patient_id=patient,
                asked=_asked(wanted),
            )  # fmt: skip


def _asked(wanted: Wanted) -> str:
    """Which conditions there were, not which words."""
    words = ["words"] if wanted.words else []
    return " ".join([*words, *(f"{name}={value}" for name, value in wanted.choices)])


def _at_most_a_few(patients: set[int]) -> list[int]:
    return sorted(patients) if len(patients) <= 5 else []


def _told(db: Session, events: Sequence[AuditEvent]) -> list[Line]:
    accounts = {a.id: a for a in _rows(db, Account, {e.account_id for e in events})}
    patients = {p.id: p for p in _rows(db, Patient, {e.patient_id for e in events})}
    studies = {s.id: s for s in _rows(db, Study, {e.study_id for e in events})}
    lines = []
    for event in events:
        account = accounts.get(event.account_id or 0)
        patient, study = patients.get(event.patient_id or 0), studies.get(event.study_id or 0)
        lines.append(
            Line(
                number=event.seq,
                at=event.at,
                who=(account.name or account.email) if account else "",
                where=account.email if account and account.name else "",
                what=audit_words.label(event.action),
                patient=f"{patient_name(patient)} ({patient.patient_id})" if patient else "",
                exam=what_and_when(study) if study else "",
                detail=", ".join(
                    f"{key}: {value}"
                    for key, value in event.detail.items()
                    if value not in ("", None)
                ),
            )
        )
    return lines


def _rows(db: Session, table: type[Row], numbers: set[int | None]) -> list[Row]:
    wanted = {number for number in numbers if number}
    if not wanted:
        return []
    return list(db.execute(select(table).where(table.id.in_(wanted))).scalars())
