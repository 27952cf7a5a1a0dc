"""Which slices of a series were taken as moving pictures, and how fast these are meant to play."""

from __future__ import annotations

from itertools import groupby

from services import access as decision
from services.access import Access
from services.errors import NotFound
from services.exam.exams import SeriesEntry
from services.language import _
from services.pictures.frames import Images
from services.viewer.stack import Clip


def clips(access: Access, images: Images, series: SeriesEntry) -> tuple[Clip, ...]:
    """The multi-frame objects of a series as it was acquired; `access` is of its exam."""
    if series.cut is not None:
        return ()
    ranges: dict[int, tuple[int, int]] = {}
    by_object = groupby(enumerate(series.slices), lambda numbered: numbered[1].instance_id)
    for instance_id, numbered in by_object:
        numbers = [number for number, _ in numbered]
        if len(numbers) > 1:
            ranges[instance_id] = numbers[0], numbers[-1]
    found = images.images(list(ranges))
    if any(image.study_id != access.study_id for image in found):
        raise NotFound(_(decision.NOT_FOUND))
    return tuple(
        Clip(*ranges[image.instance_id], rate(image.description.frame_times)) for image in found
    )


def rate(frame_times: tuple[float, ...]) -> float:
    """Frames a second of times in milliseconds, one for all or one each; 0 when unknown."""
    mean = sum(frame_times) / len(frame_times) if frame_times else 0.0
    return 1000 / mean if mean > 0 else 0.0
