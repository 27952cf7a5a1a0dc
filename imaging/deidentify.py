"""De-identified copies of images by the profile of DICOM PS3.15 E.2.

That is the Basic Application Level Confidentiality Profile, with these options (E.3): Clean
Descriptors, by `imaging.redaction`; Retain Longitudinal Temporal Information with Full Dates, for
dates of the exam, never of birth; Clean Pixel Data, where a mask was laid over the pixels. Of the
patient's characteristics only the age stays, in whole years. Devices lose their identity.
Overlays, curves, icons, graphics and private attributes go.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from pydicom import config
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.uid import UID
from pydicom.valuerep import PersonName

from imaging import kept_attributes as kept
from imaging.attributes import MALFORMED, is_big_endian, text, value
from imaging.person_name import display_name
from imaging.redaction import Identity, redact

NAME = "HIDDEN"
DEEPEST = 12  # levels of sequences; what lies below is left out
CODE = re.compile(r"[A-Z0-9 _.+-]{0,16}")
MOMENT = re.compile(r"\d{8}|\d{2,6}(\.\d{1,6})?|\d{8}\d{2,6}(\.\d{1,6})?([+-]\d{4})?")
METHODS = {
    "113100": "Basic Application Confidentiality Profile",
    "113105": "Clean Descriptors Option",
    "113106": "Retain Longitudinal Temporal Information Full Dates Option",
    "113101": "Clean Pixel Data Option",
}
_INSTITUTIONS = ("InstitutionName", "InstitutionalDepartmentName", "StationName")
_NUMBERS = ("PatientID", "OtherPatientIDs")
_ACCESSIONS = ("AccessionNumber", "StudyID", "AdmissionID")
_UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID")


def pseudonymous_uid(key: bytes, uid: str) -> str:
    """Another UID for this one, always the same under one key (DICOM PS3.5 B.2, 2.25).

    UIDs that the standard registers, such as SOP classes, stand for no object and stay.
    """
    if UID(uid, config.IGNORE).name != uid:
        return uid
    digest = hmac.new(key, f"uid\x1f{uid}".encode(), hashlib.sha256).digest()
    return f"2.25.{uuid.UUID(bytes=digest[:16], version=4).int}"


def pseudonymous_patient(key: bytes, patient: str) -> str:
    """A patient id that tells nothing, always the same under one key."""
    digest = hmac.new(key, f"patient\x1f{patient}".encode(), hashlib.sha256).digest()
    return f"HIDDEN-{base64.b32encode(digest[:5]).decode()}"


def deidentified(
    dataset: Dataset, key: bytes, identity: Identity, *, patient: str, age: int | None, masked: bool
) -> Dataset:
    """A de-identified copy of an image's data set, without pixels and without file meta.

    Args:
        dataset: read with `stop_before_pixels`; it is not changed.
        key: makes the pseudonyms; one who has it can find the originals of guessed UIDs.
        identity: what names the patient; what the data set itself tells is added.
        patient: what tells this patient from others, for the pseudonymous patient id.
        age: at the exam, in years; None where it is not known.
        masked: whether text burned into the pixels is masked.
    """
    known = told_by(dataset, identity)
    swapped = is_big_endian(dataset)
    walk = _Walk(key, lambda words: redact(words, known), known.dates, big_endian=swapped)
    copy = walk.copy(dataset)
    copy.SpecificCharacterSet = "ISO_IR 192"
    copy.PatientName, copy.PatientID = NAME, pseudonymous_patient(key, patient)
    copy.PatientBirthDate = copy.PatientSex = ""
    copy.AccessionNumber = copy.ReferringPhysicianName = ""
    copy.StudyID = "1"
    if age is not None and 0 <= age <= 999:
        copy.PatientAge = f"{age:03d}Y"
    copy.PatientIdentityRemoved = "YES"
    copy.LongitudinalTemporalInformationModified = "UNMODIFIED"
    methods = {code: name for code, name in METHODS.items() if masked or code != "113101"}
    copy.DeidentificationMethod = ["DICOM PS3.15 E.2 Basic Profile, with the options coded here"]
    copy.DeidentificationMethodCodeSequence = Sequence(
        [_code(number, meaning) for number, meaning in methods.items()]
    )
    if masked:
        copy.BurnedInAnnotation = "NO"
    return copy


def _code(number: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = number, "DCM", meaning
    return item


def told_by(dataset: Dataset, identity: Identity) -> Identity:
    """With what the object itself says, which may be more than is known of the patient."""
    people = {display_name(name) for name in _person_names(dataset)}
    born = tuple(day for day in (_date(text(dataset, "PatientBirthDate")),) if day)

    def told(*keywords: str) -> tuple[str, ...]:
        return tuple(filter(None, (text(dataset, keyword) for keyword in keywords)))

    names = re.findall(r"[^\W_]{2,}", str(value(dataset, "PatientName")))
    return replace(
        identity,
        names=(*identity.names, *names),
        patient_ids=(*identity.patient_ids, *told(*_NUMBERS)),
        accession_numbers=(
            *identity.accession_numbers,
            # a study id of a digit or two is in every text
            *(number for number in told(*_ACCESSIONS) if len(number) > 3),
        ),
        dates=(*identity.dates, *born),
        people=(*identity.people, *sorted(filter(None, people))),
        institutions=(*identity.institutions, *told(*_INSTITUTIONS)),
        uids=(*identity.uids, *told(*_UIDS)),
    )


def _date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def _elements(dataset: Dataset) -> list[DataElement]:
    """The readable elements of known attributes; a malformed one counts as absent."""
    found = []
    for tag in sorted(dataset.keys()):
        if kept.is_known(tag):
            try:
                found.append(dataset[tag])
            except MALFORMED:
                continue
    return found


def _person_names(dataset: Dataset, depth: int = 0) -> Iterator[Any]:
    """Every person's name in the data set and its sequences, also in those that do not stay."""
    for tag in sorted(dataset.keys()):
        try:
            element = dataset[tag]
            if element.VR == "PN":
                values = element.value
                yield from values if isinstance(values, MultiValue) else [values]
            elif element.VR == "SQ" and depth < DEEPEST:
                for item in element.value:
                    yield from _person_names(item, depth + 1)
        except MALFORMED:
            continue


