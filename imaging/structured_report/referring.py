"""What a report points to, summarised: people, images, regions on them, waveforms, documents."""

from pydicom.dataset import Dataset

from imaging import attributes, person_name
from imaging.structured_report import wording

_MOST_LISTED = 6  # frame, segment or channel numbers that are told one by one


def person(item: Dataset, keyword: str) -> str:
    """A person's name as it is spoken."""
    return person_name.display_name(attributes.value(item, keyword))


def image(item: Dataset) -> str:
    """`CT Image, frame 3`: the kind of image and its frames (DICOM PS3.3 C.18.4)."""
    for reference in attributes.items(item, "ReferencedSOPSequence"):
        frames = _listed(reference, "ReferencedFrameNumber", "frame")
        segments = _listed(reference, "ReferencedSegmentNumber", "segment")
        return ", ".join(filter(None, (_kind(reference, "image"), frames, segments)))
    return "image"


def composite(item: Dataset) -> str:
    """The kind of object that is referenced (DICOM PS3.3 C.18.3)."""
    for reference in attributes.items(item, "ReferencedSOPSequence"):
        return _kind(reference, "document")
    return "document"


def waveform(item: Dataset) -> str:
    """The kind of waveform and how many channels of it (DICOM PS3.3 C.18.5)."""
    for reference in attributes.items(item, "ReferencedSOPSequence"):
        channels = len(attributes.numbers(reference, "ReferencedWaveformChannels")) // 2
        told = wording.several(channels, "channel") if channels else ""
        return ", ".join(filter(None, (_kind(reference, "waveform"), told)))
    return "waveform"


def region(item: Dataset, *, values_a_point: int) -> str:
    """`polyline of 12 points`: SCOORD and SCOORD3D (DICOM PS3.3 C.18.6, C.18.9)."""
    shape = wording.line(attributes.text(item, "GraphicType")).lower() or "region"
    points = len(attributes.numbers(item, "GraphicData")) // values_a_point
    if not points or shape in {"point", "circle", "ellipse", "ellipsoid"}:
        return shape
    return f"{shape} of {wording.several(points, 'point')}"


def time_region(item: Dataset) -> str:
    """`segment at 1 s, 2.5 s`: a range in time and its places (DICOM PS3.3 C.18.7)."""
    kind = wording.line(attributes.text(item, "TemporalRangeType")).lower() or "place in time"
    seconds = [f"{one:.6g} s" for one in attributes.numbers(item, "ReferencedTimeOffsets")]
    samples = [f"{one:.0f}" for one in attributes.numbers(item, "ReferencedSamplePositions")]
    moments = [wording.moment(one) for one in attributes.texts(item, "ReferencedDateTime")]
    for places, what in ((seconds, ""), (samples, "sample "), (moments, "")):
        if places:
            more = " and more" if len(places) > _MOST_LISTED else ""
            return f"{kind} at {what}{', '.join(places[:_MOST_LISTED])}{more}"
    return kind


def _kind(reference: Dataset, otherwise: str) -> str:
    return wording.uid_name(attributes.text(reference, "ReferencedSOPClassUID")) or otherwise


def _listed(reference: Dataset, keyword: str, what: str) -> str:
    found = [int(one) for one in attributes.numbers(reference, keyword)]
    if not found:
        return ""
    if len(found) > _MOST_LISTED:
        return wording.several(len(found), what)
    return f"{what if len(found) == 1 else what + 's'} {', '.join(map(str, found))}"
