"""Reading an object's header once, at the door: what the tables and the viewer need of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, BinaryIO

from pydicom.dataset import Dataset
from pydicom.uid import UID

from imaging import attributes
from imaging.description import Undescribable, describe
from imaging.person_name import display_name, family_given
from imaging.structure import Implausible, read_data_set
from services.hiding.identity_rules import rule_of

SR_CLASSES = "1.2.840.10008.5.1.4.1.1.88."
NOT_REPORTS = {SR_CLASSES + "59", SR_CLASSES + "67", SR_CLASSES + "68"}  # key objects, doses
PDF_CLASS = "1.2.840.10008.5.1.4.1.1.104.1"
_PIXEL_GROUP = (b"\xe0\x7f", b"\x7f\xe0")  # 7FE0, little and big endian
STUDY_DATES = (
    ("StudyDate", "StudyTime"),
    ("SeriesDate", "SeriesTime"),
    ("AcquisitionDate", "AcquisitionTime"),
    ("ContentDate", "ContentTime"),
)


class Unusable(Exception):
    """The object cannot be taken in; `code` is its quarantine reason."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True, slots=True)
class Header:
    """What is filed of one object; texts are empty where the object has none."""

    sop_uid: str
    sop_class: str
    series_uid: str
    study_uid: str
    transfer_syntax: str
    issuer: str
    patient_id: str
    family: str
    given: str
    birth_date: date | None
    sex: str
    study_id: str
    accession_number: str
    performed_at: datetime | None
    study_description: str
    referrer: str
    institution: str
    modality: str
    series_number: int | None
    series_description: str
    body_part: str
    number: int | None
    content: str  # image, report, document, other, directory
    title: str
    author: str
    dated: datetime | None
    frames: int
    rows: int
    columns: int
    bits_allocated: int
    position: list[float] | None
    orientation: list[float] | None
    identity_rule: dict[str, Any]
    description: bytes


def read_header(file: BinaryIO) -> Header:
    """Parse one DICOM file.

    Raises Unusable with a reason code and a sentence, InvalidDicomError when it is no DICOM file,
    and whatever a parser may raise on damaged bytes.
    """
    try:
        dataset = read_data_set(file)
    except Implausible as error:
        raise Unusable("unreadable", str(error)) from error
    sop_class = _text(dataset, "SOPClassUID") or _meta(dataset, "MediaStorageSOPClassUID")
    if sop_class == "1.2.840.10008.1.3.10":
        return _directory(sop_class)
    uids = [_uid(dataset, name) for name in _UIDS]
    content = _content(dataset, sop_class, file.read(2) in _PIXEL_GROUP)
    description, frames, rows, columns, bits = b"", 0, 0, 0, 0
    if content == "image":
        try:
            file.seek(0)
            described = describe(dataset, file)
        except Undescribable as error:
            raise Unusable("unreadable", str(error)) from error
        description = described.to_bytes()
        frames, rows, columns = described.frames, described.rows, described.columns
        bits = described.bits_allocated
    family, given = family_given(attributes.value(dataset, "PatientName"))
    return Header(
        sop_uid=uids[0],
        sop_class=sop_class,
        series_uid=uids[1],
        study_uid=uids[2],
        transfer_syntax=_meta(dataset, "TransferSyntaxUID") or "1.2.840.10008.1.2",
        issuer=_text(dataset, "IssuerOfPatientID"),
        patient_id=_text(dataset, "PatientID"),
        family=family,
        given=given,
        birth_date=_date(_text(dataset, "PatientBirthDate")),
        sex=_text(dataset, "PatientSex")[:16],
        study_id=_text(dataset, "StudyID")[:64],
        accession_number=_text(dataset, "AccessionNumber"),
        performed_at=_performed(dataset),
        study_description=_text(dataset, "StudyDescription"),
        referrer=display_name(attributes.value(dataset, "ReferringPhysicianName")),
        institution=_text(dataset, "InstitutionName"),
        modality=_text(dataset, "Modality")[:16] or "OT",
        series_number=_whole(dataset, "SeriesNumber"),
        series_description=_text(dataset, "SeriesDescription"),
        body_part=_text(dataset, "BodyPartExamined")[:64],
        number=_whole(dataset, "InstanceNumber"),
        content=content,
        title=_title(dataset),
        author=_author(dataset),
        dated=_moment(_text(dataset, "ContentDate"), _text(dataset, "ContentTime")),
        frames=frames,
        rows=rows,
        columns=columns,
        bits_allocated=bits,
        position=_numbers(dataset, "ImagePositionPatient", 3),
        orientation=_numbers(dataset, "ImageOrientationPatient", 6),
        identity_rule=rule_of(dataset),
        description=description,
    )