class _Walk:
    """Copies what is kept, level by level."""

    def __init__(
        self,
        key: bytes,
        clean: Callable[[str], str],
        born: tuple[date, ...],
        *,
        big_endian: bool,
    ) -> None:
        self._key = key
        self._swapped = big_endian
        self._clean = clean
        self._born = {f"{day:%Y%m%d}" for day in born}

    def copy(self, dataset: Dataset, depth: int = 0) -> Dataset:
        copied = Dataset()
        for element in _elements(dataset):
            try:
                made = self._kept(element, depth)
                if made is not None:
                    copied.add_new(element.tag, element.VR, made)
            except MALFORMED:
                continue
        return copied

    def _kept(self, element: DataElement, depth: int) -> Any:
        """The value the copy has; None where the attribute goes."""
        tag, vr = element.tag, element.VR
        if vr == "SQ":
            if not kept.keeps_sequence(tag) or depth >= DEEPEST:
                return None
            return Sequence([self.copy(item, depth + 1) for item in element.value])
        if vr == "UI":
            return self._each(element, self._uid) if tag in kept.UIDS else None
        if vr in kept.NUMBERS:
            return element.value if kept.keeps_number(tag) else None
        if tag in kept.TABLES:
            return self._table(element)
        if vr in ("DA", "TM", "DT"):
            return self._each(element, self._moment) if tag in kept.DATES else None
        if tag in kept.TERMS:
            # a term of the standard is no name, whatever the patient is called
            return element.value if str(element.value) in kept.TERMS[tag] else ""
        if vr == "CS" and kept.keeps_words(tag, vr):
            return self._each(element, self._coded)
        if kept.keeps_words(tag, vr) and vr in ("LO", "SH", "ST", "LT", "UT", "UC"):
            return self._each(element, self._clean)
        return None

    def _table(self, element: DataElement) -> Any:
        """A look-up table; words that were read as bytes are in the order of the source."""
        if element.VR not in ("OW", "OB", "US", "SS"):
            return None
        if element.VR == "OW" and self._swapped and isinstance(element.value, bytes):
            even = element.value[: len(element.value) & ~1]
            return np.frombuffer(even, ">u2").astype("<u2").tobytes()
        return element.value

    def _each(self, element: DataElement, make: Callable[[str], str]) -> Any:
        if isinstance(element.value, MultiValue | list | tuple):
            return [make(_plain(one)) for one in element.value]
        return make(_plain(element.value))

    def _uid(self, uid: str) -> str:
        return pseudonymous_uid(self._key, uid) if uid else ""

    def _moment(self, moment: str) -> str:
        """A date, a time or both, if it is one and not the day of birth."""
        is_one = MOMENT.fullmatch(moment.strip()) is not None
        return moment.strip() if is_one and moment[:8] not in self._born else ""

    def _coded(self, code: str) -> str:
        return code if CODE.fullmatch(code) and self._clean(code) == code else ""


def _plain(one: Any) -> str:
    return "" if one is None else str(one if not isinstance(one, PersonName) else "")
