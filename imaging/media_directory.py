"""The DICOMDIR of a file-set: who, which exam, which series, where each file is (PS3.3 annex F).

pydicom's `FileSet` keeps a copy of every file beside it and takes time with the square of their
number; this needs a few attributes of each object, and only writes.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field

from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.fileset import DIRECTORY_RECORDERS
from pydicom.filewriter import dcmwrite, write_dataset
from pydicom.uid import ExplicitVRLittleEndian, MediaStorageDirectoryStorage

from imaging.attributes import MALFORMED, text
from imaging.native_file import file_meta

_ITEM = b"\xfe\xff\x00\xe0"
_CLASSES = "1.2.840.10008.5.1.4.1.1."
_KINDS = {  # by SOP class; images are the rest
    "11.": "PRESENTATION",
    "88.59": "KEY OBJECT DOC",
    "88.": "SR DOCUMENT",
    "104.": "ENCAP DOC",
    "66.1": "REGISTRATION",
    "66.3": "REGISTRATION",
    "66.2": "FIDUCIAL",
    "66": "RAW DATA",
    "67": "VALUE MAP",
    "9.": "WAVEFORM",
    "4.2": "SPECTROSCOPY",
    "481.2": "RT DOSE",
    "481.3": "RT STRUCTURE SET",
    "481.5": "RT PLAN",
}
_WHOLE = frozenset({"66", "67", "4.2", "481.2", "481.3", "481.5", "88.59"})


class Unlistable(ValueError):
    """Why this object cannot be listed in a DICOMDIR, in a plain sentence."""


@dataclass(slots=True)
class _Node:
    record: Dataset
    below: dict[str, _Node] = field(default_factory=dict)


class MediaDirectory:
    """Collects records as files are written, then encodes them once."""

    def __init__(self, uid: str) -> None:
        self._uid = uid
        self._roots: dict[str, _Node] = {}

    def add(self, dataset: Dataset, file_id: tuple[str, ...], transfer_syntax: str) -> None:
        """List an object; pixels are not needed. What it lacks for a record is made up.

        Raises:
            Unlistable: no record can be made of it.
        """
        kind = record_type(text(dataset, "SOPClassUID"))
        try:
            keys = _completed(dataset)
            made = [(t, _record(t, keys)) for t in ("PATIENT", "STUDY", "SERIES", kind)]
        except MALFORMED as error:
            raise Unlistable(f"It lacks what a directory tells: {error}") from error
        leaf = made[3][1]
        leaf.ReferencedFileID = list(file_id)
        leaf.ReferencedSOPClassUIDInFile = keys.SOPClassUID
        leaf.ReferencedSOPInstanceUIDInFile = keys.SOPInstanceUID
        leaf.ReferencedTransferSyntaxUIDInFile = transfer_syntax
        names = (keys.PatientID, keys.StudyInstanceUID, keys.SeriesInstanceUID, "/".join(file_id))
        level = self._roots
        for name, (_, record) in zip(names, made, strict=True):
            level = level.setdefault(str(name), _Node(record)).below

    def encoded(self) -> bytes:
        """The DICOMDIR file."""
        begin = self._head(0, 0)
        places, end = _places(list(self._roots.values()), len(begin) + 12)
        roots = list(self._roots.values())
        first = places[id(roots[0])] if roots else 0
        last = places[id(roots[-1])] if roots else 0
        items = b"".join(_items(roots, places))
        head = self._head(first, last)
        length = (end - len(begin) - 12).to_bytes(4, "little")
        return head + b"\x04\x00\x20\x12SQ\0\0" + length + items

    def _head(self, first: int, last: int) -> bytes:
        dataset = Dataset()
        dataset.FileSetID = ""
        dataset.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = first
        dataset.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity = last
        dataset.FileSetConsistencyFlag = 0
        dataset.file_meta = file_meta(
            MediaStorageDirectoryStorage, self._uid, ExplicitVRLittleEndian
        )
        buffer = io.BytesIO()
        dcmwrite(buffer, dataset, enforce_file_format=True)
        return buffer.getvalue()


def record_type(sop_class: str) -> str:
    """The type of directory record for objects of a SOP class (PS3.3 F.4)."""
    rest = sop_class.removeprefix(_CLASSES)
    for beginning, kind in _KINDS.items():
        if rest == beginning if beginning in _WHOLE else rest.startswith(beginning):
            return kind
    return "IMAGE"


def _completed(dataset: Dataset) -> Dataset:
    """A copy of the attributes that records are made of, with what must not be empty made up."""
    made_up = {
        "PatientID": "UNKNOWN", "StudyDate": "19000101", "StudyTime": "000000", "StudyID": "1",
        "Modality": "OT", "SeriesNumber": 0, "InstanceNumber": 0, "ContentLabel": "UNNAMED",
        "PresentationCreationDate": "19000101", "PresentationCreationTime": "000000",
        "CompletionFlag": "COMPLETE", "VerificationFlag": "UNVERIFIED", "DoseSummationType": "PLAN",
        "StructureSetLabel": "UNNAMED", "RTPlanLabel": "UNNAMED",
        "MIMETypeOfEncapsulatedDocument": "application/pdf",
        "ContentDate": "19000101", "ContentTime": "000000",
    }  # fmt: skip
    copy = Dataset()
    for element in dataset:
        if element.VR == "PN":
            copy.add_new(element.tag, "PN", str(element.value or ""))
        elif element.tag not in (0x00080005, 0x7FE00010) and not element.tag.is_private:
            copy.add(element)
    for keyword, value in made_up.items():
        if copy.get(keyword) in (None, ""):
            setattr(copy, keyword, value)
    return copy


def _record(kind: str, keys: Dataset) -> Dataset:
    record: Dataset = DIRECTORY_RECORDERS[kind](keys)
    record.OffsetOfTheNextDirectoryRecord = 0
    record.RecordInUseFlag = 0xFFFF
    record.OffsetOfReferencedLowerLevelDirectoryEntity = 0
    record.DirectoryRecordType = kind
    record.SpecificCharacterSet = "ISO_IR 192"
    return record


def _places(level: list[_Node], at: int, found: dict[int, int] | None = None) -> tuple[
    dict[int, int], int
]:  # fmt: skip
    """Where in the file each record's item begins, records before those below them; and the end."""
    found = {} if found is None else found
    for node in level:
        found[id(node)] = at
        at += 8 + len(_encoded(node.record))
        _, at = _places(list(node.below.values()), at, found)
    return found, at


def _items(level: list[_Node], places: dict[int, int]) -> list[bytes]:
    made = []
    for node, following in zip(level, [*level[1:], None], strict=False):
        below = list(node.below.values())
        record = node.record
        record.OffsetOfTheNextDirectoryRecord = places[id(following)] if following else 0
        record.OffsetOfReferencedLowerLevelDirectoryEntity = places[id(below[0])] if below else 0
        data = _encoded(record)
        made += [_ITEM, len(data).to_bytes(4, "little"), data, *_items(below, places)]
    return made


def _encoded(record: Dataset) -> bytes:
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    write_dataset(buffer, record, "utf-8")
    return buffer.getvalue()
