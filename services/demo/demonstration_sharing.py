"""The demonstration's life: a child looked after, an exam shared on, and some looks at it."""

from __future__ import annotations

from sqlalchemy import select

from services import access
from services.exam import exams, reports
from services.persons import carers
from services.portal import Portal
from services.shares import sharing
from services.shares.sharing import Options
from storage.models import Account, Patient

CHESTER, REFERRER = "chester.frenchie@demo.example", "referrer@demo.example"
CHILD = "DEMO|DEMO-551903"
COLLEAGUE = "colleague@demo.example"
SURGERY = "surgery@demo.example"


def fill(portal: Portal) -> None:
    """Make what is not there yet."""
    with portal.reading() as db:
        people = {account.email: account.id for account in db.execute(select(Account)).scalars()}
    chester, referrer = people[CHESTER], people[REFERRER]
    _look_after_the_child(portal, chester)
    if COLLEAGUE in people:
        return
    newest = exams.newest(portal, chester)
    if newest is None:
        return
    _look(portal, chester, newest.study_id)
    _look(portal, referrer, newest.study_id)
    onward = access.decide(portal, referrer, newest.study_id)
    sharing.share(portal, onward, COLLEAGUE, "", Options(days=14))
    sharing.share(
        portal, newest, SURGERY, "", Options(days=14, hide_details=True, may_download=False)
    )


def _look_after_the_child(portal: Portal, chester: int) -> None:
    with portal.reading() as db:
        issuer, _, number = CHILD.partition("|")
        query = select(Patient.id).where(Patient.issuer == issuer, Patient.patient_id == number)
        child = db.execute(query).scalar_one_or_none()
    last = carers.offered_end(portal, CHILD) if child is not None else None
    if last is None or any(p.patient_id == child for p in carers.cared_for(portal, chester)):
        return
    carers.link(portal, CHESTER, CHILD, last)
    newest = exams.newest_of(portal, chester, child or 0)
    if newest is not None:
        sharing.share(portal, newest, SURGERY, "", Options(days=30))


def _look(portal: Portal, account_id: int, study_id: int) -> None:
    exam = exams.open_exam(portal, access.decide(portal, account_id, study_id))
    for entry in exam.reports[:1]:
        reports.read(portal, exam.access, entry.report_id)
