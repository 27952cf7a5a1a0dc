"""Exams whose every picture can be worked out with numpy, and what a viewport shows of them.

An F on a disc over a ramp, and a block that stands elsewhere in every slice: nothing can be
turned, mirrored, inverted, windowed or taken from another slice without being seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UltrasoundImageStorage

from imaging.grayscale import Window
from imaging.render import Look, render
from services.viewer.stack import Stack
from services.viewer.view_state import ViewState
from tests.dicom import as_bytes, ct_slice, photograph
from tests.imaging.builders import decoded, described
from tests.imaging.golden import COLUMNS, ROWS, colours, scene

STUDY, EARLIER, ULTRASOUND = (f"1.2.826.0.1.3680043.10.{n}" for n in (1, 2, 4))
SLICES, THIN_SLICES, STEP = 24, 6, 3.0  # mm from slice to slice
WINDOW = Window(40, 400)
BAND = 16  # rows of the ultrasound image above its region, where names are written
Values = NDArray[np.int16]


def volume(slices: int = SLICES, *, mirrored: bool = False) -> Values:
    """HU of (slices, rows, columns)."""
    one = np.rint(scene() * 2 - 200).astype(np.int16)
    one[60:92:4, 2:34] += 60  # stripes: a small shift is seen everywhere along them
    values = np.stack([one[:, ::-1] if mirrored else one] * slices)
    for number in range(slices):
        left = 8 + number * 4
        values[number, 2:12, left : left + 10] = 300 - 4 * number
    return values


@dataclass(frozen=True)
class Series:
    """Slices of the chest, and what is seen of them."""

    study: str
    number: int
    values: Values
    date: str = "20261003"
    name: str = "Axial"

    def datasets(self) -> list[Dataset]:
        """The files."""
        return [self._slice(number) for number in range(len(self.values))]

    def stack(self) -> Stack:
        """The slices as they were taken."""
        return Stack(1, len(self.values), COLUMNS, ROWS, 1.0, WINDOW)

    def coronal(self) -> Stack:
        """Planes from front to back; a slice is a row three times as high as it is wide."""
        return Stack(1, ROWS, COLUMNS, len(self.values), STEP, WINDOW, "Coronal")

    def sagittal(self) -> Stack:
        """Planes from the patient's right to left."""
        return Stack(1, COLUMNS, ROWS, len(self.values), STEP, WINDOW, "Sagittal")

    def picture(self, view: ViewState, *, thick: int = 0) -> NDArray[np.uint8]:
        """What a view shows, all of it; `thick`: the brightest of so many planes to each side."""
        first, last = max(view.slice - thick, 0), view.slice + thick + 1
        planes = {
            "": self.values[first:last],
            "Coronal": self.values[:, first:last].transpose(1, 0, 2),
            "Sagittal": self.values[:, :, first:last].transpose(2, 0, 1),
        }[view.stack.plane]
        data = as_bytes(self._file(planes.max(axis=0), 0))
        look = Look(view.window, invert=view.invert)
        return render(described(data), 0, decoded(data), look)

    def _slice(self, number: int) -> Dataset:
        return self._file(self.values[number], number)

    def _file(self, values: Values, number: int) -> Dataset:
        return ct_slice(
            study=self.study, series=f"{self.study}.{self.number}", number=number + 1,
            StudyDate=self.date, SeriesNumber=self.number, SeriesDescription=self.name,
            ImagePositionPatient=[-64, -48, -STEP * number], SliceThickness=STEP,
            Rows=values.shape[0], Columns=values.shape[1],
            PixelData=(values.astype(np.int32) + 1024).astype(np.uint16).tobytes(),
        )  # fmt: skip


CHEST = Series(STUDY, 1, volume())
THIN = Series(STUDY, 2, volume(THIN_SLICES)[:, ::-1], name="Upside down")
PRIOR = Series(EARLIER, 1, volume(mirrored=True), "20240205")


def ultrasound() -> Dataset:
    """A picture with a region; what is above it must not be seen where details are hidden."""
    dataset = photograph(study=ULTRASOUND)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = UltrasoundImageStorage
    dataset.Modality, dataset.StudyDate = "US", "20250101"
    dataset.Rows, dataset.Columns = ROWS, COLUMNS
    dataset.PixelData = colours().tobytes()
    region = Dataset()
    region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, BAND
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = COLUMNS - 1, ROWS - 1
    region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = 1, 1, 0
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX = region.PhysicalDeltaY = 0.05
    dataset.SequenceOfUltrasoundRegions = Sequence([region])
    return dataset


def ultrasound_seen(*, hidden: bool) -> NDArray[np.uint8]:
    """The pixels of it that may be seen."""
    picture = colours()
    if hidden:
        picture[:BAND] = 0
    return picture
