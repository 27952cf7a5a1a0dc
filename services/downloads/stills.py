"""An exam's images drawn for paper and picture files, whole and with texts in their corners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging import geometry
from imaging.captions import Corners, captioned
from imaging.decode import Undecodable
from imaging.grayscale import Window
from imaging.instance import ImageDescription
from imaging.render import Look, render
from services import access as decision
from services.access import Access
from services.errors import NotFound, Unshowable
from services.exam.exams import Exam, SeriesEntry
from services.language import _, said
from services.pictures.frames import Images, StoredImage, Withheld
from services.viewer.starting_windows import window_of_series, window_text

LONGEST = 4096  # pixels along a side
Still = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SeriesLook:
    """A series and the window that suits every image of it."""

    series: SeriesEntry
    number: int  # from 1
    window: Window | None


class Stills:
    """Draws images; every way in takes an `Access` that was renewed for this piece."""

    def __init__(self, images: Images) -> None:
        self._images = images

    def look(self, access: Access, series: SeriesEntry, number: int) -> SeriesLook:
        """What is worked out once for a series."""
        return SeriesLook(series, number, window_of_series(access, self._images, series))

    def description(self, access: Access, look: SeriesLook, place: int) -> ImageDescription:
        """What is known about an image."""
        return self._image(access, look, place).description

    def draw(
        self, access: Access, look: SeriesLook, place: int, *, longest: int = LONGEST
    ) -> Still:
        """The image at a place of its series, grey (h, w) or RGB (h, w, 3), square pixels.

        Raises Unshowable, with the reason, where there is no picture of it.
        """
        image = self._image(access, look, place)
        description = image.description
        tall = description.rows * description.aspect
        scale = min(1.0, longest / max(description.columns, tall))
        size = max(1, round(description.columns * scale)), max(1, round(tall * scale))
        frame = look.series.slices[place].frame
        try:
            pixels = self._images.fresh(image, frame, hidden=access.hidden)
        except (Undecodable, Withheld) as reason:
            raise Unshowable(said(reason)) from reason
        shown = Look(look.window, overlays=not access.hidden)
        return render(description, frame, pixels, shown, size=size)

    def captioned(
        self, access: Access, look: SeriesLook, place: int, still: Still, exam: Exam
    ) -> Still:
        """The picture with what the viewer shows in its corners."""
        series, description = look.series, self.description(access, look, place)
        bottom_left = [
            _("Image {number} of {count}").format(number=place + 1, count=len(series.slices))
        ]
        frame = series.slices[place].frame
        location = geometry.slice_location(description, frame)
        if location is not None:
            bottom_left.append(_("Position {position:.1f} mm").format(position=location))
        window = look.window
        corners = Corners(
            tuple(filter(None, (exam.title, exam.patient_line))),
            tuple(filter(None, (f"{series.modality} {series.number}".strip(), series.description))),
            tuple(bottom_left),
            (window_text(window),) if window else (),
            geometry.frame_letters(description, frame) or ("", "", "", ""),
        )
        return captioned(still, corners)

    def _image(self, access: Access, look: SeriesLook, place: int) -> StoredImage:
        image = self._images.image(look.series.slices[place].instance_id)
        if image.study_id != access.study_id:
            raise NotFound(_(decision.NOT_FOUND))
        return image
