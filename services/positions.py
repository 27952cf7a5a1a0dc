"""Where the images of a stack lie in the patient, so that stacks can be scrolled together."""

from __future__ import annotations

from dataclasses import dataclass

from imaging import geometry
from services import access as decision
from services.access import Access
from services.errors import NotFound
from services.exams import SeriesEntry
from services.frames import Images
from services.language import _
from services.portal import Portal

Vector = tuple[float, float, float]
PARALLEL = 0.99  # cosine between normals of images that count as parallel


@dataclass(frozen=True, slots=True)
class Positions:
    """The slices of a stack: mm along its normal, in a frame of reference."""

    frame_of_reference: str  # Frame of Reference UID, DICOM PS3.3 C.7.4.1
    normal: Vector
    locations: tuple[float, ...]  # of each slice

    def nearest(self, other: Positions, slice: int) -> int | None:
        """The slice here that lies nearest to one of another stack; None: not comparable."""
        cosine = sum(a * b for a, b in zip(self.normal, other.normal, strict=True))
        shared = self.frame_of_reference and self.frame_of_reference == other.frame_of_reference
        if not (shared and abs(cosine) >= PARALLEL):
            return None
        there = other.locations[slice] * (1 if cosine > 0 else -1)
        return min(range(len(self.locations)), key=lambda n: abs(self.locations[n] - there))


def positions(
    portal: Portal, images: Images, access: Access, series: SeriesEntry
) -> Positions | None:
    """Where the images of an acquired series lie; None where they do not all say so, in one frame
    of reference and parallel.

    Raises Expired once the exam may no longer be seen, NotFound for a series of another exam.
    """
    access = decision.renewed(portal, access)
    if series.cut is not None:
        return None
    stored = images.images([where.instance_id for where in series.slices])
    if any(image.study_id != access.study_id for image in stored):
        raise NotFound(_(decision.NOT_FOUND))
    normal: Vector | None = None
    reference = stored[0].description.frame_of_reference
    locations: list[float] = []
    for image, where in zip(stored, series.slices, strict=True):
        description = image.description
        location = geometry.slice_location(description, where.frame)
        if location is None or not reference or description.frame_of_reference != reference:
            return None
        x, y, z = (
            float(n) for n in geometry.normal(description.placement(where.frame).orientation)
        )
        normal = normal or (x, y, z)
        if sum(a * b for a, b in zip(normal, (x, y, z), strict=True)) < PARALLEL:
            return None
        locations.append(location)
    return Positions(reference, normal, tuple(locations)) if normal else None
