"""The files that are damaged: real ones of the corpus, and small ones made here, of every kind."""

from __future__ import annotations

import functools
import io
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pydicom
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    UID,
    BasicTextSRStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    RLELossless,
)

from imaging.phantom.objects import Exam, Person
from imaging.phantom.written import pdf_report
from tests.dicom import ct_slice, photograph
from tests.imaging.builders import in_syntax
from tests.imaging.test_structured_report import code_item, item, measured, report

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
MADE = 18  # how many of the originals are made here
LARGEST = 700_000  # bytes: larger files only make the same damage slower
DEFLATED_FRAMES = UID("1.2.840.10008.1.2.8.1")
STUDY = "1.2.826.0.1.3680043.10.7777.1"


@dataclass(frozen=True, slots=True)
class Original:
    """A whole file, and the UIDs in it that name study, series and instance."""

    name: str
    data: bytes
    uids: tuple[bytes, ...]


@functools.cache
def originals() -> tuple[Original, ...]:
    """Every file to damage, in a stable order; the `MADE` ones made here first."""
    found = [*_made(), *(_of_corpus() if CORPUS.is_dir() else ())]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some of the corpus are odd by themselves
        return tuple(Original(name, data, _uids(data)) for name, data in found)


def _uids(data: bytes) -> tuple[bytes, ...]:
    try:
        dataset = pydicom.dcmread(io.BytesIO(data), force=True, stop_before_pixels=True)
        names = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
        return tuple(str(dataset.get(name) or "").encode() for name in names)
    except Exception:
        return ()


def _of_corpus() -> Iterator[tuple[str, bytes]]:
    seen: dict[Path, int] = {}
    for path in sorted(CORPUS.rglob("*")):
        if not path.is_file() or path.stat().st_size > LARGEST:
            continue
        seen[path.parent] = seen.get(path.parent, 0) + 1
        if "phantom-head" in path.parts and seen[path.parent] > 3:
            continue  # a hundred slices of one scan are damaged alike
        yield str(path.relative_to(CORPUS)), path.read_bytes()


def _made() -> Iterator[tuple[str, bytes]]:
    for syntax in (ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian,
                   DeflatedExplicitVRLittleEndian):  # fmt: skip
        yield f"slice, {syntax.name}", in_syntax(_windowed(), syntax)
    for syntax in (RLELossless, JPEGLSLossless, JPEG2000Lossless):
        yield f"frames, {syntax.name}", _compressed(_frames(), syntax)
        yield f"colours, {syntax.name}", _compressed(photograph(study=STUDY), syntax)
    yield "colours, JPEG", in_syntax(_colours(), JPEGBaseline8Bit, [_jpeg()])
    yield "frames, deflated", in_syntax(_frames(), DEFLATED_FRAMES, [_deflated()] * 3)
    yield "frames, native", in_syntax(_frames(), ExplicitVRLittleEndian)
    yield "enhanced", in_syntax(_enhanced(), ExplicitVRLittleEndian)
    yield "decorated", in_syntax(_decorated(), ExplicitVRLittleEndian)
    yield "palette", in_syntax(_palette(), ExplicitVRLittleEndian)
    yield "structured report", in_syntax(_report(), ExplicitVRLittleEndian)
    yield "document", in_syntax(_document(), ExplicitVRLittleEndian)


def _windowed() -> Dataset:
    return ct_slice(study=STUDY, number=1, size=48)


