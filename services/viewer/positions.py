"""Where the images of a stack lie in the patient, so that stacks can be scrolled together."""

from __future__ import annotations

from dataclasses import dataclass

from imaging import geometry
from imaging.decode import Undecodable
from imaging.description import ImageDescription
from imaging.patient_space import ImagePlane, dot, image_plane
from services import access as decision
from services.access import Access
from services.errors import Invalid, NotFound
from services.exam.exams import SeriesEntry
from services.language import _
from services.pictures.frames import Images, Withheld
from services.pictures.volumes import Volumes
from services.portal import Portal

Vector = tuple[float, float, float]
Framed = tuple[ImageDescription, int, ImagePlane | None]  # an image, one of its frames, its place


@dataclass(frozen=True, slots=True)
class Positions:
    """The slices of a stack: mm along its normal, in a frame of reference."""

    frame_of_reference: str  # Frame of Reference UID, DICOM PS3.3 C.7.4.1
    normal: Vector
    locations: tuple[float, ...]  # of each slice

    def comparable(self, other: Positions) -> bool:
        """Whether both are told in one frame of reference."""
        return bool(self.frame_of_reference) and (
            self.frame_of_reference == other.frame_of_reference
        )

    def nearest(self, other: Positions, slice: int) -> int | None:
        """The slice here that lies nearest to one of another stack; None: not comparable."""
        cosine = dot(self.normal, other.normal)
        if not (self.comparable(other) and abs(cosine) >= geometry.PARALLEL):
            return None
        there = other.locations[slice] * (1 if cosine > 0 else -1)
        return min(range(len(self.locations)), key=lambda n: abs(self.locations[n] - there))


@dataclass(frozen=True, slots=True)
class Lie:
    """Where a stack lies: each of its images, as far as they say so, and all of them together.

    `positions` is None where the images do not all say so, in one frame of reference and parallel.
    """

    planes: tuple[ImagePlane | None, ...] = ()
    positions: Positions | None = None


def lie(
    portal: Portal, images: Images, volumes: Volumes, access: Access, series: SeriesEntry
) -> Lie:
    """Where the pictures of a series lie, be it acquired or cut out of a volume.

    Raises Expired once the exam may no longer be seen, NotFound for a series of another exam.
    """
    access = decision.renewed(portal, access)
    framed = _framed(images, volumes, access, series)
    return Lie(tuple(plane for _image, _frame, plane in framed), _positions(framed))


def _framed(images: Images, volumes: Volumes, access: Access, series: SeriesEntry) -> list[Framed]:
    if series.cut is not None:
        try:
            description = volumes.image(access, series.cut).description
        except (Withheld, Undecodable) as reason:
            raise Invalid(str(reason)) from reason
        frames = [where.frame for where in series.slices]
        return [(description, frame, image_plane(description, frame)) for frame in frames]
    stored = images.images([where.instance_id for where in series.slices])
    if any(image.study_id != access.study_id for image in stored):
        raise NotFound(_(decision.NOT_FOUND))
    return [
        (image.description, where.frame, image.plane(where.frame))
        for image, where in zip(stored, series.slices, strict=True)
    ]


def _positions(framed: list[Framed]) -> Positions | None:
    normal: Vector | None = None
    reference = framed[0][0].frame_of_reference
    locations: list[float] = []
    for description, frame, _plane in framed:
        location = geometry.slice_location(description, frame)
        if location is None or not reference or description.frame_of_reference != reference:
            return None
        x, y, z = (float(n) for n in geometry.normal(description.placement(frame).orientation))
        normal = normal or (x, y, z)
        if dot(normal, (x, y, z)) < geometry.PARALLEL:
            return None
        locations.append(location)
    return Positions(reference, normal, tuple(locations)) if normal else None
