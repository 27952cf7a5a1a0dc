"""The attributes of an image that a person may read, each with its value in words.

Which ones is a list (`imaging.kept_attributes`), the one that de-identified copies are made by;
where the patient may be named, the attributes of `NAMED` are added. Everything else, and all that
is private, stays in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydicom.datadict import dictionary_description, keyword_for_tag
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag
from pydicom.uid import UID
from pydicom.valuerep import PersonName

from imaging import kept_attributes as kept
from imaging.attributes import MALFORMED
from imaging.person_name import display_name

DEEPEST = 4  # levels of sequences
MOST = 400  # attributes
LONGEST = 160  # characters of a value
MOST_VALUES = 12  # of one attribute
# who and where: never read from an image whose details are hidden
NAMED = frozenset(
    "PatientName PatientID PatientBirthDate PatientSex PatientAge PatientSize PatientWeight "
    "AccessionNumber StudyID ReferringPhysicianName PerformingPhysicianName InstitutionName "
    "StationName ManufacturerModelName SoftwareVersions ProtocolName".split()
)


@dataclass(frozen=True, slots=True)
class ReadableAttribute:
    """An attribute: its tag as `(0018,0060)`, the standard's keyword and name, VR and value."""

    tag: str
    keyword: str
    term: str
    vr: str
    value: str


def readable_attributes(dataset: Dataset, *, named: bool) -> tuple[ReadableAttribute, ...]:
    """What may be read of a data set, in the order of tags; each attribute once.

    Args:
        dataset: without pixels. Where the patient must not be named it is a de-identified copy:
            the list then lets nothing through that the copy does not have.
        named: whether the attributes of `NAMED` and UIDs are told too.

    Of sequences the first item is read: in enhanced objects that of all frames comes first.
    """
    found: dict[str, ReadableAttribute] = {}
    for element in _walk(dataset, named=named, depth=0):
        keyword = keyword_for_tag(element.tag)
        if len(found) >= MOST:
            break
        try:
            value = _in_words(element)
        except MALFORMED:
            continue
        if value and keyword not in found:
            found[keyword] = ReadableAttribute(
                f"({element.tag.group:04X},{element.tag.element:04X})",
                keyword,
                dictionary_description(element.tag),
                element.VR,
                value,
            )
    return tuple(found.values())


def _walk(dataset: Dataset, *, named: bool, depth: int) -> Iterator[DataElement]:
    nested: list[Dataset] = []
    for tag in sorted(dataset.keys()):
        if not kept.is_known(tag):
            continue
        try:
            element = dataset[tag]
            if element.VR == "SQ":
                if kept.keeps_sequence(tag) and _meanings(element):
                    yield element
                elif kept.keeps_sequence(tag) and depth < DEEPEST and element.value:
                    nested.append(element.value[0])
            elif _may_be_read(tag, element.VR, named=named):
                yield element
        except MALFORMED:
            continue
    for item in nested:
        yield from _walk(item, named=named, depth=depth + 1)


def _may_be_read(tag: BaseTag, vr: str, *, named: bool) -> bool:
    if tag in kept.TABLES:
        return False
    if named and (keyword_for_tag(tag) in NAMED or (vr == "UI" and tag in kept.UIDS)):
        return True
    if vr in kept.NUMBERS:
        return vr != "AT" and kept.keeps_number(tag)
    if vr in ("DA", "TM", "DT"):
        return tag in kept.DATES
    return vr != "UI" and (tag in kept.TERMS or kept.keeps_words(tag, vr))


def _meanings(element: DataElement) -> list[str]:
    """What the codes of a code sequence mean (DICOM PS3.3 8.8)."""
    return [str(item.CodeMeaning) for item in element.value if "CodeMeaning" in item]


def _in_words(element: DataElement) -> str:
    if element.VR == "SQ":
        return _shortened(", ".join(_meanings(element)[:MOST_VALUES]))
    several = element.value if isinstance(element.value, MultiValue | list | tuple) else None
    values = [element.value] if several is None else list(several)
    told = [_one(element.VR, value) for value in values[:MOST_VALUES] if value is not None]
    more = "…" if len(values) > MOST_VALUES else ""
    return _shortened(", ".join(filter(None, (*told, more))))


def _one(vr: str, value: Any) -> str:
    match vr:
        case "PN":
            return display_name(value if isinstance(value, PersonName) else str(value))
        case "UI":
            uid = UID(str(value))
            return uid.name if uid.name != uid else str(uid)
        case "DS" | "FL" | "FD":
            return f"{float(value):.6g}"
        case _:
            return "" if isinstance(value, bytes) else " ".join(str(value).split())


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
