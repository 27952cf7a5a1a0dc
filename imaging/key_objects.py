"""Key object selections: which images of a study somebody chose, and what for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydicom.dataset import Dataset

from imaging import attributes

KEY_OBJECT_SELECTION = "1.2.840.10008.5.1.4.1.1.88.59"
MOST = 500  # references of one document
# titles that reject images instead of choosing them (PS3.16 CID 7010, 7011; IHE RAD 4.71)
_REJECTING = frozenset({"113001", "113037", "113038", "113039"})
_DESCRIPTION = "113012"  # Key Object Description (PS3.16 TID 2010)


@dataclass(frozen=True, slots=True)
class KeyReference:
    """A chosen image; `frames` count from 0, empty: all of it."""

    sop_uid: str
    frames: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeySelection:
    """A document that chooses images."""

    title: str
    description: str
    references: tuple[KeyReference, ...]


def read_key_selection(dataset: Dataset) -> KeySelection:
    """What a Key Object Selection Document chooses (DICOM PS3.3 A.35.4, PS3.16 TID 2010).

    One that rejects images chooses none. Malformed entries are passed over.
    """
    title = _concept(dataset)
    if title[0] in _REJECTING:
        return KeySelection(title[1], "", ())
    found: dict[KeyReference, None] = {}
    texts: list[str] = []
    for item in attributes.items(dataset, "ContentSequence"):
        kind = attributes.text(item, "ValueType")
        if kind == "TEXT" and _concept(item)[0] == _DESCRIPTION:
            texts.append(attributes.text(item, "TextValue"))
        elif kind == "IMAGE":
            found |= dict.fromkeys(_references(item))
        if len(found) >= MOST:
            break
    return KeySelection(title[1], " ".join(filter(None, texts)), tuple(found)[:MOST])


def _references(item: Dataset) -> Iterator[KeyReference]:
    for reference in attributes.items(item, "ReferencedSOPSequence"):
        if uid := attributes.text(reference, "ReferencedSOPInstanceUID"):
            numbers = attributes.numbers(reference, "ReferencedFrameNumber")
            yield KeyReference(uid, tuple(int(n) - 1 for n in numbers if n >= 1))


def _concept(item: Dataset) -> tuple[str, str]:
    """Code value and meaning of an item's name."""
    for code in attributes.items(item, "ConceptNameCodeSequence"):
        return attributes.text(code, "CodeValue"), attributes.text(code, "CodeMeaning")
    return "", ""
