"""The quarantine at the staff desk: why something was not taken in, tried again, or thrown away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.audit import Action
from services.errors import Invalid, NotAllowed, NotFound
from services.finding import listing, word_search
from services.finding.listing import Page, Wanted
from services.intake import ingest
from services.intake.ingest import Fate, Outcome
from services.intake.packages import Candidate
from services.language import N_, _
from services.persons import staff_roles
from services.persons.desk_work import changing, permitted
from services.persons.staff_roles import Task
from services.portal import Portal
from services.signing_in.sessions import SignedIn
from storage.models import Instance, Quarantine

GONE = N_("This is not in quarantine any more.")
MALWARE = N_("The virus scanner found something in this file: it is not given out.")
NOT_KEPT = N_("This file was not kept, because it was too large or not safe to open.")
TAKEN_IN, DISCARDED, RENEWED = "taken in", "discarded", "renewed"
REASONS = {
    "not DICOM": N_("Not DICOM"), "empty": N_("Empty"), "unreadable": N_("Unreadable"),
    "incomplete": N_("Incomplete"), "conflict": N_("Conflict"), "too large": N_("Too large"),
    "unfileable": N_("Cannot be filed"), "unsafe name": N_("Unsafe name"),
    "encrypted": N_("Encrypted"), "malware": N_("Malware"), "not scanned": N_("Not scanned"),
}  # fmt: skip
ORDERS = {
    "": (Quarantine.id.desc(),),
    "received": (Quarantine.id,),  # numbers are given as things arrive
    "size": (Quarantine.size, Quarantine.id),
}


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """Something that was put aside; `outcome` is empty while nobody settled it."""

    number: int
    source: str
    size: int  # bytes
    reason: str
    detail: str
    study_id: int | None
    received_at: datetime
    outcome: str
    kept: bool  # whether its bytes are there


def listed(portal: Portal, by: int, wanted: Wanted) -> Page[QuarantineRow]:
    """What waits for a decision, newest first; filters `state` (settled, all) and `reason`."""
    with portal.reading() as db:
        staff_roles.check(db, by, Task.SEE_QUARANTINE)
        query = select(Quarantine)
        match wanted.chosen("state"):
            case "settled":
                query = query.where(Quarantine.resolved.is_(True))
            case "all":
                pass
            case _:
                query = query.where(Quarantine.resolved.is_(False))
        if reason := wanted.chosen("reason"):
            query = query.where(Quarantine.reason == reason)
        if wanted.words.strip():
            query = query.where(Quarantine.id.in_(word_search.quarantined(db, wanted.words)))
        page = listing.page(db, query, wanted, ORDERS)
        return page.of([_row(row[0]) for row in page.rows])


def retry(portal: Portal, who: SignedIn, number: int) -> Outcome:
    """Try to take it in again; what became of it now. Settled unless the reason is the same."""
    permitted(portal, who, Task.SETTLE_QUARANTINE)
    with portal.reading() as db:
        row = _waiting(db, number)
        sha256, source, reason = row.object_sha256, row.source, row.reason
    if not _there(portal, sha256):
        raise Invalid(_(NOT_KEPT))
    candidate = Candidate(source, lambda: portal.objects.open(sha256))
    (outcome,) = ingest.take_in(portal, [candidate], who.account_id)
    with portal.transaction() as tx:
        tx.record(
            Action.QUARANTINE_RETRIED, account_id=who.account_id, quarantine=number,
            fate=str(outcome.fate),
        )  # fmt: skip
        row = tx.db.get_one(Quarantine, number)
        if outcome.fate is not Fate.QUARANTINED:
            row.resolved, row.outcome, row.settled_at = True, TAKEN_IN, tx.now
        elif outcome.code != reason:  # it is there again, under its new reason
            row.resolved, row.outcome, row.settled_at = True, RENEWED, tx.now
    return outcome


def discard(portal: Portal, who: SignedIn, number: int) -> None:
    """Throw it away: its bytes go, unless something else needs them; the entry stays."""
    with changing(portal, who, Task.SETTLE_QUARANTINE) as tx:
        row = _waiting(tx.db, number)
        row.resolved, row.outcome, row.settled_at = True, DISCARDED, tx.now
        tx.record(
            Action.QUARANTINE_DISCARDED, account_id=who.account_id, quarantine=number,
            reason=row.reason, size=row.size,
        )  # fmt: skip
        sha256 = row.object_sha256
        tx.db.flush()
        needed = _needed(tx.db, sha256)
    if sha256 and not needed:
        portal.objects.path(sha256).unlink(missing_ok=True)


def take_file(portal: Portal, who: SignedIn, number: int) -> tuple[Path, str]:
    """Where its bytes are, and a name for them; recorded."""
    with portal.transaction() as tx:
        staff_roles.check(tx.db, who.account_id, Task.TAKE_QUARANTINED_FILES)
        row = tx.db.get(Quarantine, number)
        if row is None:
            raise NotFound(_(GONE))
        if _is_malware(tx.db, row.object_sha256):
            raise NotAllowed(_(MALWARE))
        if not _there(portal, row.object_sha256):
            raise NotFound(_(NOT_KEPT))
        tx.record(Action.QUARANTINE_TAKEN, account_id=who.account_id, quarantine=number)
        return portal.objects.path(row.object_sha256), f"quarantine-{number}.bin"


def _waiting(db: Session, number: int) -> Quarantine:
    row = db.get(Quarantine, number)
    if row is None or row.resolved:
        raise NotFound(_(GONE))
    return row


def _is_malware(db: Session, sha256: str) -> bool:
    """Whether the scanner knew these bytes, maybe when they came another time."""
    known = select(Quarantine.id).where(
        Quarantine.object_sha256 == sha256, Quarantine.reason == "malware"
    )
    return bool(sha256) and db.execute(known.limit(1)).first() is not None


def _needed(db: Session, sha256: str) -> bool:
    """Whether an image or another entry rests on these bytes."""
    stored = select(Instance.id).where(Instance.object_sha256 == sha256).limit(1)
    waits = select(Quarantine.id).where(
        Quarantine.object_sha256 == sha256, Quarantine.resolved.is_(False)
    )
    return any(db.execute(query).first() is not None for query in (stored, waits.limit(1)))


def _there(portal: Portal, sha256: str) -> bool:
    return bool(sha256) and portal.objects.path(sha256).is_file()


def _row(row: Quarantine) -> QuarantineRow:
    return QuarantineRow(
        row.id, row.source, row.size, row.reason, row.detail, row.study_id, row.received_at,
        row.outcome if row.resolved else "", bool(row.object_sha256) and row.outcome != DISCARDED,
    )  # fmt: skip
