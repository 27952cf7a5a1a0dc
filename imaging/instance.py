"""Everything about one image that finding, decoding and showing any of its frames needs."""

from dataclasses import dataclass
from typing import Literal

from imaging.frame_spans import FrameSpans
from imaging.modules import (
    Greyscale,
    Overlay,
    Palette,
    Placement,
    Projected,
    Segment,
    SegmentationType,
    Shutter,
    UltrasoundRegion,
)
from imaging.packing import pack, unpack

SampleKind = Literal["integer", "float32", "float64"]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ImageDescription:
    """One instance, described at ingest so that its file need not be parsed again.

    Frames count from 0. `greyscales`, `placements` and `frame_times` hold one entry for all frames,
    or one a frame; ask `greyscale(frame)` and `placement(frame)`. `deflated_at` is where a deflated
    data set begins in the file, 0 when the data set is not deflated. `padding` is (), or the lowest
    and the highest stored value that means "outside" (DICOM PS3.3 C.7.5.1.1.2). `aspect` is a
    pixel's height over its width. `missing` counts the pixel bytes a truncated file lacks (at least
    1 when it is not known how many). `colour_profile` names the ICC profile, which is not applied;
    it is empty when there is none.
    """

    transfer_syntax: str
    sop_class: str
    modality: str
    instance_number: int
    image_type: tuple[str, ...]
    frame_of_reference: str
    rows: int
    columns: int
    frames: int
    samples: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    sample_kind: SampleKind
    photometric: str
    planar: bool
    big_endian: bool
    word_swapped: bool
    spans: FrameSpans
    deflated_at: int
    source_length: int
    missing: int
    greyscales: tuple[Greyscale, ...]
    placements: tuple[Placement, ...]
    inverse: bool
    padding: tuple[float, ...]
    palette: Palette | None
    overlays: tuple[Overlay, ...]
    shutter: Shutter | None
    aspect: float
    regions: tuple[UltrasoundRegion, ...]
    frame_times: tuple[float, ...]
    lossy: bool
    lossy_ratios: tuple[float, ...]
    segmentation: SegmentationType
    segments: tuple[Segment, ...]
    frame_segments: tuple[int, ...]
    suv_factor: float
    colour_profile: str
    projected: Projected

    def to_bytes(self) -> bytes:
        """Compact bytes for storage; see `imaging.packing`."""
        return pack(self)

    @classmethod
    def from_bytes(cls, data: bytes) -> "ImageDescription":
        """The description that `to_bytes` wrote.

        Raises:
            imaging.packing.Outdated: another version of the class wrote the bytes; describe the
                file again.
        """
        return unpack(cls, data)

    @property
    def truncated(self) -> bool:
        """Whether the file ends before its pixel data does."""
        return self.missing > 0

    def lacks(self, frame: int) -> bool:
        """Whether the file ends before frame `frame` does, so that some or all of it is blank."""
        if not self.truncated:
            return False
        if not self.spans.encapsulated:
            return (frame + 1) * self.frame_bits > 8 * self.spans.length
        pieces = self.spans.of_fragments(frame)
        return not pieces or sum(pieces[-1]) >= self.source_length

    @property
    def monochrome(self) -> bool:
        return self.photometric in ("MONOCHROME1", "MONOCHROME2")

    def greyscale(self, frame: int) -> Greyscale:
        return self.greyscales[frame if len(self.greyscales) > 1 else 0]

    def placement(self, frame: int) -> Placement:
        return self.placements[frame if len(self.placements) > 1 else 0]

    def frame_time(self, frame: int) -> float:
        """How long a frame is shown in cine, in milliseconds; 0 when the file does not say."""
        if not self.frame_times:
            return 0.0
        return self.frame_times[frame if len(self.frame_times) > 1 else 0]

    @property
    def frame_bits(self) -> int:
        """The bits of one native frame, padding aside (DICOM PS3.5 8.1.1)."""
        samples_of_two = 4 if self.subsampled else 2 * self.samples
        return self.rows * self.columns * samples_of_two * self.bits_allocated // 2

    @property
    def subsampled(self) -> bool:
        """Whether native chrominance is stored for every second column only (DICOM PS3.3
        C.7.6.3.1.2).
        """
        return self.photometric in ("YBR_FULL_422", "YBR_PARTIAL_422") and not self.planar

    def frame_spans(self, frame: int) -> tuple[Span, ...]:
        """(offset, length) of the pieces that hold frame `frame`, in order, as far as the file has
        them.

        Offsets count in the stored file, or in the inflated data set when `deflated_at` is not 0. A
        native frame of 1-bit pixels may begin and end inside a byte: the span covers both bytes.
        """
        if self.spans.encapsulated:
            return self.spans.of_fragments(frame)
        first_bit = frame * self.frame_bits
        begin, end = first_bit // 8, -(-(first_bit + self.frame_bits) // 8)
        if self.word_swapped:
            begin, end = begin & ~1, end + (end & 1)
        end = min(end, self.spans.length)
        return ((self.spans.offset + begin, end - begin),) if end > begin else ()
