"""What applies to which frame: functional groups of enhanced objects, or the data set itself of
others.
"""

from collections.abc import Iterator
from typing import TypeVar

from pydicom.dataset import Dataset

from imaging.attributes import items, text, whole
from imaging.grey_attributes import read_greyscale
from imaging.modules import Greyscale, Placement, UltrasoundRegion
from imaging.placement_attributes import read_placement, read_spacing

T = TypeVar("T")


class FrameGroups:
    """The functional groups macros of one data set (DICOM PS3.3 C.7.6.16); `continuous`: of float
    pixels.
    """

    def __init__(self, dataset: Dataset, frames: int, *, continuous: bool = False) -> None:
        shared = items(dataset, "SharedFunctionalGroupsSequence")
        per_frame = items(dataset, "PerFrameFunctionalGroupsSequence")
        self._root = dataset
        self._continuous = continuous
        self._shared = shared[0] if shared else Dataset()
        self._frames = list(per_frame[:frames])
        self._count = frames if self._frames else 1

    def _macro(self, frame: int, keyword: str) -> Dataset:
        """The macro's item for a frame: its own, the shared one, or the data set itself."""
        own = self._frames[frame] if frame < len(self._frames) else Dataset()
        for group in (own, self._shared):
            found = items(group, keyword)
            if found:
                return found[0]
        return self._root

    def greyscales(self, modality: str, sop_class: str) -> tuple[Greyscale, ...]:
        """One entry, or one a frame where frames differ."""
        default = _default_units(self._root, modality)
        return _merged(
            read_greyscale(
                self._macro(frame, "PixelValueTransformationSequence"),
                self._macro(frame, "FrameVOILUTSequence"),
                self._real_world_units(frame) or default,
                sop_class,
                continuous=self._continuous,
            )
            for frame in range(self._count)
        )

    def placements(
        self, modality: str, regions: tuple[UltrasoundRegion, ...]
    ) -> tuple[Placement, ...]:
        """One entry, or one a frame where frames differ."""
        made = []
        for frame in range(self._count):
            measures = self._macro(frame, "PixelMeasuresSequence")
            made.append(
                read_placement(
                    self._macro(frame, "PlanePositionSequence"),
                    self._macro(frame, "PlaneOrientationSequence"),
                    measures,
                    read_spacing(measures, self._root, modality, regions),
                )
            )
        return _merged(iter(made))

    def segments(self) -> tuple[int, ...]:
        """The segment number that each frame shows; empty when no frame names one."""
        numbers = tuple(
            whole(self._macro(frame, "SegmentIdentificationSequence"), "ReferencedSegmentNumber")
            for frame in range(self._count)
        )
        return numbers if any(numbers) else ()

    def frame_attribute(self, keyword: str) -> Dataset:
        """The macro `keyword` of the first frame: for what holds for all frames alike."""
        return self._macro(0, keyword)

    def _real_world_units(self, frame: int) -> str:
        """Units of a parametric map, whose stored values are real world values (DICOM PS3.3
        C.7.6.16.2.11).
        """
        if not self._continuous and not _is_parametric(self._root):
            return ""
        mapping = self._macro(frame, "RealWorldValueMappingSequence")
        for units in items(mapping, "MeasurementUnitsCodeSequence")[:1]:
            code = text(units, "CodeValue")
            return "" if code == "1" else code
        return ""


def _is_parametric(dataset: Dataset) -> bool:
    return text(dataset, "SOPClassUID") == "1.2.840.10008.5.1.4.1.1.30"


def _default_units(dataset: Dataset, modality: str) -> str:
    """Units of modality values that the transformation does not name."""
    if modality == "PT":
        return text(dataset, "Units")
    # an unnamed rescale of a CT image is to Hounsfield units (DICOM PS3.3 C.8.2.1.1.2); its
    # localizers too
    return "HU" if modality == "CT" and "RescaleIntercept" in dataset else ""


def _merged(made: Iterator[T]) -> tuple[T, ...]:
    entries = tuple(made)
    return entries[:1] if len(set(entries)) == 1 else entries
