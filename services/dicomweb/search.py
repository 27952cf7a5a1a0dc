"""Searching studies, series and instances (QIDO-RS, DICOM PS3.18 10.6).

The access decision is part of the query: what the caller may not see is never looked at. Exams
whose patient details are hidden from the caller are not offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from services.audit import Action
from services.callers import Caller
from services.dicomweb.attributes import ATTRIBUTES, Attribute, Level, element
from services.dicomweb.matching import condition
from services.dicomweb.question import Question
from services.look_log import door
from services.portal import Portal
from services.program_access import offered
from storage.models import Instance, Patient, Series, Study

DicomJson = dict[str, Any]
ROOT = "/dicomweb"


@dataclass(frozen=True, slots=True)
class Found:
    """The results as DICOM JSON objects, and whether there are more than were asked for."""

    results: list[DicomJson]
    more: bool


def search(portal: Portal, caller: Caller, question: Question) -> Found:
    """What matches, as far as this caller may see it; a search by staff is recorded."""
    with portal.reading() as db:
        query = _query(question).where(offered(portal, db, caller))
        for attribute, values in question.matches:
            query = query.where(condition(attribute, values))
        rows = db.execute(query.limit(question.limit + 1).offset(question.offset)).unique().all()
        shown = rows[: question.limit]
        results = _Results(portal, db, question).of(shown)
    if caller.kind == "staff":
        with portal.transaction() as tx:
            tx.record(
                Action.EXAMS_SEARCHED,
                account_id=caller.account_id,
                level=question.level.name.lower(),
                matched=sorted(attribute.keyword for attribute, _ in question.matches),
                results=len(results),
                **door(caller),
            )
    return Found(results, len(rows) > len(shown))


def study_address(portal: Portal, study_uid: str) -> str:
    """Where a study is retrieved from."""
    return f"{portal.settings.public_url}{ROOT}/studies/{study_uid}"


def _query(question: Question) -> Any:
    query: Any
    eager = contains_eager(Study.patient)
    match question.level:
        case Level.STUDY:
            query = select(Study).join(Patient).options(eager)
            query = query.order_by(Study.performed_at.desc().nulls_last(), Study.id.desc())
        case Level.SERIES:
            query = select(Study, Series).join(Patient).join(Series).options(eager)
            if question.study_uid:
                query = query.order_by(Series.number.nulls_last())
            query = query.order_by(Series.id)
        case Level.INSTANCE:
            query = select(Study, Series, Instance).join(Patient).join(Series).join(Instance)
            query = query.options(eager)
            if question.study_uid:
                query = query.order_by(
                    Series.number.nulls_last(), Series.id, Instance.number.nulls_last()
                )
            query = query.order_by(Instance.id)
    if question.study_uid:
        query = query.where(Study.study_uid == question.study_uid)
    if question.series_uid:
        query = query.where(Series.series_uid == question.series_uid)
    return query


class _Results:
    """Rows as DICOM JSON, with the counts of the studies and series among them."""

    def __init__(self, portal: Portal, db: Session, question: Question) -> None:
        self._portal = portal
        self._db = db
        self._question = question

    def of(self, rows: Sequence[Any]) -> list[DicomJson]:
        level = self._question.level
        modalities, counts = self._counted_studies({row[0].id for row in rows})
        sizes = self._counted_series({row[1].id for row in rows} if level > Level.STUDY else set())
        results = []
        for row in rows:
            values = _study_values(row[0])
            kinds = modalities.get(row[0].id, {})
            values[Level.STUDY, "ModalitiesInStudy"] = tuple(sorted(kinds))
            values[Level.STUDY, "NumberOfStudyRelatedSeries"] = (sum(kinds.values()),)
            values[Level.STUDY, "NumberOfStudyRelatedInstances"] = (counts.get(row[0].id, 0),)
            address = study_address(self._portal, row[0].study_uid)
            if level > Level.STUDY:
                values |= _series_values(row[1])
                number = sizes.get(row[1].id, 0)
                values[Level.SERIES, "NumberOfSeriesRelatedInstances"] = (number,)
                address += f"/series/{row[1].series_uid}"
            if level is Level.INSTANCE:
                values |= _instance_values(row[2])
                address += f"/instances/{row[2].sop_uid}"
            values[level, "RetrieveURL"] = (address,)
            results.append(self._json(values))
        return results

    def _json(self, values: dict[tuple[Level, str], tuple[Any, ...]]) -> DicomJson:
        told = {}
        for key, value in values.items():
            attribute = ATTRIBUTES[key]
            if self._wanted(attribute):
                told[attribute.tag] = element(attribute.vr, *value)
        return dict(sorted(told.items()))

    def _wanted(self, attribute: Attribute) -> bool:
        """Of a study or series that the address names, only the UID is told again unasked."""
        asked = self._question
        if asked.everything or attribute.keyword in asked.extra or attribute.vr == "UI":
            return True
        within = {Level.STUDY: asked.study_uid, Level.SERIES: asked.series_uid}
        return attribute.usual and not within.get(attribute.level)

    def _counted_studies(
        self, studies: set[int]
    ) -> tuple[dict[int, dict[str, int]], dict[int, int]]:
        """Series by modality, and instances, of each study."""
        query = (
            select(Series.study_id, Series.modality, func.count())
            .where(Series.study_id.in_(studies))
            .group_by(Series.study_id, Series.modality)
        )
        modalities: dict[int, dict[str, int]] = {}
        for study, modality, number in self._db.execute(query):
            modalities.setdefault(study, {})[modality] = number
        instances = (
            select(Series.study_id, func.count(Instance.id))
            .join(Instance)
            .where(Series.study_id.in_(studies))
            .group_by(Series.study_id)
        )
        return modalities, {study: count for study, count in self._db.execute(instances)}  # noqa: C416

    def _counted_series(self, series: set[int]) -> dict[int, int]:
        query = (
            select(Instance.series_id, func.count(Instance.id))
            .where(Instance.series_id.in_(series))
            .group_by(Instance.series_id)
        )
        return {number: count for number, count in self._db.execute(query)}  # noqa: C416


def _study_values(study: Study) -> dict[tuple[Level, str], tuple[Any, ...]]:
    patient, when = study.patient, study.performed_at
    told = {
        "StudyDate": f"{when:%Y%m%d}" if when else "",
        "StudyTime": f"{when:%H%M%S}" if when else "",
        "AccessionNumber": study.accession_number,
        "InstanceAvailability": "ONLINE",
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
    }
    return {(Level.STUDY, keyword): (value,) for keyword, value in told.items()}


def _series_values(series: Series) -> dict[tuple[Level, str], tuple[Any, ...]]:
    told = {
        "Modality": series.modality,
        "SeriesDescription": series.description,
        "SeriesInstanceUID": series.series_uid,
        "SeriesNumber": series.number,
        "BodyPartExamined": series.body_part,
    }
    return {(Level.SERIES, keyword): (value,) for keyword, value in told.items()}


def _instance_values(instance: Instance) -> dict[tuple[Level, str], tuple[Any, ...]]:
    told: dict[str, Any] = {
        "SOPClassUID": instance.sop_class,
        "SOPInstanceUID": instance.sop_uid,
        "InstanceAvailability": "ONLINE",
        "InstanceNumber": instance.number,
        "AvailableTransferSyntaxUID": instance.transfer_syntax,
    }
    if instance.content == "image":
        told["Rows"], told["Columns"] = instance.rows, instance.columns
        told["NumberOfFrames"] = instance.frames
        told["BitsAllocated"] = instance.bits_allocated or None
    return {(Level.INSTANCE, keyword): (value,) for keyword, value in told.items()}
