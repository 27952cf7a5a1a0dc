"""Looking at an exam: the stack of a series, and the picture for a view of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging import encode, geometry
from imaging.decode import Undecodable
from imaging.description import ImageDescription
from imaging.grayscale import Window
from imaging.placeholder import placeholder
from imaging.planes import Plane
from imaging.reduce import factor_for, reduced
from imaging.reformat import Slab
from imaging.remarks import remarks
from imaging.render import Look, render
from services import access as decision
from services.access import Access
from services.errors import Invalid, NotFound
from services.exam.exams import Cut, SeriesEntry, Slice
from services.language import N_, _, said
from services.pictures.frames import Images, Shown, StoredImage, Withheld
from services.pictures.volumes import Standing, Volumes
from services.portal import Portal
from services.viewer import demand
from services.viewer.clips import clips
from services.viewer.demand import Demand, Screen
from services.viewer.starting_windows import window_of_series, window_text, windows_to_choose
from services.viewer.view_state import Stack, ViewState

THUMBNAIL = 128
MOST_PLACES = 20_000  # slices whose place is remembered, a hundred bytes each
Place = tuple[float | None, tuple[str, str, str, str] | None]
SCREEN = Screen()
INCOMPLETE = N_("The file of this image is incomplete: what is missing of the image is left blank.")


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture of a frame, or of a part of it."""

    data: bytes
    media_type: str
    lossy: bool
    region: tuple[int, int, int, int]  # left, top, width, height in image pixels
    note: str  # why something else, or less, than the image is shown; empty: the whole image


