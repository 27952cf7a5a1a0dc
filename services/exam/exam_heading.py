"""Who, what and when of an opened exam, as its reader may know it."""

from __future__ import annotations

from dataclasses import dataclass

from services import access as decision
from services import dates
from services.access import Access, Why
from services.exam import plain_names, titles
from services.hiding.cleaning import cleaner
from services.language import _, ngettext
from services.portal import Portal
from storage.models import Study


@dataclass(frozen=True, slots=True)
class Heading:
    """An exam's heading; `details` are labels with their values, none of them empty."""

    who: str
    what: str
    modality: str
    kind: str  # the modality in plain words
    when: str
    age: str  # "68 years at the exam"; empty: not known
    details: tuple[tuple[str, str], ...]
    hidden: bool
    lasting: str  # until when it is shared with the reader; empty: it is not, or has no end


def heading(portal: Portal, access: Access) -> Heading:
    """The exam's heading; where details are hidden only what, when and the age in years."""
    access = decision.renewed(portal, access)
    with portal.reading() as db:
        study = db.get_one(Study, access.study_id)
        patient = study.patient
    years = ""
    if patient.birth_date and study.performed_at:
        count = dates.age(patient.birth_date, study.performed_at.date())
        years = ngettext("{years} year at the exam", "{years} years at the exam", count).format(
            years=count
        )
    details = () if access.hidden else _details(study)
    return Heading(
        who=_(titles.HIDDEN_PATIENT) if access.hidden else titles.patient_name(patient),
        what=cleaner(portal, access)(study.description) or _("Exam"),
        modality=study.modality or "OT",
        kind=plain_names.modality(study.modality),
        when=dates.local_time(study.performed_at),
        age=years,
        details=details,
        hidden=access.hidden,
        lasting=lasting(portal, access),
    )


def lasting(portal: Portal, access: Access) -> str:
    """Until when the exam is shared with its reader, in a sentence; empty where it is not."""
    if access.why is not Why.GRANT or access.until is None:
        return ""
    zone = portal.settings.zone
    return _("Shared with you until {until}: {left}.").format(
        until=dates.moment(access.until, zone),
        left=dates.time_left(access.until, portal.clock(), zone),
    )


def _details(study: Study) -> tuple[tuple[str, str], ...]:
    patient = study.patient
    born = dates.day(patient.birth_date) if patient.birth_date else ""
    known = (
        (_("Date of birth"), born),
        (_("Patient ID"), patient.patient_id),
        (_("Accession number"), study.accession_number),
        (_("Referred by"), study.referrer),
        (_("Hospital or practice"), study.institution),
    )
    return tuple((label, value) for label, value in known if value)
