"""The audit trail: append only, every event bound to all before it by an HMAC chain.

Each event's digest is HMAC-SHA256 over the digest before it and its own canonical JSON; the head
row names the last event under a seal of its own. A changed, missing, inserted or cut-off event is
found by `verify`; the key never leaves the portal's key file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.randomness import keyed
from storage.models import AuditEvent, AuditHead

TOLD_EVERY = 10_000  # events
NEWEST = 500  # events that a quick check looks at


class Action(StrEnum):
    """Everything that is recorded."""

    ACCOUNT_CREATED = "account.created"
    ACCOUNT_SET_UP = "account.set_up"
    ACCOUNT_DISABLED = "account.disabled"
    ACCOUNT_ENABLED = "account.enabled"
    ACCOUNT_ROLE_CHANGED = "account.role_changed"
    ACCOUNT_SESSIONS_ENDED = "account.sessions_ended"
    SET_UP_SENT_AGAIN = "account.set_up_sent_again"
    ACCOUNT_LINKED = "account.linked"
    ACCOUNT_UNLINKED = "account.unlinked"
    CARER_END_ASKED = "carer.end_asked"
    PATIENTS_SEARCHED = "patient.searched"
    PATIENT_LOOKED_UP = "patient.looked_up"
    PATIENT_MARKED = "patient.marked"
    IDENTITY_SETTLED = "patient.identity_settled"
    RECORDS_MERGED = "patient.records_merged"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105
    PASSWORD_RESET_ASKED = "password.reset_asked"  # noqa: S105
    CODE_SENT = "signin.code_sent"
    SIGN_IN = "signin.done"
    SIGN_IN_FAILED = "signin.failed"
    SIGN_IN_CANCELLED = "signin.cancelled"
    PASSWORD_AGAIN = "signin.password_again"  # noqa: S105
    PASSWORD_AGAIN_REFUSED = "signin.password_again_refused"  # noqa: S105
    CODES_BY = "signin.codes_by"
    APP_ON = "signin.app_on"
    APP_OFF = "signin.app_off"
    RECOVERY_CODES_MADE = "signin.recovery_codes_made"
    RECOVERY_CODE_USED = "signin.recovery_code_used"
    BROWSER_REMEMBERED = "signin.browser_remembered"
    BROWSER_FORGOTTEN = "signin.browser_forgotten"
    CONTACT_CHANGED = "account.contact_changed"
    SIGN_OUT = "signin.out"
    TOKEN_CREATED = "token.created"  # noqa: S105
    TOKEN_REVOKED = "token.revoked"  # noqa: S105
    EXAM_VIEWED = "exam.viewed"
    PICTURES_SENT = "exam.pictures_sent"
    REPORT_VIEWED = "report.viewed"
    MEASURED = "exam.measured"
    MEASUREMENTS_SAVED = "exam.measurements_saved"
    NOTE_WRITTEN = "note.written"
    NOTE_RELEASED = "note.released"
    NOTE_WITHDRAWN = "note.withdrawn"
    SHARED = "share.given"
    SHARE_CHANGED = "share.changed"
    SHARE_ENDED = "share.ended"
    INVITATION_ACCEPTED = "share.invitation_accepted"
    INVITATION_SENT_AGAIN = "share.invitation_sent_again"
    MESSAGE_RESENT = "message.resent"
    MESSAGE_CANCELLED = "message.cancelled"
    MESSAGE_BOUNCED = "message.bounced"
    GLASS_BROKEN = "glass.broken"
    GLASS_REFUSED = "glass.refused"
    GLASS_SEARCHED = "glass.searched"
    GLASS_PATIENT_OPENED = "glass.patient_opened"
    GLASS_CLOSED = "glass.closed"
    GLASS_RIGHT_RENEWED = "glass.right_renewed"
    GLASS_EVENT_READ = "glass.event_read"
    GLASS_REVIEWED = "glass.reviewed"
    APPLICATION_SUBMITTED = "application.submitted"
    APPLICATION_READ = "application.read"
    APPLICATION_IDENTITY_CHECKED = "application.identity_checked"
    APPLICATION_ASKED = "application.asked"
    APPLICATION_ANSWERED = "application.answered"
    APPLICATION_APPROVED = "application.approved"
    APPLICATION_DECLINED = "application.declined"
    DOWNLOADED = "exam.downloaded"
    PRINTED = "exam.printed"
    EXAMS_SEARCHED = "exam.searched"
    IMPORTED = "exam.imported"
    EXAM_LOOKED_UP = "exam.looked_up"
    EXAM_RELEASE_CHANGED = "exam.release_changed"
    REPORT_RELEASE_CHANGED = "report.release_changed"
    QUARANTINED = "exam.quarantined"
    QUARANTINE_RETRIED = "quarantine.retried"
    QUARANTINE_DISCARDED = "quarantine.discarded"
    QUARANTINE_TAKEN = "quarantine.file_taken"
    IDENTITY_CONFLICT = "exam.identity_conflict"
    AUDIT_SEARCHED = "audit.searched"
    AUDIT_EXPORTED = "audit.exported"
    AUDIT_VERIFIED = "audit.verified"
    BACKED_UP = "portal.backed_up"
    RESTORED = "portal.restored"
    KEYS_ROTATED = "portal.keys_rotated"


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened: when, what, who, about whom; details are ids and plain values."""

    at: datetime
    action: Action
    account_id: int | None
    patient_id: int | None
    study_id: int | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: how many events, and the first flaw (empty: none)."""

    events: int
    flaw: str


Periods = Sequence[tuple[int, bytes]]  # from which event on a key was used, oldest first


def append(db: Session, newest_key: Callable[[], bytes], entry: Entry) -> None:
    """Add an event at the end of the chain.

    The key is asked for once the head is locked: it may be rotated until then.
    """
    head = db.execute(select(AuditHead).with_for_update()).scalar_one_or_none()
    key = newest_key()
    if head is None:
        head = AuditHead(id=1, seq=0, digest="", seal="")
        db.add(head)
    event = AuditEvent(
        seq=head.seq + 1,
        at=entry.at,
        action=str(entry.action),
        account_id=entry.account_id,
        patient_id=entry.patient_id,
        study_id=entry.study_id,
        detail=entry.detail,
    )
    event.digest = _digest(key, head.digest, event)
    db.add(event)
    head.seq, head.digest = event.seq, event.digest
    head.seal = keyed(key, "head", head.seq, head.digest)
    db.flush()


def verify(
    db: Session, keys: bytes | Periods, progress: Callable[[int], None] = lambda _: None
) -> Verdict:
    """Walk the chain from its first event; `progress` is told how far it got, now and then.

    The head must carry the newest key's seal: whoever got hold of an older one cannot cut off what
    came after it.
    """
    periods = [(1, keys)] if isinstance(keys, bytes) else list(keys)
    previous, count = "", 0
    for event in events(db):
        count += 1
        if event.seq != count:
            return Verdict(count, f"event {count} is missing")
        if event.digest != _digest(key_of(periods, count), previous, event):
            return Verdict(count, f"event {event.seq} was changed, or one before it removed")
        previous = event.digest
        if count % TOLD_EVERY == 0:
            progress(count)
    return Verdict(count, _flaw_of_head(db, periods, count, previous))


def verify_newest(db: Session, keys: Periods) -> Verdict:
    """Check the end of the trail, and the newest events with it; quick, however long it is."""
    head = db.execute(select(AuditHead)).scalar_one_or_none()
    query = select(AuditEvent).order_by(AuditEvent.seq.desc()).limit(NEWEST + 1)
    newest = list(db.execute(query).scalars())[::-1]
    last = newest[-1] if newest else None
    for before, event in pairwise(newest):
        if event.seq != before.seq + 1:
            return Verdict(before.seq, f"event {before.seq + 1} is missing")
        if event.digest != _digest(key_of(keys, event.seq), before.digest, event):
            return Verdict(event.seq, f"event {event.seq} was changed, or one before it removed")
    count, digest = (last.seq, last.digest) if last else (0, "")
    return Verdict(head.seq if head else count, _flaw_of_head(db, keys, count, digest))


def _flaw_of_head(db: Session, periods: Periods, count: int, previous: str) -> str:
    head = db.execute(select(AuditHead)).scalar_one_or_none()
    newest_from, newest = periods[-1]
    if head is None:
        return "the head of the chain is missing" if count or newest_from > 1 else ""
    if head.seal != keyed(newest, "head", head.seq, head.digest):
        return "the head of the chain was changed"
    if (head.seq, head.digest) != (count, previous):
        return f"events after {count} are missing: there were {head.seq}"
    return ""


def key_of(periods: Periods, seq: int) -> bytes:
    """The key of an event."""
    return next(key for since, key in reversed(periods) if since <= seq)


def events(db: Session) -> Iterator[AuditEvent]:
    """Every event in order, a thousand rows at a time."""
    query = select(AuditEvent).order_by(AuditEvent.seq).execution_options(yield_per=1000)
    for event in db.execute(query).scalars():
        yield event
        db.expunge(event)  # a session remembers what it read: not a whole trail


def as_json(event: AuditEvent) -> str:
    """One event as a line of canonical JSON, with its digest."""
    return json.dumps({**_canonical(event), "digest": event.digest}, sort_keys=True)


def _digest(key: bytes, previous: str, event: AuditEvent) -> str:
    return keyed(key, previous, json.dumps(_canonical(event), sort_keys=True))


def _canonical(event: AuditEvent) -> dict[str, Any]:
    return {
        "seq": event.seq,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "action": event.action,
        "account": event.account_id,
        "patient": event.patient_id,
        "study": event.study_id,
        "detail": event.detail,
    }
