"""Filing an object under its patient, study and series; contradictions are told, never merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from imaging.person_name import search_key
from services.audit import Action
from services.intake.headers import Header
from services.portal import Transaction
from services.publisher import AccessChanged, SharingChanged
from storage.models import Instance, Patient, PatientLink, Report, Series, Study
from storage.objects import StoredObject

NOT_IMAGES = frozenset({"", "SR", "DOC", "PR", "KO", "SEG", "RWV", "REG", "OT", "RTSTRUCT"})


@dataclass(frozen=True, slots=True)
class Known:
    """An object that is stored already: its content and its study."""

    sha256: str
    study_id: int


class Filing:
    """Files a batch of objects; what it meets in the tables is looked up in three queries."""

    def __init__(
        self,
        tx: Transaction,
        headers: Sequence[Header],
        sender: int | None = None,
        opens_at: datetime | None = None,
    ) -> None:
        self._tx = tx
        self._sender = sender
        self._opens_at = opens_at  # to patients, what arrives now
        studies = select(Study).where(Study.study_uid.in_({h.study_uid for h in headers}))
        series = select(Series).where(Series.series_uid.in_({h.series_uid for h in headers}))
        instances = (
            select(Instance.sop_uid, Instance.object_sha256, Series.study_id)
            .join(Series)
            .where(Instance.sop_uid.in_({h.sop_uid for h in headers}))
        )
        self._studies = {s.study_uid: s for s in tx.db.execute(studies).scalars()}
        self._series = {s.series_uid: s for s in tx.db.execute(series).scalars()}
        self._known = {uid: Known(sha, study) for uid, sha, study in tx.db.execute(instances)}

    def known(self, sop_uid: str) -> Known | None:
        """What is stored under this SOP Instance UID, also from this batch."""
        return self._known.get(sop_uid)

    def file_away(self, header: Header, stored: StoredObject) -> str:
        """Add one new object; returns why it contradicts what is there, empty when it is filed."""
        tx = self._tx
        study = self._studies.get(header.study_uid)
        if study is None:
            study = self._studies[header.study_uid] = _new_study(
                tx, header, self._sender, self._opens_at
            )
        elif problem := self._contradiction(study, header):
            return problem
        series = self._series.get(header.series_uid)
        if series is None:
            series = self._series[header.series_uid] = _new_series(tx, study, header)
        elif series.study_id != study.id:
            return "its series belongs to another study that is stored already"
        if study.modality in NOT_IMAGES and header.modality not in NOT_IMAGES:
            study.modality = header.modality
        instance = _new_instance(tx, series, header, stored)
        self._known[header.sop_uid] = Known(stored.sha256, study.id)
        if header.content in ("report", "document"):
            tx.db.add(_new_report(tx, study, instance, header, self._opens_at))
        tx.announce(SharingChanged(study.patient_id))
        return ""

    def _contradiction(self, study: Study, header: Header) -> str:
        told = self._record(study, header)
        if told is None:
            return "its study is stored already, for another patient"
        if not study.identity_conflict and _identity_conflict(
            told, header.family, header.given, header.birth_date
        ):
            return "it names another person than its study does"
        return ""

    def _record(self, study: Study, header: Header) -> Patient | None:
        """The study's record as the header names it: its own, or one merged into it."""
        names = header.issuer, patient_key(header)
        if (study.patient.issuer, study.patient.patient_id) == names:
            return study.patient
        query = select(Patient).where(
            Patient.issuer == header.issuer,
            Patient.patient_id == patient_key(header),
            Patient.merged_into_id == study.patient_id,
        )
        return self._tx.db.execute(query).scalar_one_or_none()


def patient_key(header: Header) -> str:
    """The patient id, or one of the study's own where the object tells none: never merged."""
    return header.patient_id or f"unidentified study {header.study_uid}"


def _new_study(
    tx: Transaction, header: Header, sender: int | None, opens_at: datetime | None
) -> Study:
    query = select(Patient).where(
        Patient.issuer == header.issuer, Patient.patient_id == patient_key(header)
    )
    patient = tx.db.execute(query).scalar_one_or_none()
    conflict = ""
    if patient is None:
        patient = Patient(
            issuer=header.issuer,
            patient_id=patient_key(header),
            family=header.family,
            given=header.given,
            family_key=search_key(header.family),
            given_key=search_key(header.given),
            birth_date=header.birth_date,
            sex=header.sex,
        )
        tx.db.add(patient)
        tx.db.flush()
    else:
        conflict = _identity_conflict(patient, header.family, header.given, header.birth_date)
    owner_id = patient.merged_into_id or patient.id
    study = Study(
        patient_id=owner_id,
        study_uid=header.study_uid,
        dicom_study_id=header.study_id,
        accession_number=header.accession_number,
        performed_at=header.performed_at,
        description=header.study_description,
        modality=header.modality,
        referrer=header.referrer,
        institution=header.institution,
        identity_conflict=conflict,
        opens_at=opens_at,
        received_at=tx.now,
    )
    tx.db.add(study)
    tx.db.flush()
    tx.record(Action.IMPORTED, account_id=sender, patient_id=owner_id, study_id=study.id)
    if conflict:
        tx.record(Action.IDENTITY_CONFLICT, account_id=None, patient_id=owner_id, study_id=study.id)
    links = select(PatientLink.account_id).where(PatientLink.patient_id == owner_id)
    for account_id in tx.db.execute(links).scalars():
        tx.announce(AccessChanged(account_id))
    return study


def _identity_conflict(patient: Patient, family: str, given: str, born: date | None) -> str:
    """How name or birth date differ from the record's; empty when they agree."""
    differences = []
    if family and patient.family and search_key(family) != patient.family_key:
        differences.append("last name")
    if given and patient.given and search_key(given) != patient.given_key:
        differences.append("first name")
    if born and patient.birth_date and born != patient.birth_date:
        differences.append("date of birth")
    return f"differs from the patient record in {', '.join(differences)}" if differences else ""


def _new_series(tx: Transaction, study: Study, header: Header) -> Series:
    series = Series(
        study_id=study.id,
        series_uid=header.series_uid,
        number=header.series_number,
        modality=header.modality,
        description=header.series_description,
        body_part=header.body_part,
    )
    tx.db.add(series)
    tx.db.flush()
    return series


def _new_instance(
    tx: Transaction, series: Series, header: Header, stored: StoredObject
) -> Instance:
    instance = Instance(
        series_id=series.id,
        sop_uid=header.sop_uid,
        sop_class=header.sop_class,
        transfer_syntax=header.transfer_syntax,
        number=header.number,
        object_sha256=stored.sha256,
        size=stored.size,
        content=header.content,
        frames=header.frames,
        rows=header.rows,
        columns=header.columns,
        bits_allocated=header.bits_allocated,
        position=header.position,
        orientation=header.orientation,
        identity_rule=header.identity_rule,
        description=header.description,
        received_at=tx.now,
    )
    tx.db.add(instance)  # not flushed: a batch goes to the table in one statement
    return instance


def _new_report(
    tx: Transaction, study: Study, instance: Instance, header: Header, opens_at: datetime | None
) -> Report:
    return Report(
        study_id=study.id,
        kind="sr" if header.content == "report" else "pdf",
        title=header.title,
        author=header.author,
        dated=header.dated,
        instance=instance,
        opens_at=opens_at,
        received_at=tx.now,
    )
