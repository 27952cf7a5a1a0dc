"""What a sharer wants to know of a share: did the letter arrive, and was the exam opened?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.audit import Action
from services.messaging import messages
from storage.models import AuditEvent, Grant

LOOKS = (
    Action.EXAM_VIEWED,
    Action.PICTURES_SENT,
    Action.REPORT_VIEWED,
    Action.DOWNLOADED,
    Action.PRINTED,
)


@dataclass(frozen=True, slots=True)
class News:
    """`opened_on`: when the person first looked at what is shared; None: not yet."""

    opened_on: datetime | None
    fate: str  # of the letter, in words; empty: it left
    failed: bool  # the letter will not arrive


def opened_on(db: Session, grant: Grant) -> datetime | None:
    """When the person first looked. A look counts, not a link: link scanners open links."""
    query = select(func.min(AuditEvent.at)).where(
        AuditEvent.patient_id == grant.patient_id,
        AuditEvent.account_id == grant.grantee_id,
        AuditEvent.action.in_([str(action) for action in LOOKS]),
        AuditEvent.at >= grant.starts_at,
    )
    if grant.study_id is not None:
        query = query.where(AuditEvent.study_id == grant.study_id)
    return db.execute(query).scalar_one_or_none()


def news(db: Session, grant: Grant) -> News:
    """What the sharer should know now: of the letter only until the exam was opened."""
    looked = opened_on(db, grant)
    letter = None if looked else messages.told_of(db, grant.id)
    failed = letter is not None and letter.state == "failed"
    return News(looked, messages.fate(letter), failed)
