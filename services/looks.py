""" "Who has looked": everything that happened to a person's exams, in plain words."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import access as decision
from services import dates, patients, titles
from services.access import Why
from services.audit import Action
from services.language import N_, _, ngettext
from services.portal import Portal
from storage.models import Account, AuditEvent, Study

SHOWN = 300
VERBS = {
    Action.EXAM_VIEWED: N_("looked at {what}"),
    Action.PICTURES_SENT: N_("received {what}"),
    Action.REPORT_VIEWED: N_("read a report of {what}"),
    Action.DOWNLOADED: N_("downloaded {what}"),
    Action.PRINTED: N_("printed {what}"),
    Action.SHARED: N_("shared {what}"),
    Action.SHARE_CHANGED: N_("changed a share of {what}"),
    Action.SHARE_ENDED: N_("ended a share of {what}"),
    Action.GLASS_PATIENT_OPENED: N_("opened in an emergency (break glass) {what}"),
}
TAKEN = {
    "dicom": N_("the images (DICOM) of {what}"),
    "pictures": N_("pictures of {what}"),
    "report": N_("the report of {what}"),
}


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
    what = _("your exams")
    if study:
        what = _("the exam {exam}").format(exam=titles.what_and_when(study))
    if action in (Action.SHARED, Action.SHARE_CHANGED, Action.SHARE_ENDED):
        if event.detail.get("portfolio"):
            what = _("the entire portfolio")
        name = _name(db, event.detail.get("grantee"))
        what = _("{what} with {name}").format(what=what, name=name)
    if action is Action.PICTURES_SENT:
        count = event.detail.get("pictures", 0)
        what = ngettext("{count} picture of {what}", "{count} pictures of {what}", count).format(
            count=count, what=what
        )
    if taken := TAKEN.get(event.detail.get("what", "")):
        what = _(taken).format(what=what)
    if event.detail.get("via") == "dicomweb":
        program = "token" in event.detail
        way = _("{what} through a program") if program else _("{what} as single pictures")
        what = way.format(what=what)
    return LookEntry(
        dates.moment(event.at, portal.settings.zone),
        _("You") if event.account_id == account_id else _name(db, event.account_id),
        _(VERBS[action]).format(what=what),
        event.detail.get("why") == str(Why.BROKEN_GLASS) or action is Action.GLASS_PATIENT_OPENED,
    )


def _name(db: Session, account_id: int | None) -> str:
    account = db.get(Account, account_id) if account_id else None
    if account is None:
        return _("The portal")
    name = account.name or account.email
    hat = {"staff": _("{name} (hospital staff)"), "breakglass": _("{name} (emergency access)")}
    return hat.get(account.kind, "{name}").format(name=name)
