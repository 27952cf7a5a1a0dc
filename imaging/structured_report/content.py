"""The content tree of a structured report (DICOM PS3.3 C.17.3), every value in words."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException

from imaging import attributes
from imaging.structured_report import referring, wording
from imaging.structured_report.document import UnreadableReport
from imaging.structured_report.wording import Code

DEEPEST = 64
MOST_ITEMS = 20_000

# What pydicom raises when it comes to read an element whose bytes are damaged.
DAMAGE = (OSError, struct.error, BytesLengthException, RecursionError)

# What names a person, place, device or request by itself (DICOM PS3.16 TID 1001 to 1010), wherever
# it stands.
_IDENTIFYING = frozenset(
    "121008 121009 121012 121013 121016 121017 121018 121019 121020 121021 121022 121028"
    " 121029 121030 121031 121032 121036 121039 121040 121041".split()
)
# Context that only orders measurements (DICOM PS3.16 TID 1501): session, time point, tracking.
_ORDERING = frozenset("112039 C67447 C2348792 126070 126071 126072 126073".split())


@dataclass(frozen=True, slots=True)
class ContentItem:
    """A content item: how it relates to its parent, what it is called, its value in words."""

    relation: str  # CONTAINS, HAS PROPERTIES, ...; "" at the root
    kind: str  # the Value Type; "REFERENCE" by reference, "UNREADABLE" for a malformed item
    concept: Code
    value: str
    identifying: bool = False
    target: tuple[int, ...] = ()  # position of the item that a REFERENCE means
    continuous: bool = False  # a container whose entries are one running text
    children: tuple["ContentItem", ...] = field(default=())

    @property
    def label(self) -> str:
        return self.concept.meaning


def content_tree(dataset: Dataset) -> ContentItem:
    """The whole tree; `UnreadableReport` beyond 64 levels or 20,000 items."""
    return _read(dataset, depth=0, numbers=iter(range(MOST_ITEMS)))


def _read(item: Dataset, *, depth: int, numbers: Iterator[int]) -> ContentItem:
    if depth > DEEPEST:
        raise UnreadableReport(f"This report is nested more than {DEEPEST} levels deep.")
    if next(numbers, None) is None:
        raise UnreadableReport(f"This report has more than {MOST_ITEMS} entries.")
    relation = attributes.text(item, "RelationshipType").upper()
    reference = attributes.numbers(item, "ReferencedContentItemIdentifier")
    if reference:
        return ContentItem(relation, "REFERENCE", Code(), "", target=tuple(map(int, reference)))
    kind = attributes.text(item, "ValueType").upper()
    children = attributes.items(item, "ContentSequence")
    if not kind and depth == 0:
        kind = "CONTAINER"
    concept = wording.code(item, "ConceptNameCodeSequence")
    value = _value(item, kind)
    if kind != "CONTAINER" and not value:
        kind, value = "UNREADABLE", _missing(kind)
    return ContentItem(
        relation,
        kind,
        concept,
        value,
        _identifies(relation, kind, concept),
        continuous=attributes.text(item, "ContinuityOfContent").upper() == "CONTINUOUS",
        children=tuple(_read_or_note(one, depth=depth + 1, numbers=numbers) for one in children),
    )


def _read_or_note(item: Dataset, *, depth: int, numbers: Iterator[int]) -> ContentItem:
    try:
        return _read(item, depth=depth, numbers=numbers)
    except DAMAGE:
        return ContentItem("CONTAINS", "UNREADABLE", Code(), "cannot be shown (it is damaged)")


def _identifies(relation: str, kind: str, concept: Code) -> bool:
    """Whether the value names somebody or something; free text about the observation may."""
    if kind in {"PNAME", "UIDREF"} or (concept.scheme == "DCM" and concept.value in _IDENTIFYING):
        return True
    free = kind in {"TEXT", "NUM", "DATE", "TIME", "DATETIME"}
    return relation == "HAS OBS CONTEXT" and free and concept.value not in _ORDERING


def _value(item: Dataset, kind: str) -> str:
    match kind:
        case "TEXT":
            return wording.prose(attributes.text(item, "TextValue"))
        case "CODE":
            return wording.code(item, "ConceptCodeSequence").meaning
        case "NUM":
            return _measured(item)
        case "PNAME":
            return referring.person(item, "PersonName")
        case "DATE":
            return wording.day(attributes.text(item, "Date"))
        case "TIME":
            return wording.hour(attributes.text(item, "Time"))
        case "DATETIME":
            return wording.moment(attributes.text(item, "DateTime"))
        case "UIDREF":
            uid = attributes.text(item, "UID")
            return wording.uid_name(uid) or wording.line(uid)
        case "IMAGE":
            return referring.image(item)
        case "COMPOSITE":
            return referring.composite(item)
        case "WAVEFORM":
            return referring.waveform(item)
        case "SCOORD":
            return referring.region(item, values_a_point=2)
        case "SCOORD3D":
            return referring.region(item, values_a_point=3)
        case "TCOORD":
            return referring.time_region(item)
    return ""


def _measured(item: Dataset) -> str:
    """The measured value with its unit, or why there is none (DICOM PS3.3 C.18.1)."""
    qualifier = wording.code(item, "NumericValueQualifierCodeSequence").meaning
    for measured in attributes.items(item, "MeasuredValueSequence"):
        written = attributes.text(measured, "NumericValue")
        if written:
            found = wording.quantity(
                written, wording.code(measured, "MeasurementUnitsCodeSequence")
            )
            return f"{found} ({qualifier})" if qualifier else found
    # A measurement may be there without a value: it was tried, and the qualifier tells why not.
    return f"no value ({qualifier})" if qualifier else "no value"


def _missing(kind: str) -> str:
    known = {"TEXT", "CODE", "PNAME", "DATE", "TIME", "DATETIME", "UIDREF"}
    if kind in known:
        return "left empty in the report"
    return f"cannot be shown (an entry of the kind “{wording.line(kind)[:32] or 'unknown'}”)"
