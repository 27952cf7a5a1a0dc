"""Sticky notes of an exam: staff write them, everybody else reads what was released."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from imaging.redaction import redact
from services import access as decision
from services import dates
from services.access import Access
from services.audit import Action
from services.errors import Invalid, NotAllowed, NotFound
from services.exam import reports
from services.language import N_, _
from services.portal import Portal, Transaction
from storage.models import Note

LONGEST = 2000  # characters
HIDDEN_AUTHOR = N_("Hospital staff")
STAFF_ONLY = N_("Only hospital staff write notes.")


@dataclass(frozen=True, slots=True)
class NoteEntry:
    """A note as this person may read it."""

    note_id: int
    text: str
    author: str
    written: str
    released: bool


def listed(portal: Portal, access: Access) -> list[NoteEntry]:
    """The exam's notes, newest first: all of them for staff, the released ones for others."""
    access = decision.renewed(portal, access)
    query = select(Note).where(Note.study_id == access.study_id, Note.withdrawn_at.is_(None))
    if not access.may_write_notes:
        query = query.where(Note.released_at.is_not(None))
    with portal.reading() as db:
        found = db.execute(query.order_by(Note.written_at.desc(), Note.id.desc())).scalars()
        return [_entry(portal, db, note, access) for note in found]


def write(portal: Portal, access: Access, text: str, *, release: bool) -> int:
    """Stick a note to the exam; with `release` others read it at once."""
    told = text.strip()
    if not told:
        raise Invalid(_("Please write something."), "text")
    if len(told) > LONGEST:
        raise Invalid(_("A note has at most {longest} characters.").format(longest=LONGEST), "text")
    with portal.transaction() as tx:
        access = _writing(portal, tx, access)
        note = Note(
            study_id=access.study_id,
            author_id=access.account_id,
            text=told,
            written_at=tx.now,
            released_at=tx.now if release else None,
        )
        tx.db.add(note)
        tx.db.flush()
        _record(tx, Action.NOTE_WRITTEN, access, note)
        if release:
            _record(tx, Action.NOTE_RELEASED, access, note)
        return note.id


def release(portal: Portal, access: Access, note_id: int) -> None:
    """Let the patient, and those the exam is shared with, read the note."""
    with portal.transaction() as tx:
        access = _writing(portal, tx, access)
        note = _note(tx.db, access, note_id)
        if note.released_at is None:
            note.released_at = tx.now
            _record(tx, Action.NOTE_RELEASED, access, note)


def withdraw(portal: Portal, access: Access, note_id: int) -> None:
    """Take the note off; the audit trail keeps that it was there."""
    with portal.transaction() as tx:
        access = _writing(portal, tx, access)
        note = _note(tx.db, access, note_id)
        note.withdrawn_at = tx.now
        _record(tx, Action.NOTE_WITHDRAWN, access, note)


def _writing(portal: Portal, tx: Transaction, access: Access) -> Access:
    access = decision.decide_in(portal, tx.db, access.account_id, access.study_id)
    if not access.may_write_notes:
        raise NotAllowed(_(STAFF_ONLY))
    return access


def _note(db: Session, access: Access, note_id: int) -> Note:
    note = db.get(Note, note_id)
    if note is None or note.study_id != access.study_id or note.withdrawn_at is not None:
        raise NotFound(_("There is no such note any more."))
    return note


def _record(tx: Transaction, action: Action, access: Access, note: Note) -> None:
    tx.record(
        action,
        account_id=access.account_id,
        patient_id=access.patient_id,
        study_id=access.study_id,
        note=note.id,
    )


def _entry(portal: Portal, db: Session, note: Note, access: Access) -> NoteEntry:
    text, author = note.text, note.author.name or _(HIDDEN_AUTHOR)
    if access.hidden:
        text, author = redact(text, reports.study_identity(db, access)), _(HIDDEN_AUTHOR)
    written = dates.moment(note.written_at, portal.settings.zone)
    return NoteEntry(note.id, text, author, written, note.released_at is not None)
