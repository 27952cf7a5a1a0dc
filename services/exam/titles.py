"""What an exam is called: "FRENCHIE, Chester - OT 04 January 2019 15:51"."""

from __future__ import annotations

from services import dates
from services.language import N_, _
from storage.models import Patient, Study

HIDDEN_PATIENT = N_("Patient details hidden")


def patient_name(patient: Patient) -> str:
    """`FRENCHIE, Chester`; "Name unknown" where the record has none."""
    parts = [part for part in (patient.family.upper(), patient.given) if part]
    return ", ".join(parts) or _("Name unknown")


def exam_title(study: Study) -> str:
    """The exam for somebody who may know the patient."""
    return f"{patient_name(study.patient)} - {what_and_when(study)}"


def hidden_title(study: Study) -> str:
    """The exam for somebody from whom the patient's details are hidden."""
    return f"{_(HIDDEN_PATIENT)} - {what_and_when(study)}"


def what_and_when(study: Study) -> str:
    """`OT 04 January 2019 15:51`: modality, day month year, time."""
    return f"{study.modality or 'OT'} {dates.local_time(study.performed_at)}".strip()