_UIDS = ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")


def _directory(sop_class: str) -> Header:
    empty: dict[str, Any] = dict.fromkeys(Header.__slots__, "")
    empty |= {"sop_class": sop_class, "content": "directory", "identity_rule": {}, "frames": 0}
    return Header(**empty)


def _content(dataset: Dataset, sop_class: str, has_pixels: bool) -> str:
    if sop_class == PDF_CLASS:
        return "document"
    if sop_class.startswith(SR_CLASSES):
        return "other" if sop_class in NOT_REPORTS else "report"
    if has_pixels or "Rows" in dataset:
        return "image"
    return "other"


def _uid(dataset: Dataset, name: str) -> str:
    value = _text(dataset, name)
    if not value:
        if not _text(dataset, "SOPClassUID"):
            raise Unusable("not DICOM", "this is not a DICOM file")
        raise Unusable("incomplete", f"it has no {name}")
    if len(value) > 64 or not re.fullmatch(r"[0-9]+(\.[0-9]+)*", value):
        raise Unusable("incomplete", f"its {name} is not a UID")
    return value


def _text(dataset: Dataset, name: str) -> str:
    value = attributes.value(dataset, name)  # one that is malformed counts as absent
    text = "\\".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return " ".join(text.replace("\x00", "").split())[:256]


def _meta(dataset: Dataset, name: str) -> str:
    meta = getattr(dataset, "file_meta", None)
    return str(UID(str(meta.get(name) or ""))) if meta is not None else ""


def _whole(dataset: Dataset, name: str) -> int | None:
    try:
        number = int(str(attributes.value(dataset, name)))
    except ValueError:
        return None
    return number if abs(number) < 1 << 31 else None


def _numbers(dataset: Dataset, name: str, count: int) -> list[float] | None:
    try:
        values = [float(value) for value in attributes.value(dataset, name) or ()]
    except (TypeError, ValueError):
        return None
    return values if len(values) == count else None


def _date(text: str) -> date | None:
    digits = text.replace(".", "").replace("-", "")[:8]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def _time(text: str) -> time:
    digits = text.replace(":", "").split(".")[0].ljust(6, "0")
    try:
        return time(int(digits[:2]), int(digits[2:4]), min(int(digits[4:6]), 59))
    except ValueError:
        return time()


def _moment(day: str, clock: str) -> datetime | None:
    known = _date(day)
    return datetime.combine(known, _time(clock)) if known else None


def _performed(dataset: Dataset) -> datetime | None:
    for day, clock in STUDY_DATES:
        if (moment := _moment(_text(dataset, day), _text(dataset, clock))) is not None:
            return moment
    return None


def _title(dataset: Dataset) -> str:
    if title := _text(dataset, "DocumentTitle"):
        return title
    codes = attributes.items(dataset, "ConceptNameCodeSequence")
    return _text(codes[0], "CodeMeaning") if len(codes) else ""


def _author(dataset: Dataset) -> str:
    verifiers = attributes.items(dataset, "VerifyingObserverSequence")
    for verifier in verifiers:
        if name := display_name(attributes.value(verifier, "VerifyingObserverName")):
            return name
    return ""
