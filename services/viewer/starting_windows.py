"""The window a series starts with and those to choose from, of a few of its frames."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging import starting_window
from imaging.decode import Undecodable
from imaging.grayscale import Window, is_windowed
from imaging.starting_window import Sample
from services import access as decision
from services.access import Access
from services.errors import NotFound
from services.exam.exams import SeriesEntry
from services.language import _
from services.pictures.frames import Images, StoredImage, Withheld

NOTHING_TO_GO_BY = Window(128, 256)


def window_of_series(access: Access, images: Images, series: SeriesEntry) -> Window | None:
    """The same for every slice of the series; None where a window has nothing to do.

    `access` is of the exam that the series belongs to.
    """
    looks = _looks(access, images, series)
    shown, _ = looks[len(looks) // 2]
    if not is_windowed(shown.description):
        return None
    proposed = starting_window.proposed_window([(look.description, frame) for look, frame in looks])
    if proposed is not None:
        return proposed
    samples = [
        Sample(look.description, frame, pixels)
        for look, frame in looks
        if (pixels := _pixels(access, images, look, frame)) is not None
    ]
    return starting_window.robust_window(samples) if samples else NOTHING_TO_GO_BY


def windows_to_choose(access: Access, images: Images, series: SeriesEntry) -> tuple[Window, ...]:
    """The file's own windows, those usual for the modality, and some computed of the values."""
    looks = _looks(access, images, series)

    def read(number: int) -> NDArray[Any]:
        look, frame = looks[number]
        pixels = _pixels(access, images, look, frame)
        return np.zeros((1, 1), np.uint8) if pixels is None else pixels

    return starting_window.windows_to_choose(
        [(look.description, frame) for look, frame in looks], read
    )


def _looks(access: Access, images: Images, series: SeriesEntry) -> list[tuple[StoredImage, int]]:
    """Frames of the series that stand for all; those of another kind than the middle one do not."""
    chosen = [series.slices[n] for n in starting_window.looked_at(len(series.slices))]
    found = images.images([where.instance_id for where in chosen])
    if any(image.study_id != access.study_id for image in found):
        raise NotFound(_(decision.NOT_FOUND))
    looks = [(image, where.frame) for image, where in zip(found, chosen, strict=True)]
    middle = looks[len(looks) // 2][0].description
    return [look for look in looks if is_windowed(look[0].description) == is_windowed(middle)]


def _pixels(access: Access, images: Images, image: StoredImage, frame: int) -> NDArray[Any] | None:
    """Stored values, or None where they must not, or cannot, be seen."""
    try:
        return images.pixels(image, frame, hidden=access.hidden)
    except (Withheld, Undecodable):
        return None


def window_text(window: Window) -> str:
    """A window as the corners of the picture say it."""
    return _("Window {width:.0f} at {center:.0f}").format(width=window.width, center=window.center)
