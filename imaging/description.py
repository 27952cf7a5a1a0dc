"""Describing an image instance once, at ingest."""

from dataclasses import dataclass, replace
from typing import BinaryIO

from pydicom.dataset import Dataset

from imaging.attributes import is_big_endian, number, numbers, text, texts, value, whole
from imaging.colour_profile import read_colour_profile
from imaging.display_attributes import read_overlays, read_segmentation, read_shutter
from imaging.frame_spans import (
    DOUBLE_FLOAT_PIXEL_DATA,
    FLOAT_PIXEL_DATA,
    PixelElement,
    locate,
)
from imaging.functional_groups import FrameGroups
from imaging.inflating import Unlocatable
from imaging.instance import ImageDescription, SampleKind
from imaging.modules import Palette
from imaging.overlay import lift_embedded
from imaging.palette_attributes import read_palette
from imaging.placement_attributes import read_regions
from imaging.suv import read_suv_factor
from imaging.transfer_syntax import (
    DEFLATED_DATA_SET,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    is_encapsulated,
    is_lossy,
)
from imaging.view_attributes import read_projected

__all__ = ["ImageDescription", "Undescribable", "describe"]

# larger than the largest film; rendering takes a few times as much memory for a while
MAX_FRAME_BYTES = 1 << 28
MAX_FRAME_PIXELS = 1 << 26
MAX_FRAMES = 200_000
_PHOTOMETRICS = {
    1: ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"),
    3: tuple("RGB YBR_FULL YBR_FULL_422 YBR_PARTIAL_422 YBR_PARTIAL_420 YBR_ICT YBR_RCT".split()),
}
_SPACED_BY_PLACEMENT = ("patient", "calibrated", "detector")


class Undescribable(ValueError):
    """Why this object has no readable image, in a plain sentence."""


def describe(dataset: Dataset, source: BinaryIO | bytes) -> ImageDescription:
    """Everything needed to find, decode and show any frame of one instance.

    `dataset` needs no pixel data (it may be read with `stop_before_pixels`). `source` is the
    complete file that it was read from; only its element headers are read, and pixel cells that
    hold embedded overlays.

    Raises:
        Undescribable: the object is no image, or claims something impossible.
    """
    syntax = _transfer_syntax(dataset)
    frames = _frames(dataset)
    element = _locate(dataset, source, syntax, frames)
    cells = _cells(dataset, element)
    modality, sop_class = text(dataset, "Modality"), text(dataset, "SOPClassUID")
    groups = FrameGroups(dataset, frames, continuous=cells.kind != "integer")
    regions = read_regions(dataset)
    segmentation, segments = read_segmentation(dataset)
    overlays, embedded = read_overlays(dataset)
    big_endian = is_big_endian(dataset)
    description = ImageDescription(
        transfer_syntax=syntax,
        sop_class=sop_class,
        modality=modality,
        instance_number=whole(dataset, "InstanceNumber"),
        image_type=texts(dataset, "ImageType"),
        frame_of_reference=text(dataset, "FrameOfReferenceUID"),
        rows=cells.rows,
        columns=cells.columns,
        frames=frames,
        samples=cells.samples,
        bits_allocated=cells.allocated,
        bits_stored=cells.stored,
        high_bit=cells.high_bit,
        signed=cells.signed,
        sample_kind=cells.kind,
        photometric=cells.photometric,
        planar=cells.samples > 1 and whole(dataset, "PlanarConfiguration") == 1,
        big_endian=big_endian,
        word_swapped=big_endian and cells.allocated <= 8 and element.vr == "OW",
        spans=element.spans,
        deflated_at=element.deflated_at,
        source_length=element.source_length,
        missing=int(element.cut),
        greyscales=groups.greyscales(modality, sop_class),
        placements=groups.placements(modality, regions),
        inverse=cells.photometric == "MONOCHROME1"
        or text(dataset, "PresentationLUTShape") == "INVERSE",
        padding=_padding(dataset, cells),
        palette=_palette(dataset, cells),
        overlays=overlays,
        shutter=read_shutter(groups.frame_attribute("FrameDisplayShutterSequence")),
        aspect=1.0,
        regions=regions,
        frame_times=_frame_times(dataset, frames),
        lossy=is_lossy(syntax, text(dataset, "LossyImageCompression")),
        lossy_ratios=numbers(dataset, "LossyImageCompressionRatio"),
        segmentation=segmentation,
        segments=segments,
        frame_segments=groups.segments(),
        suv_factor=read_suv_factor(dataset) if modality == "PT" else 0.0,
        colour_profile=read_colour_profile(dataset),
        projected=read_projected(dataset),
    )
    description = replace(
        description,
        aspect=_aspect(dataset, description),
        missing=_missing(description, element.cut),
    )
    if embedded:
        description = replace(
            description, overlays=overlays + lift_embedded(description, embedded, source)
        )
    return description