def _frames() -> Dataset:
    dataset = ct_slice(study=STUDY, series=f"{STUDY}.2", number=2, size=32)
    one = np.frombuffer(dataset.PixelData, np.uint16)
    dataset.NumberOfFrames, dataset.FrameTime = 3, 40
    dataset.PixelData = np.concatenate([one, one[::-1], one // 2]).tobytes()
    return dataset


def _colours() -> Dataset:
    dataset = photograph(study=STUDY)
    dataset.PhotometricInterpretation = "YBR_FULL_422"
    return dataset


def _jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((48, 32)).convert("RGB").save(buffer, "JPEG")
    return buffer.getvalue()


def _deflated() -> bytes:
    deflate = zlib.compressobj(wbits=-15)
    return deflate.compress(np.arange(32 * 32, dtype=np.uint16).tobytes()) + deflate.flush()


def _compressed(dataset: Dataset, syntax: UID) -> bytes:
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.compress(syntax, generate_instance_uid=False)
    return in_syntax(dataset, syntax)


def _enhanced() -> Dataset:
    """Frames with functional groups of their own."""
    dataset = _frames()
    dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2.1"
    groups = []
    for number in range(3):
        group, place, window = Dataset(), Dataset(), Dataset()
        place.ImagePositionPatient = [0, 0, 2.5 * number]
        window.WindowCenter, window.WindowWidth = [40, 300], [400, 1500]
        group.PlanePositionSequence, group.FrameVOILUTSequence = [place], [window]
        groups.append(group)
    shared, axes, measures = Dataset(), Dataset(), Dataset()
    axes.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    measures.PixelSpacing, measures.SliceThickness = [0.7, 0.7], 2.5
    shared.PlaneOrientationSequence, shared.PixelMeasuresSequence = [axes], [measures]
    dataset.SharedFunctionalGroupsSequence = [shared]
    dataset.PerFrameFunctionalGroupsSequence = groups
    return dataset


def _decorated() -> Dataset:
    """With tables, an overlay, shutters, padding and an ultrasound region."""
    dataset = ct_slice(study=STUDY, number=3, size=40, Modality="US")
    table = Dataset()
    table.LUTDescriptor = [256, 0, 16]
    table.LUTData = np.arange(0, 65536, 256, dtype=np.uint16).tobytes()
    table.ModalityLUTType = "US"
    dataset.ModalityLUTSequence, dataset.VOILUTSequence = [table], [table]
    dataset.ShutterShape = ["RECTANGULAR", "CIRCULAR", "POLYGONAL"]
    dataset.ShutterLeftVerticalEdge, dataset.ShutterRightVerticalEdge = 2, 38
    dataset.ShutterUpperHorizontalEdge, dataset.ShutterLowerHorizontalEdge = 2, 38
    dataset.CenterOfCircularShutter, dataset.RadiusOfCircularShutter = [20, 20], 18
    dataset.VerticesOfThePolygonalShutter = [1, 1, 1, 40, 40, 40, 40, 1]
    dataset.PixelPaddingValue, dataset.PixelPaddingRangeLimit = 0, 3
    dataset.PixelAspectRatio = [4, 3]
    for element, vr, value in ((0x10, "US", 40), (0x11, "US", 40), (0x15, "IS", 1),
                               (0x40, "CS", "G"), (0x50, "SS", [1, 1]), (0x100, "US", 1),
                               (0x102, "US", 0), (0x3000, "OW", bytes(range(200)))):  # fmt: skip
        dataset.add_new(0x60000000 | element, vr, value)
    region = Dataset()
    region.RegionLocationMinX0, region.RegionLocationMaxX1 = 4, 30
    region.RegionLocationMinY0, region.RegionLocationMaxY1 = 4, 30
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX = region.PhysicalDeltaY = 0.05
    dataset.SequenceOfUltrasoundRegions = [region]
    return dataset


def _palette() -> Dataset:
    dataset = photograph(study=STUDY)
    del dataset.PlanarConfiguration
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "PALETTE COLOR"
    dataset.PixelData = bytes(range(256)) * 6
    ramp = np.arange(0, 65536, 256, dtype=np.uint16)
    segmented = np.array([0, 1, 0, 1, 255, 65535], np.uint16)
    for colour, entries in (("Red", ramp), ("Green", ramp[::-1])):
        setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [256, 0, 16])
        setattr(dataset, f"{colour}PaletteColorLookupTableData", entries.tobytes())
    dataset.BluePaletteColorLookupTableDescriptor = [256, 0, 16]
    dataset.SegmentedBluePaletteColorLookupTableData = segmented.tobytes()
    return dataset


def _report() -> Dataset:
    dataset = report(
        item("TEXT", "Finding", TextValue="A small nodule in the left lung."),
        code_item("Impression", "Stable"),
        measured("Length", "12.5", "mm"),
    )
    _filed(dataset, number=4)
    dataset.SOPClassUID, dataset.Modality = BasicTextSRStorage, "SR"
    return dataset


def _document() -> Dataset:
    person = Person("FRENCHIE^Chester", "P1", "19580314", "M")
    exam = Exam(person, "fuzz", datetime(2026, 10, 3, 9, 20), "CT", "CT chest", "CHEST")  # noqa: DTZ001
    return pdf_report(exam, 9, "Report", ["The lungs are clear.", "Nothing else."])


def _filed(dataset: Dataset, *, number: int) -> None:
    """What an object needs to find its place in the archive."""
    for element in photograph(study=STUDY):
        if element.tag.group in (0x0008, 0x0010, 0x0020) and element.tag not in dataset:
            dataset.add(element)
    dataset.SOPInstanceUID = f"{STUDY}.{number}.1"
