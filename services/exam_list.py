"""The list of exams a person may see."""

from __future__ import annotations

from dataclasses import dataclass

from imaging.redaction import redact
from services import access as decision
from services import dates, reports, titles
from services.access import Access, Why
from services.language import _
from services.portal import Portal


@dataclass(frozen=True, slots=True)
class ListedExam:
    """One exam in the list, as far as this person may know it."""

    access: Access
    modality: str
    patient: str
    when: str
    description: str
    because: str  # empty: their own exam


def listed(portal: Portal, account_id: int) -> list[ListedExam]:
    """Every exam the account may see, newest first."""
    rows = []
    for study, access in decision.visible(portal, account_id):
        description = study.description
        if access.hidden:
            with portal.reading() as db:
                description = redact(description, reports.study_identity(db, access))
        rows.append(
            ListedExam(
                access,
                study.modality,
                _(titles.HIDDEN_PATIENT) if access.hidden else titles.patient_name(study.patient),
                dates.local_time(study.performed_at),
                description,
                _because(portal, access),
            )
        )
    return rows


def _because(portal: Portal, access: Access) -> str:
    until = dates.moment(access.until, portal.settings.zone) if access.until else ""
    match access.why:
        case Why.OWN:
            return ""
        case Why.CARER:
            return _("of a person you care for")
        case Why.GRANT:
            return _("shared with you until {until}").format(until=until)
        case Why.BROKEN_GLASS:
            return _("emergency access until {until}").format(until=until)
        case Why.STAFF:
            return _("hospital staff")
