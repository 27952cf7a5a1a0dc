"""Looking at an exam: the stack of a series, and the picture for a view of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from imaging import encode, geometry, grayscale
from imaging.decode import Undecodable
from imaging.grayscale import Window
from imaging.placeholder import placeholder
from imaging.planes import Plane
from imaging.reformat import Slab
from imaging.render import Look, render
from services import access as decision
from services.access import Access
from services.errors import Invalid, NotFound
from services.exams import Cut, SeriesEntry, Slice
from services.frames import Images, StoredImage, Withheld
from services.portal import Portal
from services.view_state import Stack, ViewState
from services.volumes import Standing, Volumes

MOVING_LONGEST = 1024  # image pixels a moving picture has along its longer side, at most
RESTING_MOST = 3_000_000  # pixels of a resting picture, at most
JPEG_QUALITY = 88
THUMBNAIL = 128
INCOMPLETE = "The file of this image is incomplete: what is missing of the image is left blank."


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
        self._volumes = Volumes(portal, images)

    def standing(self, access: Access, series: SeriesEntry) -> Standing:
        """Whether an acquired series can be shown in other planes, and why not."""
        return self._volumes.standing(access, series)

    def planes(self, access: Access, series: SeriesEntry, plane: Plane, slab: Slab) -> SeriesEntry:
        """A plane through an acquired series, as a series to show; Invalid where there is none."""
        try:
            return self._volumes.planes(access, series, plane, slab)
        except (Withheld, Undecodable) as reason:
            raise Invalid(str(reason)) from reason

    def stack(self, access: Access, series: SeriesEntry) -> Stack:
        """What the reducer needs of a series; its window suits every slice alike."""
        access = decision.renewed(self._portal, access)
        taken = series.cut.series if series.cut else series
        middle = taken.slices[len(taken.slices) // 2]
        image = self._image(access, taken, middle)
        description = self._image(access, series, series.slices[0]).description
        return Stack(
            series.series_id,
            len(series.slices),
            description.columns,
            description.rows,
            description.aspect,
            self._starting_window(access, image, middle.frame),
            series.description if series.cut else "",
        )

    def presets(self, access: Access, series: SeriesEntry) -> tuple[Window, ...]:
        """Windows to choose from: the file's own, then those usual for the modality."""
        access = decision.renewed(self._portal, access)
        taken = series.cut.series if series.cut else series
        first = taken.slices[0]
        description = self._image(access, taken, first).description
        return (
            *grayscale.windows(description, first.frame),
            *grayscale.presets(description.modality),
        )

    def moving(self, access: Access, series: SeriesEntry, state: ViewState) -> Picture:
        """The whole slice as JPEG, no larger than a screen needs while things move."""
        access = decision.renewed(self._portal, access)
        where = series.slices[state.slice]

        def draw(image: StoredImage) -> Picture:
            description = image.description
            reduction = min(1.0, MOVING_LONGEST / max(description.columns, description.rows))
            size = (
                max(1, round(description.columns * reduction)),
                max(1, round(description.rows * reduction)),
            )
            picture = self._render(access, series, image, where.frame, state, None, size)
            return Picture(
                encode.jpeg(picture, JPEG_QUALITY), "image/jpeg", True, _whole(image), ""
            )

        return self._or_placeholder(access, series, where, draw)

    def resting(self, access: Access, series: SeriesEntry, state: ViewState) -> Picture:
        """What is on screen of the slice, without loss, at full resolution where that helps."""
        access = decision.renewed(self._portal, access)
        where = series.slices[state.slice]

        def draw(image: StoredImage) -> Picture:
            region = _whole(image)
            if region[2] * region[3] > RESTING_MOST:
                region = state.visible_region()
            if not (region[2] and region[3]):
                region = _whole(image)
            reduction = min(1.0, (RESTING_MOST / (region[2] * region[3])) ** 0.5)
            size = (max(1, round(region[2] * reduction)), max(1, round(region[3] * reduction)))
            picture = self._render(access, series, image, where.frame, state, region, size)
            lossy = image.description.lossy or reduction < 1
            return Picture(encode.png(picture), "image/png", lossy, region, "")

        return self._or_placeholder(access, series, where, draw)

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
            window = self._starting_window(access, image, middle.frame)
            pixels = self._images.pixels(image, middle.frame, hidden=access.hidden)
            picture = render(description, middle.frame, pixels, Look(window), size=size)
            return Picture(encode.jpeg(picture, 80), "image/jpeg", True, _whole(image), "")

        return self._or_placeholder(access, series, middle, draw)

    def corner_texts(
        self, access: Access, series: SeriesEntry, state: ViewState
    ) -> dict[str, list[str]]:
        """What stands in the corners: slice and place, window, and orientation letters."""
        access = decision.renewed(self._portal, access)
        where = series.slices[state.slice]
        description = self._image(access, series, where).description
        bottom_left = [f"Image {state.slice + 1} of {len(series.slices)}"]
        if (location := geometry.slice_location(description, where.frame)) is not None:
            bottom_left.append(f"Position {location:.1f} mm")
        bottom_right = []
        if state.window is not None:
            bottom_right.append(f"Window {state.window.width:.0f} at {state.window.center:.0f}")
        bottom_right.append(f"Zoom {state.scale * 100:.0f} %")
        return {"bottom_left": bottom_left, "bottom_right": bottom_right}

    def orientation(
        self, access: Access, series: SeriesEntry, state: ViewState
    ) -> tuple[str, str, str, str]:
        """Letters at the left, right, top and bottom edge of the view; empty where unknown."""
        access = decision.renewed(self._portal, access)
        where = series.slices[state.slice]
        description = self._image(access, series, where).description
        letters = geometry.frame_letters(description, where.frame)
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
            raise NotFound(decision.NOT_FOUND)
        return image

    def _cut_image(self, access: Access, series_id: int, cut: Cut) -> StoredImage:
        """A plane's pictures as if they were stored as the frames of one image."""
        try:
            description = self._volumes.image(access, cut).description
        except (Withheld, Undecodable) as reason:
            raise Invalid(str(reason)) from reason
        return StoredImage(0, access.study_id, series_id, "", description, {"do": "keep"})

    def _starting_window(self, access: Access, image: StoredImage, frame: int) -> Window | None:
        if not grayscale.is_windowed(image.description):
            return None
        try:
            pixels = self._images.pixels(image, frame, hidden=access.hidden)
        except (Withheld, Undecodable):
            return Window(128, 256)
        values = grayscale.modality_values(image.description, frame, pixels)
        return grayscale.default_window(image.description, frame, values)

    def _render(
        self,
        access: Access,
        series: SeriesEntry,
        image: StoredImage,
        frame: int,
        state: ViewState,
        region: tuple[int, int, int, int] | None,
        size: tuple[int, int],
    ) -> NDArray[np.uint8]:
        if series.cut is not None:
            pixels = self._volumes.pixels(access, series.cut, frame)
        else:
            pixels = self._images.pixels(image, frame, hidden=access.hidden)
        look = Look(state.window, invert=state.invert, overlays=not access.hidden)
        return render(image.description, frame, pixels, look, region=region, size=size)

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
            return replace(drawn, note=INCOMPLETE) if cut else drawn
        except Withheld as reason:
            note = str(reason)
        except Undecodable as reason:
            note = f"This image cannot be shown: {reason}"
        picture = placeholder(image.description.columns, image.description.rows)
        return Picture(encode.png(picture), "image/png", False, _whole(image), note)


def _whole(image: StoredImage) -> tuple[int, int, int, int]:
    return 0, 0, image.description.columns, image.description.rows
