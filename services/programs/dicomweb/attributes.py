"""What a search matches and returns, by level (DICOM PS3.18 tables 10.6.1-5, 10.6.3-3 to -5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from pydicom.datadict import dictionary_VR, keyword_for_tag, tag_for_keyword

from services.errors import Invalid


class Level(IntEnum):
    """The levels of the DICOM information model, upper ones first."""

    STUDY = 1
    SERIES = 2
    INSTANCE = 3


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a level; `usual` ones are returned without being asked for."""

    keyword: str
    level: Level
    matchable: bool
    usual: bool

    @property
    def tag(self) -> str:
        """As in DICOM JSON: eight hexadecimal digits."""
        return f"{tag_for_keyword(self.keyword):08X}"

    @property
    def vr(self) -> str:
        return dictionary_VR(tag_for_keyword(self.keyword) or 0)


# * can be matched, + is returned only when it is asked for
_TABLES = {
    Level.STUDY: "StudyDate* StudyTime* AccessionNumber* InstanceAvailability ModalitiesInStudy* "
    "ReferringPhysicianName* RetrieveURL PatientName* PatientID* IssuerOfPatientID*+ "
    "PatientBirthDate* PatientSex* StudyInstanceUID* StudyID* StudyDescription*+ "
    "InstitutionName+ NumberOfStudyRelatedSeries NumberOfStudyRelatedInstances",
    Level.SERIES: "Modality* SeriesDescription* RetrieveURL SeriesInstanceUID* SeriesNumber* "
    "BodyPartExamined*+ NumberOfSeriesRelatedInstances",
    Level.INSTANCE: "SOPClassUID* SOPInstanceUID* InstanceAvailability RetrieveURL "
    "InstanceNumber* Rows Columns BitsAllocated NumberOfFrames AvailableTransferSyntaxUID",
}
ATTRIBUTES = {
    (level, word.rstrip("*+")): Attribute(word.rstrip("*+"), level, "*" in word, "+" not in word)
    for level, words in _TABLES.items()
    for word in words.split()
}


def named(written: str) -> str:
    """The keyword of an attribute given as keyword or as eight hexadecimal digits.

    Raises Invalid for what DICOM does not know, and for a path into a sequence.
    """
    if re.fullmatch(r"[0-9A-Fa-f]{8}", written):
        keyword = keyword_for_tag(int(written, 16))
    else:
        keyword = written if tag_for_keyword(written) is not None else ""
    if not keyword:
        raise Invalid(f"{written[:64]!r} is no attribute that can be searched here.")
    return keyword


def matchable(keyword: str, level: Level) -> Attribute:
    """The attribute of this level or an upper one; Invalid when it cannot be matched."""
    for upper in range(level, 0, -1):
        found = ATTRIBUTES.get((Level(upper), keyword))
        if found is not None and found.matchable:
            return found
    raise Invalid(f"{keyword} cannot be searched for here.")


def element(vr: str, *values: Any) -> dict[str, Any]:
    """An element of the DICOM JSON model (PS3.18 F.2); without values where there is none."""
    kept = [value for value in values if value not in ("", None)]
    if vr == "PN":
        kept = [{"Alphabetic": name} for name in kept]
    return {"vr": vr, "Value": kept} if kept else {"vr": vr}
