"""Where the images of the other viewports cross the one of a viewport, as lines on it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from imaging.patient_space import ImagePlane, Point, Vector, crossing, nearest
from services.viewer.view_events import Down, GoTo, Tool
from services.viewer.viewports import Places, Viewport

# CSS pixels around the middle of a crosshair within which it is taken hold of
MOUSE_REACH, FINGER_REACH = 14.0, 26.0


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """A line on an image, in its pixels: where the image of viewport `place` crosses it.

    `edge`: not the image on screen there, but the first or last one of its stack.
    """

    place: int
    start: Point
    end: Point
    edge: bool = False


def lines_on(viewports: Places, shown: tuple[int, ...], on: int, active: int) -> tuple[
    ReferenceLine, ...
]:  # fmt: skip
    """The reference lines on the image of viewport `on`.

    Of the active viewport, if it shows a stack as it was taken, also how far the stack reaches.
    """
    here = viewports[on]
    if here is None or (plane := here.plane) is None:
        return ()
    return tuple(
        line
        for place in shown
        if place != on and (there := viewports[place]) is not None
        for line in _lines(plane, there, place, edges=place == active)
    )


def middle(lines: tuple[ReferenceLine, ...]) -> Point | None:
    """Where two lines meet on the image, as those of a crosshair do; None when none do."""
    now = [line for line in lines if not line.edge]
    met = (_met(one, other) for one, other in combinations(now, 2))
    return next((point for point in met if point is not None), None)


def takes_hold(here: Viewport, lines: tuple[ReferenceLine, ...], event: Down) -> bool:
    """Whether a press in the viewport takes hold of the crosshair there."""
    met, reach = middle(lines), FINGER_REACH if event.touch else MOUSE_REACH
    at = event.pointer.x, event.pointer.y
    return met is not None and math.dist(here.view.on_screen(*met), at) <= reach


def through(other: Viewport, plane: ImagePlane, point: Vector) -> Viewport:
    """The viewport at its slice nearest to a point of the patient, told in `plane`'s frame of
    reference.
    """
    theirs = other.plane
    if theirs is None or not theirs.comparable(plane):
        return other
    slice = nearest(other.lie.planes, point)
    return other if slice is None else other.after(GoTo(slice))


def _met(one: ReferenceLine, other: ReferenceLine) -> Point | None:
    (x1, y1), (x2, y2) = one.start, one.end
    (x3, y3), (x4, y4) = other.start, other.end
    across = (x1 - x2) * (y3 - y4) - (y1 - y2) * (x3 - x4)
    lengths = math.dist(one.start, one.end) * math.dist(other.start, other.end)
    if abs(across) < lengths / 10:  # as good as parallel
        return None
    share = ((x1 - x3) * (y3 - y4) - (y1 - y3) * (x3 - x4)) / across
    return x1 + share * (x2 - x1), y1 + share * (y2 - y1)


def _lines(
    plane: ImagePlane, there: Viewport, place: int, *, edges: bool
) -> Iterator[ReferenceLine]:
    now, planes = there.view.slice, there.lie.planes
    slices = [now]
    if edges and there.slices and there.view.tool is not Tool.CROSSHAIR:
        slices += [n for n in (0, len(planes) - 1) if n != now]
    for number in slices:
        other = planes[number] if 0 <= number < len(planes) else None
        if other is not None and (met := crossing(plane, other)) is not None:
            yield ReferenceLine(place, *met, edge=number != now)
