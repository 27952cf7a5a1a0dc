""" "Who has looked": everything that happened to a person's exams, in plain words."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import access as decision
from services import dates, patients, titles
from services.access import Why
from services.audit import Action
from services.portal import Portal
from storage.models import Account, AuditEvent, Study

SHOWN = 300
VERBS = {
    Action.EXAM_VIEWED: "looked at",
    Action.PICTURES_SENT: "received",
    Action.REPORT_VIEWED: "read a report of",
    Action.DOWNLOADED: "downloaded",
    Action.PRINTED: "printed",
    Action.SHARED: "shared",
    Action.SHARE_CHANGED: "changed a share of",
    Action.SHARE_ENDED: "ended a share of",
    Action.GLASS_PATIENT_OPENED: "opened in an emergency (break glass)",
}
TAKEN = {"dicom": "the images (DICOM)", "pictures": "pictures", "report": "the report"}


@dataclass(frozen=True, slots=True)
class LookEntry:
    """One line: when, who, what."""

    when: str
    who: str
    what: str
    emergency: bool


def looks(portal: Portal, account_id: int) -> list[LookEntry]:
    """What happened to the exams of this account's person and of those they care for."""
    with portal.reading() as db:
        held = decision.bases(db, account_id, portal.clock())
        linked = (b.patient_id for b in held if b.why in (Why.OWN, Why.CARER))
        mine = patients.with_merged(db, (n for n in linked if n is not None))
        query = (
            select(AuditEvent)
            .where(
                AuditEvent.patient_id.in_(mine),
                AuditEvent.action.in_([str(action) for action in VERBS]),
            )
            .order_by(AuditEvent.seq.desc())
            .limit(SHOWN)
        )
        return [
            _entry(portal, db, event, account_id) for event in db.execute(query).scalars().all()
        ]


def _entry(portal: Portal, db: Session, event: AuditEvent, account_id: int) -> LookEntry:
    action = Action(event.action)
    study = db.get(Study, event.study_id) if event.study_id else None
    what = f"the exam {titles.what_and_when(study)}" if study else "your exams"
    if action in (Action.SHARED, Action.SHARE_CHANGED, Action.SHARE_ENDED):
        if event.detail.get("portfolio"):
            what = "the entire portfolio"
        what += f" with {_name(db, event.detail.get('grantee'))}"
    if action is Action.PICTURES_SENT:
        count = event.detail.get("pictures", 0)
        what = f"{count} picture{'' if count == 1 else 's'} of {what}"
    if taken := TAKEN.get(event.detail.get("what", "")):
        what = f"{taken} of {what}"
    if event.detail.get("via") == "dicomweb":
        what += " through a program" if "token" in event.detail else " as single pictures"
    return LookEntry(
        dates.moment(event.at, portal.settings.zone),
        "You" if event.account_id == account_id else _name(db, event.account_id),
        f"{VERBS[action]} {what}",
        event.detail.get("why") == str(Why.BROKEN_GLASS) or action is Action.GLASS_PATIENT_OPENED,
    )


def _name(db: Session, account_id: int | None) -> str:
    account = db.get(Account, account_id) if account_id else None
    if account is None:
        return "The portal"
    hat = {"staff": " (hospital staff)", "breakglass": " (emergency access)"}
    return (account.name or account.email) + hat.get(account.kind, "")