class Viewer:
    """Pictures for views. Every way in takes an `Access` and asks whether it still holds.

    Raises Expired, with a sentence, once the exam may no longer be seen.
    """

    def __init__(self, portal: Portal, images: Images) -> None:
        self._portal = portal
        self._images = images
        self._places: dict[Slice, Place] = {}
        self._volumes = Volumes(portal, images)

    @property
    def volumes(self) -> Volumes:
        """The volumes that its planes are cut out of."""
        return self._volumes

    def standing(self, access: Access, series: SeriesEntry) -> Standing:
        """Whether an acquired series can be shown in other planes, and why not."""
        return self._volumes.standing(access, series)

    def planes(self, access: Access, series: SeriesEntry, plane: Plane, slab: Slab) -> SeriesEntry:
        """A plane through an acquired series, as a series to show; Invalid where there is none."""
        try:
            return self._volumes.planes(access, series, plane, slab)
        except (Withheld, Undecodable) as reason:
            raise Invalid(said(reason)) from reason

    def stack(self, access: Access, series: SeriesEntry) -> Stack:
        """What the reducer needs of a series; its window suits every slice alike."""
        access = decision.renewed(self._portal, access)
        taken = series.cut.series if series.cut else series
        description = self._image(access, series, series.slices[0]).description
        return Stack(
            series.series_id,
            len(series.slices),
            description.columns,
            description.rows,
            description.aspect,
            window_of_series(access, self._images, taken),
            series.description if series.cut else "",
            clips(access, self._images, series),
        )

    def presets(self, access: Access, series: SeriesEntry) -> tuple[Window, ...]:
        """Windows to choose from: the file's own, then those usual for such images."""
        access = decision.renewed(self._portal, access)
        taken = series.cut.series if series.cut else series
        return windows_to_choose(access, self._images, taken)

    def moving(
        self, access: Access, series: SeriesEntry, state: ViewState, screen: Screen = SCREEN
    ) -> Picture:
        """What is on screen of the slice as JPEG, for while things move."""
        return self._picture(access, series, state.slice, state, demand.moving(state, screen))

    def resting(
        self, access: Access, series: SeriesEntry, state: ViewState, screen: Screen = SCREEN
    ) -> Picture:
        """What is on screen of the slice, without loss."""
        return self._picture(access, series, state.slice, state, demand.resting(state, screen))

    def read_ahead(
        self, access: Access, series: SeriesEntry, state: ViewState, slice: int, screen: Screen
    ) -> None:
        """Have the pixels of a slice at hand that will probably be asked for next."""
        access = decision.renewed(self._portal, access)
        where = series.slices[slice]
        shown = self._shown(access, series, where, self._image(access, series, where))
        with suppress(Withheld, Undecodable):  # told once the slice itself is asked for
            shown.pixels(factor_for(shown.description, demand.moving(state, screen).scale))

    def thumbnail(self, access: Access, series: SeriesEntry) -> Picture:
        """A small picture of the middle of a series."""
        access = decision.renewed(self._portal, access)
        middle = series.slices[len(series.slices) // 2]

        def draw(image: StoredImage) -> Picture:
            description = image.description
            tall = description.rows * description.aspect
            reduction = THUMBNAIL / max(description.columns, tall)
            size = (
                max(1, round(description.columns * reduction)),
                max(1, round(tall * reduction)),
            )
            window = window_of_series(access, self._images, series)
            factor = factor_for(description, reduction)
            pixels = self._images.pixels(image, middle.frame, hidden=access.hidden, factor=factor)
            look = Look(window, overlays=not access.hidden)
            picture = render(description, middle.frame, pixels, look, size=size, factor=factor)
            return Picture(encode.jpeg(picture, 80), "image/jpeg", True, _whole(image), "")

        return self._or_placeholder(access, series, middle, draw)

    def corner_texts(
        self, access: Access, series: SeriesEntry, state: ViewState
    ) -> dict[str, list[str]]:
        """What stands in the corners: slice and place, window, and orientation letters."""
        access = decision.renewed(self._portal, access)
        where = series.slices[state.slice]
        description = self._image(access, series, where).description
        bottom_left = [
            _("Image {number} of {count}").format(number=state.slice + 1, count=len(series.slices))
        ]
        location, _letters = self._place(series, where, description)
        if location is not None:
            bottom_left.append(_("Position {position:.1f} mm").format(position=location))
        bottom_left.extend(map(said, remarks(description)))
        bottom_right = []
        if state.window is not None:
            bottom_right.append(window_text(state.window))
        bottom_right.append(_("Zoom {percent:.0f} %").format(percent=state.scale * 100))
        return {"bottom_left": bottom_left, "bottom_right": bottom_right}

    def orientation(
        self, access: Access, series: SeriesEntry, state: ViewState
    ) -> tuple[str, str, str, str]:
        """Letters at the left, right, top and bottom edge of the view; empty where unknown."""
        access = decision.renewed(self._portal, access)
        where = series.slices[state.slice]
        description = self._image(access, series, where).description
        _, letters = self._place(series, where, description)
        if letters is None:
            return "", "", "", ""
        left, right, top, bottom = letters
        if state.flipped:
            left, right = right, left
        for _ in range(state.quarter_turns):
            left, right, top, bottom = bottom, top, left, right
        return left, right, top, bottom

    def _image(self, access: Access, series: SeriesEntry, where: Slice) -> StoredImage:
        if series.cut is not None:
            return self._cut_image(access, series.series_id, series.cut)
        image = self._images.image(where.instance_id)
        if image.study_id != access.study_id:
            raise NotFound(_(decision.NOT_FOUND))
        return image

    def _shown(
        self, access: Access, series: SeriesEntry, where: Slice, image: StoredImage
    ) -> Shown:
        """What a slice is drawn from: a stored frame, or a plane cut out of a volume."""
        if (cut := series.cut) is None:
            return self._images.shown(image, where.frame, hidden=access.hidden)
        description = image.description

        def pixels(factor: int) -> NDArray[Any]:
            return reduced(
                self._volumes.pixels(access, cut, where.frame), factor, description.padding
            )

        return Shown(description, where.frame, pixels)

    def _place(self, series: SeriesEntry, where: Slice, description: ImageDescription) -> Place:
        """Where a slice lies and which letters stand around it; asked for at every turn of the
        wheel, so worked out once.
        """
        known = self._places.get(where) if series.cut is None else None
        if known is None:
            known = (
                geometry.slice_location(description, where.frame),
                geometry.frame_letters(description, where.frame),
            )
            if len(self._places) >= MOST_PLACES:
                self._places.clear()
            if series.cut is None:
                self._places[where] = known
        return known

    def _cut_image(self, access: Access, series_id: int, cut: Cut) -> StoredImage:
        """A plane's pictures as if they were stored as the frames of one image."""
        try:
            description = self._volumes.image(access, cut).description
        except (Withheld, Undecodable) as reason:
            raise Invalid(said(reason)) from reason
        return StoredImage(0, access.study_id, series_id, "", description, {"do": "keep"})

    def _picture(
        self,
        access: Access,
        series: SeriesEntry,
        slice: int,
        state: ViewState,
        wanted: Demand,
    ) -> Picture:
        access = decision.renewed(self._portal, access)
        where = series.slices[slice]

        def draw(image: StoredImage) -> Picture:
            shown = self._shown(access, series, where, image)
            look = Look(state.window, invert=state.invert, overlays=not access.hidden)
            drawn = _drawn(shown, wanted, look)
            if wanted.quality:
                return Picture(
                    encode.jpeg(drawn, wanted.quality), "image/jpeg", True, wanted.region, ""
                )
            lossy = shown.description.lossy or wanted.short
            return Picture(encode.png(drawn), "image/png", lossy, wanted.region, "")

        return self._or_placeholder(access, series, where, draw)

    def _or_placeholder(
        self,
        access: Access,
        series: SeriesEntry,
        where: Slice,
        draw: Callable[[StoredImage], Picture],
    ) -> Picture:
        image = self._image(access, series, where)
        try:
            drawn = draw(image)
            cut = image.description.lacks(where.frame)
            return replace(drawn, note=_(INCOMPLETE)) if cut else drawn
        except Withheld as reason:
            note = said(reason)
        except Undecodable as reason:
            note = _("This image cannot be shown: {reason}").format(reason=said(reason))
        picture = placeholder(image.description.columns, image.description.rows)
        return Picture(encode.png(picture), "image/png", False, _whole(image), note)


def _drawn(shown: Shown, wanted: Demand, look: Look) -> NDArray[np.uint8]:
    factor = factor_for(shown.description, wanted.scale)
    return render(
        shown.description, shown.frame, shown.pixels(factor), look,
        region=wanted.region, size=wanted.size, factor=factor,
    )  # fmt: skip


def _whole(image: StoredImage) -> tuple[int, int, int, int]:
    return 0, 0, image.description.columns, image.description.rows
