"""What was done while the glass was broken, from the audit trail, for its review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.access import Why
from services.audit import Action
from services.exam.titles import exam_title, patient_name
from services.language import _, ngettext
from storage.models import AuditEvent, BrokenGlass, Patient, Study

MOST = 200
MONTH = timedelta(days=30)
OF_GLASS = (
    Action.GLASS_BROKEN, Action.GLASS_SEARCHED, Action.GLASS_PATIENT_OPENED, Action.GLASS_CLOSED,
    Action.EXAM_VIEWED, Action.REPORT_VIEWED, Action.PICTURES_SENT, Action.MEASURED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done."""

    at: datetime
    what: str


def steps(db: Session, glass: BrokenGlass) -> tuple[Step, ...]:
    """What its account did between the break and its end, the first two hundred things."""
    end = min(glass.until, glass.closed_at or glass.until)
    query = (
        select(AuditEvent)
        .where(
            AuditEvent.account_id == glass.account_id,
            AuditEvent.at >= glass.opened_at,
            AuditEvent.at <= end,
            AuditEvent.action.in_([str(action) for action in OF_GLASS]),
        )
        .order_by(AuditEvent.seq)
        .limit(MOST)
    )
    found = []
    for event in db.execute(query).scalars():
        if event.detail.get("glass", glass.id) == glass.id and (what := _what(db, event)):
            found.append(Step(event.at, what))
    return tuple(found)


def breaks_before(db: Session, glass: BrokenGlass) -> int:
    """How often the account broke the glass in the thirty days before."""
    query = select(func.count(BrokenGlass.id)).where(
        BrokenGlass.account_id == glass.account_id,
        BrokenGlass.id != glass.id,
        BrokenGlass.opened_at > glass.opened_at - MONTH,
        BrokenGlass.opened_at <= glass.opened_at,
    )
    return db.execute(query).scalar_one()


def _what(db: Session, event: AuditEvent) -> str:
    match event.action:
        case Action.GLASS_BROKEN:
            return _("Broke the glass and accepted the conditions")
        case Action.GLASS_SEARCHED:
            return _searched(event.detail.get("hits", 0))
        case Action.GLASS_PATIENT_OPENED:
            patient = db.get(Patient, event.patient_id)
            return _("Opened {patient}").format(patient=patient_name(patient) if patient else "")
        case Action.GLASS_CLOSED:
            return _("Closed the glass")
    if event.detail.get("why", str(Why.BROKEN_GLASS)) != str(Why.BROKEN_GLASS):
        return ""  # seen for another reason, such as a share
    study = db.get(Study, event.study_id) if event.study_id else None
    exam = exam_title(study) if study else ""
    if event.action == Action.REPORT_VIEWED:
        return _("Read a report of {exam}").format(exam=exam)
    return _("Looked at {exam}").format(exam=exam)


def _searched(hits: int) -> str:
    if not hits:
        return _("Searched for a patient: nobody fitted")
    return ngettext(
        "Searched for a patient: {hits} person fitted",
        "Searched for a patient: {hits} people fitted",
        hits,
    ).format(hits=hits)