@dataclass(frozen=True, slots=True)
class _Cells:
    """The Image Pixel module's claims, checked (DICOM PS3.3 C.7.6.3)."""

    rows: int
    columns: int
    samples: int
    allocated: int
    stored: int
    high_bit: int
    signed: bool
    kind: SampleKind
    photometric: str


def _transfer_syntax(dataset: Dataset) -> str:
    meta = getattr(dataset, "file_meta", None)
    stated = text(meta, "TransferSyntaxUID") if meta is not None else ""
    if stated:
        return stated
    if is_big_endian(dataset):
        return EXPLICIT_BIG
    return IMPLICIT_LITTLE if dataset.original_encoding[0] else EXPLICIT_LITTLE


def _frames(dataset: Dataset) -> int:
    if not value(dataset, "NumberOfFrames") and "NumberOfFrames" not in dataset:
        return 1
    frames = whole(dataset, "NumberOfFrames", -1)
    # 0, and an empty value, are written by devices that mean a single frame
    if frames == 0 or text(dataset, "NumberOfFrames") == "":
        frames = 1
    if not 1 <= frames <= MAX_FRAMES:
        stated = text(dataset, "NumberOfFrames")[:20]
        raise Undescribable(f"The file claims an impossible number of frames ({stated}).")
    return frames


def _locate(dataset: Dataset, source: BinaryIO | bytes, syntax: str, frames: int) -> PixelElement:
    implicit, little = dataset.original_encoding
    try:
        return locate(
            source,
            implicit=syntax == IMPLICIT_LITTLE if implicit is None else implicit,
            big_endian=syntax == EXPLICIT_BIG if little is None else not little,
            deflated=syntax == DEFLATED_DATA_SET,
            encapsulated=is_encapsulated(syntax),
            frames=frames,
        )
    except Unlocatable as reason:
        raise Undescribable(str(reason)) from reason


def _cells(dataset: Dataset, element: PixelElement) -> _Cells:
    rows, columns = whole(dataset, "Rows"), whole(dataset, "Columns")
    if not (1 <= rows <= 65535 and 1 <= columns <= 65535):
        raise Undescribable(f"The file claims an impossible size of {columns} × {rows} pixels.")
    samples = whole(dataset, "SamplesPerPixel", 1)
    if samples not in _PHOTOMETRICS:
        raise Undescribable(f"Images of {samples} samples a pixel cannot be shown.")
    photometric = text(dataset, "PhotometricInterpretation").upper().replace("_COLOR", " COLOR")
    # type 1, yet missing in files of old devices; the number of samples leaves one likely meaning
    photometric = photometric or ("MONOCHROME2" if samples == 1 else "RGB")
    if photometric not in _PHOTOMETRICS[samples]:
        raise Undescribable(
            f"Images of {samples} samples a pixel in {photometric} cannot be shown."
        )
    if (
        photometric.endswith("422")
        and columns % 2
        and not is_encapsulated(_transfer_syntax(dataset))
    ):
        raise Undescribable(f"An odd number of columns ({columns}) cannot be in {photometric}.")
    floats: dict[int, tuple[SampleKind, int]] = {
        FLOAT_PIXEL_DATA: ("float32", 32),
        DOUBLE_FLOAT_PIXEL_DATA: ("float64", 64),
    }
    kind, allocated = floats.get(element.tag, ("integer", whole(dataset, "BitsAllocated")))
    stored = allocated if kind != "integer" else whole(dataset, "BitsStored", allocated)
    high_bit = allocated - 1 if kind != "integer" else whole(dataset, "HighBit", stored - 1)
    if allocated not in (1, 8, 16, 32, 64) or not 1 <= stored <= allocated:
        raise Undescribable(f"The file claims pixels of {stored} bits in {allocated}.")
    if not stored - 1 <= high_bit < allocated:
        high_bit = stored - 1
    too_many = rows * columns > MAX_FRAME_PIXELS
    if too_many or rows * columns * samples * max(allocated, 8) // 8 > MAX_FRAME_BYTES:
        raise Undescribable(f"A frame of {columns} × {rows} pixels is too large to be shown.")
    signed = kind == "integer" and allocated > 1 and whole(dataset, "PixelRepresentation") == 1
    return _Cells(rows, columns, samples, allocated, stored, high_bit, signed, kind, photometric)


