"""A series as a volume: whether it can be one, and pictures of planes through it.

A volume is built once, kept among the decoded frames, and counts its bytes there. A plane of it is
a series like any other: a `SeriesEntry` whose pictures are cut out when they are asked for.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from imaging.decode import Undecodable
from imaging.description import ImageDescription
from imaging.planes import Grid, Plane, grid_through
from imaging.projection import Projection
from imaging.reformat import THIN, Slab, reformat
from imaging.stack_geometry import NoVolume, StackGeometry
from imaging.volume import (
    Framed,
    Volume,
    assemble,
    expected_bytes,
    is_padded,
    judge_series,
    plane_description,
    slice_description,
)
from services import access as decision
from services.access import Access
from services.errors import Invalid, NotFound
from services.exam.exams import Cut, SeriesEntry, Slice
from services.hiding.identity_rules import refusal
from services.language import N_, _, said
from services.pictures.frames import Images, StoredImage, Withheld
from services.portal import Portal

MOST_REMEMBERED = 32  # series and planes whose geometry is remembered
LARGEST_SHARE = 2  # a volume takes at most this part (a half) of the memory for frames
DAMAGED = N_("An image of this series cannot be read, so it cannot be shown in other planes.")


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a series can be shown in other planes: why not, or what to know of it then."""

    reason: str  # empty: it can
    remarks: tuple[str, ...] = ()

    @property
    def possible(self) -> bool:
        return not self.reason


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """What is remembered of a series: its frames as they lie, and the key of its volume."""

    images: tuple[StoredImage, ...]
    frames: tuple[Framed, ...]
    stack: StackGeometry | NoVolume
    key: str
    bytes: int

    @property
    def withheld(self) -> str:
        """Why its pixels are not shown where details are hidden; empty: they are."""
        rules = (image.identity_rule for image in self.images)
        return next((str(rule["reason"]) for rule in rules if rule["do"] == "withhold"), "")


@dataclass(frozen=True, slots=True, eq=False)
class PlaneImage:
    """The pictures of a plane as frames of one image, described as stored ones are."""

    description: ImageDescription
    grid: Grid


