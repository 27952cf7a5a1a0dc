"""What is drawn over an image, as SVG in the viewport's CSS pixels.

Lines and letters keep their size and stay upright whatever the zoom, rotation and flip. The SVG is
read as HTML by the browser: nothing but numbers of our own and escaped texts goes into it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from imaging.measure import Point
from services.viewer.annotation import Kind, Shape, outline
from services.viewer.measuring import Reading
from services.viewer.view_state import ViewState

LETTER, LINE = 8.0, 17.0  # CSS pixels: about a letter's width, a line's height
GAP = 10.0  # between a shape and what stands beside it
TICK, HEAD, CROSS, HANDLE = 6.0, 14.0, 9.0, 6.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A shape to be seen, with what it says."""

    shape: Shape
    reading: Reading
    selected: bool = False
    under_way: bool = False


def svg(marks: Iterable[Mark], view: ViewState, cross: Point | None = None) -> str:
    """The marks over a viewport, and the cross of the keys at a point of the image."""
    drawn = "".join(_mark(mark, view) for mark in marks)
    if cross is not None:
        drawn += _cross(view.on_screen(*cross))
    if not drawn:
        return ""
    size = f'width="{view.width:.0f}" height="{view.height:.0f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" aria-hidden="true" {size}>{drawn}</svg>'


def _mark(mark: Mark, view: ViewState) -> str:
    points = [view.on_screen(*point) for point in mark.shape.points]
    line = [view.on_screen(*point) for point in outline(mark.shape)]
    if not _in_sight(line, view):
        return ""
    strokes = [line, *_ends(mark.shape.kind, points)]
    path = " ".join(_path(stroke) for stroke in strokes if len(stroke) > 1)
    # the dark line beneath keeps the light one legible on bright tissue
    lines = f'<path class="shade" d="{path}"/><path class="line" d="{path}"/>' if path else ""
    handles = "".join(_handle(point) for point in points) if mark.selected else ""
    state = " selected" * mark.selected + " under-way" * mark.under_way
    label = _label(mark, points, line, view)
    return f'<g class="mark {mark.shape.kind}{state}">{lines}{label}{handles}</g>'


def _cross(at: Point) -> str:
    """Four arms that leave the point itself free."""
    (x, y), near, far = at, CROSS / 3, CROSS * 2
    ways = ((1, 0), (-1, 0), (0, 1), (0, -1))
    arms = " ".join(
        _path([(x + a * near, y + b * near), (x + a * far, y + b * far)]) for a, b in ways
    )
    return f'<g class="cross"><path class="shade" d="{arms}"/><path class="line" d="{arms}"/></g>'


def _in_sight(line: list[Point], view: ViewState) -> bool:
    xs, ys = [x for x, _ in line], [y for _, y in line]
    across = max(xs) >= 0 and min(xs) <= view.width
    return across and max(ys) >= 0 and min(ys) <= view.height


def _ends(kind: Kind, points: list[Point]) -> list[list[Point]]:
    """The strokes that tell one kind from another."""
    match kind, points:
        case Kind.LENGTH, [a, b]:
            return [_across(a, b), _across(b, a)]
        case Kind.ARROW, [tip, tail]:
            return [[_beside(tip, tail, turn), tip] for turn in (-math.pi / 7, math.pi / 7)]
        case Kind.PROBE | Kind.TEXT, [(x, y)]:
            arm = CROSS if kind is Kind.PROBE else TICK / 2
            return [[(x - arm, y), (x + arm, y)], [(x, y - arm), (x, y + arm)]]
    return []


def _across(at: Point, other: Point) -> list[Point]:
    """A tick at a right angle to a line, at its end."""
    angle = math.atan2(other[1] - at[1], other[0] - at[0]) + math.pi / 2
    dx, dy = TICK * math.cos(angle), TICK * math.sin(angle)
    return [(at[0] - dx, at[1] - dy), (at[0] + dx, at[1] + dy)]


def _beside(tip: Point, tail: Point, turn: float) -> Point:
    angle = math.atan2(tail[1] - tip[1], tail[0] - tip[0]) + turn
    return tip[0] + HEAD * math.cos(angle), tip[1] + HEAD * math.sin(angle)


def _path(stroke: list[Point]) -> str:
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in stroke)


def _handle(point: Point) -> str:
    return f'<circle class="handle" cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="{HANDLE}"/>'


def _label(mark: Mark, points: list[Point], line: list[Point], view: ViewState) -> str:
    """The lines of text beside the shape, kept within the viewport."""
    texts = [*mark.reading.lines, *filter(None, (mark.reading.note,))]
    if not texts:
        return ""
    x, y = points[-1] if mark.shape.kind.worded else max(line)
    width, height = LETTER * max(map(len, texts)), LINE * len(texts)
    x = max(GAP / 2, min(x + GAP, view.width - width))
    y = max(LINE, min(y, view.height - height + LINE - GAP / 2))
    spans = "".join(
        f'<tspan x="{x:.1f}" dy="{LINE * (number > 0)}"{_noted(mark, text)}>{escape(text)}</tspan>'
        for number, text in enumerate(texts)
    )
    return f'<text x="{x:.1f}" y="{y:.1f}">{spans}</text>'


def _noted(mark: Mark, text: str) -> str:
    return ' class="noted"' if text == mark.reading.note else ""