def _missing(description: ImageDescription, cut: bool) -> int:
    """How many pixel bytes the file lacks.

    Raises:
        Undescribable: there is not even one row of pixels.
    """
    spans = description.spans
    if spans.encapsulated:
        if not spans.fragments:
            raise Undescribable("The pixel data of this file is empty.")
        present = sum(bool(spans.of_fragments(frame)) for frame in (0, description.frames - 1))
        return int(cut or present < 2)
    needed = -(-description.frame_bits * description.frames // 8)
    if spans.length * 8 * description.rows < description.frame_bits:
        raise Undescribable(f"The file holds {spans.length} of {needed:,} bytes of pixel data.")
    return max(needed - spans.length, 0)


def _padding(dataset: Dataset, cells: _Cells) -> tuple[float, ...]:
    """Lowest and highest stored value that mean "outside", or () (DICOM PS3.3 C.7.5.1.1.2)."""
    prefix = {"float32": "Float", "float64": "DoubleFloat"}.get(cells.kind, "")
    first = numbers(dataset, f"{prefix}PixelPaddingValue", 1)
    if not first or cells.samples != 1:
        return ()
    ends = first + (numbers(dataset, f"{prefix}PixelPaddingRangeLimit", 1) or first)
    if cells.kind == "integer":
        ends = tuple(float(_as_cell(int(end), cells)) for end in ends)
    return min(ends), max(ends)


def _as_cell(stated: int, cells: _Cells) -> int:
    """A value as the cells hold it: devices write the wrong signedness, or more bits than are
    stored.
    """
    cell = stated & ((1 << cells.stored) - 1)
    return cell - (1 << cells.stored) if cells.signed and cell >> (cells.stored - 1) else cell


def _palette(dataset: Dataset, cells: _Cells) -> Palette | None:
    if cells.samples != 1 or "RedPaletteColorLookupTableDescriptor" not in dataset:
        if cells.photometric == "PALETTE COLOR":
            raise Undescribable("The file's colours are in a palette that it does not hold.")
        return None
    plain = cells.photometric == "PALETTE COLOR"
    if not plain and text(dataset, "PixelPresentation") not in ("COLOR", "MIXED"):
        return None
    palette = read_palette(dataset, supplemental=not plain)
    if palette is None and plain:
        raise Undescribable("The palette of this file is malformed.")
    return palette


def _aspect(dataset: Dataset, description: ImageDescription) -> float:
    """A pixel's height over its width (DICOM PS3.3 C.7.6.3.1.7); 1 when unknown or absurd."""
    spacing = description.placements[0].spacing
    if spacing.meaning in _SPACED_BY_PLACEMENT:
        ratio = spacing.row / spacing.column
    else:
        stated = numbers(dataset, "PixelAspectRatio", 2)
        ratio = stated[0] / stated[1] if stated and min(stated) > 0 else 1.0
    return ratio if 0.02 <= ratio <= 50 else 1.0


def _frame_times(dataset: Dataset, frames: int) -> tuple[float, ...]:
    """Milliseconds a frame: one for all, or one each; () when unknown (DICOM PS3.3 C.7.6.5)."""
    if frames == 1:
        return ()
    vector = numbers(dataset, "FrameTimeVector")
    if len(vector) == frames and all(time >= 0 for time in vector) and any(vector):
        # increments count from the frame before: a frame stays until the next one's begins
        return (*vector[1:], vector[-1])
    time = number(dataset, "FrameTime")
    if time > 0:
        return (time,)
    rate = number(dataset, "RecommendedDisplayFrameRate") or number(dataset, "CineRate")
    return (1000 / rate,) if rate > 0 else ()