class Volumes:
    """Volumes of a portal. Every way in takes an `Access` and asks whether it still holds.

    Raises Expired, with a sentence, once the exam may no longer be seen; NotFound for a series of
    another exam; Invalid, with the reason, for a series that can be no volume; Withheld where its
    pixels are not shown without the patient's details; Undecodable for damaged pixels.
    """

    def __init__(self, portal: Portal, images: Images) -> None:
        self._portal = portal
        self._images = images
        self._judged: OrderedDict[SeriesEntry, _Judged] = OrderedDict()
        self._planes: OrderedDict[tuple[Any, ...], PlaneImage] = OrderedDict()
        self._lock = threading.Lock()

    def standing(self, access: Access, series: SeriesEntry) -> Standing:
        """Whether an acquired series can be shown in other planes; reads no pixels."""
        access = decision.renewed(self._portal, access)
        judged = self._judge(access, series)
        if isinstance(judged.stack, NoVolume):
            return Standing(said(judged.stack.reason))
        if access.hidden and (reason := judged.withheld):
            return Standing(said(refusal(reason)))
        budget = self._portal.pixels.budget // LARGEST_SHARE
        if judged.bytes > budget:
            return Standing(_too_large(judged.bytes, budget))
        return Standing("", tuple(map(said, judged.stack.remarks())))

    def planes(
        self, access: Access, series: SeriesEntry, plane: Plane, slab: Slab = THIN
    ) -> SeriesEntry:
        """The series of a plane's pictures through an acquired series."""
        access = decision.renewed(self._portal, access)
        cut = Cut(series, plane, slab)
        image = self._plane(cut, *self._volume(access, series))
        return replace(
            series,
            description=f"{series.description}, {_named(cut)}",
            slices=tuple(Slice(0, number) for number in range(image.grid.slices)),
            cut=cut,
        )

    def image(self, access: Access, cut: Cut) -> PlaneImage:
        """How the pictures of a cut are described and where they lie; builds the volume."""
        access = decision.renewed(self._portal, access)
        return self._plane(cut, *self._volume(access, cut.series))

    def pixels(self, access: Access, cut: Cut, number: int) -> NDArray[Any]:
        """The values of one picture (rows, columns), shared and read-only.

        Raises Invalid when there is no such picture.
        """
        access = decision.renewed(self._portal, access)
        judged, volume = self._volume(access, cut.series)
        image = self._plane(cut, judged, volume)
        if not 0 <= number < image.grid.slices:
            raise Invalid(_("This plane has {slices} images.").format(slices=image.grid.slices))
        key = (self._cells_key(judged, hidden=access.hidden), cut.plane, cut.slab, number)
        return self._portal.pixels.get(key, lambda: reformat(volume, image.grid, number, cut.slab))

    def _plane(self, cut: Cut, judged: _Judged, volume: Volume) -> PlaneImage:
        key = (judged.key, volume.cells.dtype.name, cut.plane, cut.slab)
        with self._lock:
            if (known := self._planes.get(key)) is not None:
                return known
        grid = grid_through(volume.stack, cut.plane)
        own = slice_description(judged.frames, volume.cells.dtype)
        thickness = max(cut.slab.thickness, grid.step)
        image = PlaneImage(plane_description(own, grid, thickness), grid)
        with self._lock:
            self._planes[key] = image
            _forget_oldest(self._planes)
        return image

    def _volume(self, access: Access, series: SeriesEntry) -> tuple[_Judged, Volume]:
        judged = self._judge(access, series)
        if isinstance(judged.stack, NoVolume):
            raise Invalid(said(judged.stack.reason))
        budget = self._portal.pixels.budget // LARGEST_SHARE
        if judged.bytes > budget:
            raise Invalid(_too_large(judged.bytes, budget))
        hidden, stack = access.hidden, judged.stack
        if hidden and judged.withheld:
            raise Withheld(refusal(judged.withheld))

        def stored(number: int) -> NDArray[Any]:
            image, (_, frame) = judged.images[number], judged.frames[number]
            return self._images.pixels(image, frame, hidden=hidden)

        def make() -> NDArray[Any]:
            try:
                cells = assemble(judged.frames, stack, stored)
            except Undecodable as error:
                raise Undecodable(_(DAMAGED)) from error
            if cells.nbytes > budget:
                raise Invalid(_too_large(cells.nbytes, budget))
            return cells

        cells = self._portal.pixels.get(self._cells_key(judged, hidden=hidden), make)
        return judged, Volume(cells, stack, is_padded(judged.frames))

    def _cells_key(self, judged: _Judged, *, hidden: bool) -> tuple[str, str, bool]:
        masked = hidden and any(image.identity_rule["do"] != "keep" for image in judged.images)
        return "volume", judged.key, masked

    def _judge(self, access: Access, series: SeriesEntry) -> _Judged:
        """What the series is, from its images' descriptions alone."""
        with self._lock:
            judged = self._judged.get(series)
            if judged is not None:
                self._judged.move_to_end(series)
        if judged is None:
            judged = self._look_at(series)
            with self._lock:
                self._judged[series] = judged
                _forget_oldest(self._judged)
        if any(image.study_id != access.study_id for image in judged.images):
            raise NotFound(_(decision.NOT_FOUND))
        return judged

    def _look_at(self, series: SeriesEntry) -> _Judged:
        images = tuple(self._images.images([where.instance_id for where in series.slices]))
        frames = tuple(
            (image.description, where.frame)
            for image, where in zip(images, series.slices, strict=True)
        )
        digest = hashlib.sha256()
        for image, (_place, frame) in zip(images, frames, strict=True):
            digest.update(f"{image.sha256}/{frame};".encode())
        return _Judged(
            images, frames, judge_series(frames), digest.hexdigest(), expected_bytes(frames)
        )


PROJECTIONS = {
    Projection.MAXIMUM: N_("MIP"),
    Projection.MINIMUM: N_("MinIP"),
    Projection.AVERAGE: N_("Average"),
}


def _named(cut: Cut) -> str:
    """The plane, and what its pictures show if they are thicker than one voxel."""
    name = said(cut.plane.name)
    if not cut.slab.thickness:
        return name
    return _("{plane}, {projection} of {thickness:g} mm").format(
        plane=name, projection=_(PROJECTIONS[cut.slab.projection]), thickness=cut.slab.thickness
    )


def _too_large(needed: int, budget: int) -> str:
    return _(
        "This series is too large to be shown in other planes: it needs {needed} MB of "
        "memory, and a volume may take {budget} MB. Its images can be seen as taken."
    ).format(needed=_mb(needed), budget=_mb(budget))


def _mb(size: int) -> str:
    return f"{-(-size // (1 << 20)):,}"


def _forget_oldest(remembered: OrderedDict[Any, Any]) -> None:
    while len(remembered) > MOST_REMEMBERED:
        remembered.popitem(last=False)
