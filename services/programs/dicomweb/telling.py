"""What a search tells of studies, series and instances, under their own names or in disguise."""

from __future__ import annotations

from typing import Any

from imaging.deidentify import NAME
from imaging.transfer_syntax import EXPLICIT_LITTLE
from services.hiding.disguise import Disguise
from services.portal import Portal
from services.programs.dicomweb.attributes import ATTRIBUTES, Attribute, Level, element
from services.programs.dicomweb.question import Question
from storage.models import Instance, Series, Study

DicomJson = dict[str, Any]
Values = dict[tuple[Level, str], tuple[Any, ...]]
ROOT = "/dicomweb"


def study_address(portal: Portal, study_uid: str) -> str:
    """Where a study is retrieved from."""
    return f"{portal.settings.public_url}{ROOT}/studies/{study_uid}"


def as_json(question: Question, values: Values) -> DicomJson:
    """A result as a DICOM JSON object: what the question wants of the values."""
    told = {}
    for key, value in values.items():
        attribute = ATTRIBUTES[key]
        if _wanted(question, attribute):
            told[attribute.tag] = element(attribute.vr, *value)
    return dict(sorted(told.items()))


def _wanted(asked: Question, attribute: Attribute) -> bool:
    """Of a study or series that the address names, only the UID is told again unasked."""
    if asked.everything or attribute.keyword in asked.extra or attribute.vr == "UI":
        return True
    within = {Level.STUDY: asked.study_uid, Level.SERIES: asked.series_uid}
    return attribute.usual and not within.get(attribute.level)


def study_values(study: Study, modalities: dict[str, int], instances: int) -> Values:
    """What is told of a study; `modalities` counts its series."""
    patient = study.patient
    return _of(
        Level.STUDY,
        {
            **_when_and_what(study, modalities, instances),
            "AccessionNumber": study.accession_number,
            "ReferringPhysicianName": study.referrer,
            "PatientName": f"{patient.family}^{patient.given}".rstrip("^"),
            "PatientID": patient.patient_id,
            "IssuerOfPatientID": patient.issuer,
            "PatientBirthDate": f"{patient.birth_date:%Y%m%d}" if patient.birth_date else "",
            "PatientSex": patient.sex,
            "StudyInstanceUID": study.study_uid,
            "StudyID": study.dicom_study_id,
            "StudyDescription": study.description,
            "InstitutionName": study.institution,
        },
    )


def hidden_study_values(
    study: Study, worn: Disguise, modalities: dict[str, int], instances: int
) -> Values:
    """The same as a copy of the study has it, see `imaging.deidentify`."""
    nothing = ("AccessionNumber ReferringPhysicianName IssuerOfPatientID PatientBirthDate "
               "PatientSex InstitutionName").split()  # fmt: skip
    return _of(
        Level.STUDY,
        {
            **_when_and_what(study, modalities, instances),
            **dict.fromkeys(nothing, ""),
            "PatientName": NAME,
            "PatientID": worn.patient_id,
            "StudyInstanceUID": worn.uid(study.study_uid),
            "StudyID": "1",
            "StudyDescription": worn.words(study.description),
        },
    )


def _when_and_what(study: Study, modalities: dict[str, int], instances: int) -> dict[str, Any]:
    when = study.performed_at
    return {
        "StudyDate": f"{when:%Y%m%d}" if when else "",
        "StudyTime": f"{when:%H%M%S}" if when else "",
        "InstanceAvailability": "ONLINE",
        "ModalitiesInStudy": tuple(sorted(modalities)),
        "NumberOfStudyRelatedSeries": sum(modalities.values()),
        "NumberOfStudyRelatedInstances": instances,
    }


def series_values(series: Series, instances: int, worn: Disguise | None = None) -> Values:
    """What is told of a series."""
    told: dict[str, Any] = {
        "Modality": series.modality,
        "SeriesDescription": series.description,
        "SeriesInstanceUID": series.series_uid,
        "SeriesNumber": series.number,
        "BodyPartExamined": series.body_part,
        "NumberOfSeriesRelatedInstances": instances,
    }
    if worn is not None:
        told["SeriesInstanceUID"] = worn.uid(series.series_uid)
        for keyword in ("SeriesDescription", "BodyPartExamined"):
            told[keyword] = worn.words(told[keyword])
    return _of(Level.SERIES, told)


def instance_values(instance: Instance, worn: Disguise | None = None) -> Values:
    """What is told of an instance."""
    told: dict[str, Any] = {
        "SOPClassUID": instance.sop_class,
        "SOPInstanceUID": worn.uid(instance.sop_uid) if worn else instance.sop_uid,
        "InstanceAvailability": "ONLINE",
        "InstanceNumber": instance.number,
        "AvailableTransferSyntaxUID": EXPLICIT_LITTLE if worn else instance.transfer_syntax,
    }
    if instance.content == "image":
        told["Rows"], told["Columns"] = instance.rows, instance.columns
        told["NumberOfFrames"] = instance.frames
        told["BitsAllocated"] = instance.bits_allocated or None
    return _of(Level.INSTANCE, told)


def _of(level: Level, told: dict[str, Any]) -> Values:
    return {
        (level, keyword): value if isinstance(value, tuple) else (value,)
        for keyword, value in told.items()
    }
