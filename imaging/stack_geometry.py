"""What the slices of a series are together: an even, uneven or tilted stack, or no volume at all.

Only positions and orientations count, never the order or the spacing that a file claims elsewhere
(DICOM PS3.3 C.7.6.2.1.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.geometry import SAME_PLACE, normal
from imaging.instance import ImageDescription
from imaging.modules import Placement
from imaging.sentences import Sentence

Vector = NDArray[np.float64]
SAME_DIRECTION = 2e-3  # largest difference of a direction's components within one stack
SAME_SPACING = 1e-3  # share of a pixel spacing
EVEN = 0.02  # share of the spacing that a slice may stand aside and still count as even
ROUNDED = 0.06  # mm that devices round positions to, as long as it is a tenth of the spacing
UPRIGHT = 0.1  # pixels that a whole stack may lean and still count as upright
ASIDE = 0.25  # pixels that a slice may stand beside the line of the others

ALONE = Sentence("A volume needs several images, and this series has one.")
SMALL = Sentence("The images of this series are too small to make a volume.")
SIZES = Sentence("The images of this series differ in size, so they make no volume.")
PLACELESS = Sentence("The images of this series do not say where they lie in the patient.")
SCALELESS = Sentence("The images of this series do not say how large their pixels are.")
SPACINGS = Sentence("The pixels of these images differ in size, so they make no volume.")
DIRECTIONS = Sentence(
    "The images of this series lie in different directions, so they make no volume."
)
REFERENCES = Sentence(
    "The patient moved between the images of this series, so they make no volume."
)
TOGETHER = Sentence("Several images of this series lie in the same place, so they make no volume.")
UNEVEN = Sentence("The images are unevenly spaced; what lies between them is interpolated.")
HOLES = Sentence("Images are missing in between; these parts are left black.")
SCATTERED = Sentence(
    "The images of this series are shifted against each other, so they make no volume."
)


@dataclass(frozen=True, slots=True)
class FramePlace:
    """What is known of where one frame lies, and its size in pixels."""

    placement: Placement
    rows: int
    columns: int
    frame_of_reference: str = ""


@dataclass(frozen=True, slots=True)
class NoVolume:
    """Why these frames make no volume, in a plain sentence."""

    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class StackGeometry:
    """Parallel slices one behind the other; lengths in mm, directions in patient coordinates.

    The centre of the voxel in column i and row j of the slice at height h lies at
    `origin + i * column_step * right + j * row_step * down + h * across`.

    `order` holds the indices of the frames that were judged, in the direction of `normal`;
    `heights` their distances along it from the first, in that order. `across` is `normal` where
    the stack is upright; where it is tilted it leads from slice to slice, one mm of height on.
    `uneven_gaps` numbers the gaps (0: between the first two of `order`) that differ from the
    typical one, and is empty in an even stack. `holes` are those of them so wide that what lies
    inside is unknown.
    """

    order: tuple[int, ...]
    rows: int
    columns: int
    origin: Vector
    right: Vector
    down: Vector
    normal: Vector
    across: Vector
    row_step: float
    column_step: float
    heights: tuple[float, ...]
    uneven_gaps: tuple[int, ...] = ()
    holes: tuple[int, ...] = ()
    tilt: float = 0.0  # degrees between `across` and `normal`

    @property
    def even(self) -> bool:
        return not self.uneven_gaps

    @property
    def spacing(self) -> float:
        """The typical distance of neighbouring slices along the normal."""
        return float(np.median(np.diff(self.heights)))

    @property
    def steps(self) -> NDArray[np.float64]:
        """Columns: what one column, one row and one mm of height add, in patient mm; (3, 3)."""
        return np.stack(
            [self.right * self.column_step, self.down * self.row_step, self.across], axis=1
        )

    def remarks(self) -> tuple[str, ...]:
        """What a person should know of a volume made of this stack, in sentences."""
        said = []
        if self.tilt:
            said.append(
                Sentence(
                    "Taken with the gantry tilted by {tilt:.1f}°; set upright here.", tilt=self.tilt
                )
            )
        if self.uneven_gaps:
            said.append(UNEVEN)
        if self.holes:
            said.append(HOLES)
        return tuple(said)


def frame_place(description: ImageDescription, frame: int) -> FramePlace:
    """Where a frame lies; every frame of an enhanced object has its own place."""
    return FramePlace(
        description.placement(frame),
        description.rows,
        description.columns,
        description.frame_of_reference,
    )


def judge(places: Sequence[FramePlace]) -> StackGeometry | NoVolume:
    """What the frames of a series are together."""
    if reason := _unlike(places):
        return NoVolume(reason)
    first = places[0].placement
    right, down = _axes(first)
    along = normal(first.orientation)
    positions = np.array([place.placement.position for place in places], float)
    distances = positions @ along
    order = np.argsort(distances, kind="stable")
    positions, heights = positions[order], distances[order] - distances[order[0]]
    gaps = np.diff(heights)
    if float(gaps.min()) < SAME_PLACE:
        return NoVolume(TOGETHER)
    pixel = min(first.spacing.row, first.spacing.column)
    across = (positions[-1] - positions[0]) / heights[-1]
    leaning = float(np.linalg.norm(across - along)) * heights[-1]
    tilted = leaning > UPRIGHT * pixel
    if not tilted:
        across = along
    aside = positions - positions[0] - heights[:, None] * across
    if float(np.linalg.norm(aside, axis=1).max()) > ASIDE * pixel:
        return NoVolume(SCATTERED)
    spacing, begin = np.polyfit(np.arange(len(heights)), heights, 1)
    evenly = spacing * np.arange(len(heights))
    origin, uneven = positions[0], _uneven(heights, evenly + begin)
    if not uneven:
        origin, heights = origin + begin * across, evenly
    thickness = [places[n].placement.thickness for n in order]
    return StackGeometry(
        order=tuple(int(n) for n in order),
        rows=places[0].rows,
        columns=places[0].columns,
        origin=origin,
        right=right,
        down=down,
        normal=along,
        across=across,
        row_step=first.spacing.row,
        column_step=first.spacing.column,
        heights=tuple(float(height) for height in heights),
        uneven_gaps=uneven,
        holes=_holes(gaps, uneven, thickness),
        tilt=float(np.degrees(np.arctan(np.linalg.norm(across - along)))) if tilted else 0.0,
    )


def _unlike(places: Sequence[FramePlace]) -> str:
    """Why the frames are not parallel slices of one size; empty when they are."""
    if len(places) < 2:
        return ALONE
    if len({(place.rows, place.columns) for place in places}) > 1:
        return SIZES
    placements = [place.placement for place in places]
    if not all(placement.position and placement.orientation for placement in placements):
        return PLACELESS
    if min(places[0].rows, places[0].columns) < 2:
        return SMALL
    if len({place.frame_of_reference for place in places}) > 1:
        return REFERENCES
    directions = np.array([placement.orientation for placement in placements])
    if float(np.abs(directions - directions[0]).max()) > SAME_DIRECTION:
        return DIRECTIONS
    if not all(p.spacing.meaning == "patient" and p.spacing.row for p in placements):
        return SCALELESS
    spacings = np.array([(p.spacing.row, p.spacing.column) for p in placements])
    if float(np.abs(spacings / spacings[0] - 1).max()) > SAME_SPACING:
        return SPACINGS
    return ""


def _axes(placement: Placement) -> tuple[Vector, Vector]:
    """Row and column direction, made exactly perpendicular units of what devices round."""
    right = np.array(placement.orientation[:3], float)
    right /= np.linalg.norm(right)
    down = np.cross(normal(placement.orientation), right)
    return right, down


def _uneven(heights: Vector, evenly: Vector) -> tuple[int, ...]:
    """The gaps that make the stack uneven; () when every slice stands where an even one has it."""
    gaps = np.diff(heights)
    spacing = float(evenly[1] - evenly[0])
    allowed = max(EVEN * spacing, min(ROUNDED, spacing / 10))
    if float(np.abs(heights - evenly).max()) <= allowed:
        return ()
    differing = np.abs(gaps - np.median(gaps))
    found = np.flatnonzero(differing > allowed)
    # a spacing that drifts has no odd gap: the most different one stands for all
    return tuple(int(n) for n in found) or (int(differing.argmax()),)


def _holes(
    gaps: NDArray[np.float64], uneven: tuple[int, ...], thickness: list[float]
) -> tuple[int, ...]:
    typical = float(np.median(gaps))
    return tuple(
        n
        for n in uneven
        if gaps[n] > 3.5 * typical and gaps[n] > 1.5 * max(thickness[n], thickness[n + 1])
    )
