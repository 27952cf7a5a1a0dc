"""Reading ahead of a program that walks through a series, one frame after the other."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from services.access import Access
from services.pictures.instances import StoredSeries
from services.pictures.rendering import Rendering, Renderings
from services.pictures.workshop import Urgency, Workshop

DEPTH = 6
MOST_WALKS = 500
Place = tuple[int, int]  # an image's place in its series, and the frame, both from 0


@dataclass(slots=True)
class _Walk:
    last: Place
    forward: bool = True
    reached: Place | None = None  # the furthest frame that was handed to the workshop


class ReadAhead:
    """Makes what comes next while the program is busy with what it got; for one thread only."""

    def __init__(self, workshop: Workshop, renderings: Renderings) -> None:
        self._workshop = workshop
        self._renderings = renderings
        self._walks: OrderedDict[Hashable, _Walk] = OrderedDict()

    def asked(
        self, who: Hashable, access: Access, series: StoredSeries, at: Place, how: Rendering
    ) -> None:
        """Note what was asked for; hand the next frames to the workshop if it is one of a walk."""
        key = who, series.images[0].series_id, how
        walk = self._walks.get(key)
        if walk is None:
            self._walks[key] = _Walk(at)
            if len(self._walks) > MOST_WALKS:
                self._walks.popitem(last=False)
            return
        before, walk.last = walk.last, at
        if at == before:
            return
        for forward in (True, False):
            if _step(series, before, forward) == at:
                if walk.forward != forward:
                    walk.forward, walk.reached = forward, None
                self._go_on(walk, access, series, how)
                return
        walk.reached = None

    def _go_on(self, walk: _Walk, access: Access, series: StoredSeries, how: Rendering) -> None:
        place = walk.last
        behind = walk.reached is not None and (
            walk.reached > walk.last if walk.forward else walk.reached < walk.last
        )
        for _ in range(DEPTH):
            following = _step(series, place, walk.forward)
            if following is None:
                return
            place = following
            if behind:
                behind = place != walk.reached
                continue
            image, frame = series.images[place[0]], place[1]
            walk.reached = place
            if self._renderings.kept(access, image, frame, how) is None:
                self._workshop.submit(
                    Urgency.AHEAD, self._renderings.picture, access, image, frame, how
                )


def _step(series: StoredSeries, at: Place, forward: bool) -> Place | None:
    """The frame after, or before, along the series; None at its end."""
    place, frame = at
    if forward:
        if frame + 1 < series.images[place].description.frames:
            return place, frame + 1
        return (place + 1, 0) if place + 1 < len(series.images) else None
    if frame:
        return place, frame - 1
    return (place - 1, series.images[place - 1].description.frames - 1) if place else None
