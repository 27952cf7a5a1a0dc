"""Which part of an image a view needs, in how many pixels and how well: decisions, no pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass

from services.viewer.view_state import ViewState

Region = tuple[int, int, int, int]  # left, top, width, height in image pixels
WHOLE_UP_TO = 1 << 20  # image pixels: an image no larger always travels whole
MOVING_MOST = 1_000_000  # pixels of a moving picture
RESTING_MOST = 3_000_000  # pixels of a resting picture
MOVING_DENSITY = 1.5  # device pixels for a CSS pixel that count while things move
MARGIN = 1 / 8  # of what is visible, on each side, so that a short move needs nothing new
SHARP_ENOUGH = 0.6  # of the wanted pixels, for a picture that is already there
UNSEEN = 900.0  # CSS pixels a viewport is taken for until the browser has told its size
AHEAD, BEHIND = 8, 2  # slices read ahead in the direction of scrolling, and against it
AHEAD_SHARE = 1 / 8  # of the memory for pixels, at most
# JPEG quality and share of the length for a link that is quick, slow, very slow
MOVING = ((80, 1.0), (65, 0.75), (50, 0.5))


@dataclass(frozen=True, slots=True)
class Screen:
    """What a picture is made for: device pixels for a CSS pixel, and how slow the link is."""

    density: float = 1.0
    ease: int = 0  # 0 quick, 1 slow, 2 very slow; see `services.viewer.link`


@dataclass(frozen=True, slots=True)
class Demand:
    """A picture to be made."""

    region: Region
    size: tuple[int, int]  # width, height of the picture in its own pixels
    quality: int  # of the JPEG; 0: without loss
    short: bool  # fewer pixels than both the image and the screen have

    @property
    def scale(self) -> float:
        """Picture pixels for an image pixel, across."""
        return self.size[0] / self.region[2]


def moving(state: ViewState, screen: Screen) -> Demand:
    """While things move: no more than the screen shows, soon rather than perfect."""
    region = _whole(state)
    if region[2] * region[3] > WHOLE_UP_TO:
        region = _visible(state, MARGIN)
    quality, share = MOVING[screen.ease]
    density = min(screen.density, MOVING_DENSITY)
    size, _ = _size(state, region, density, MOVING_MOST, share)
    return Demand(region, size, quality, True)


def resting(state: ViewState, screen: Screen) -> Demand:
    """At rest: without loss, and every pixel that the image has and the screen can show."""
    region = _whole(state)
    if region[2] * region[3] <= WHOLE_UP_TO:
        return Demand(region, (region[2], region[3]), 0, False)
    region = _visible(state, 0)
    size, short = _size(state, region, screen.density, RESTING_MOST)
    return Demand(region, size, 0, short)


def serves(drawn: Demand, state: ViewState, screen: Screen) -> bool:
    """Whether a picture that is there already also does for this state while it moves."""
    left, top, width, height = _visible(state, 0)
    x, y, across, down = drawn.region
    inside = x <= left and y <= top and left + width <= x + across and top + height <= y + down
    return inside and drawn.scale >= SHARP_ENOUGH * moving(state, screen).scale


def most_ahead(state: ViewState, budget: int) -> int:
    """How many slices may be read ahead with so many bytes of memory for pixels."""
    slice_bytes = 2 * state.stack.columns * state.stack.rows
    return min(AHEAD, int(budget * AHEAD_SHARE // max(slice_bytes, 1)))


def ahead(before: int, now: int, slices: int, most: int = AHEAD) -> tuple[int, ...]:
    """Slices worth reading ahead after a step from `before` to `now`, the likeliest first."""
    direction = -1 if now < before else 1
    forth = [now + direction * step for step in range(1, most + 1)]
    back = [now - direction * step for step in range(1, min(BEHIND, most) + 1)]
    return tuple(slice for slice in (*forth, *back) if 0 <= slice < slices)


def _whole(state: ViewState) -> Region:
    return 0, 0, state.stack.columns, state.stack.rows


def _visible(state: ViewState, margin: float) -> Region:
    """What is on screen, and some more around it; all of the image while that is unknown."""
    if state.width < 2:
        return _whole(state)
    left, top, width, height = state.visible_region()
    if not (width and height):
        return _whole(state)
    more_x, more_y = math.ceil(width * margin), math.ceil(height * margin)
    right = min(left + width + more_x, state.stack.columns)
    bottom = min(top + height + more_y, state.stack.rows)
    left, top = max(left - more_x, 0), max(top - more_y, 0)
    return left, top, right - left, bottom - top


def _size(
    state: ViewState, region: Region, density: float, most: int, share: float = 1.0
) -> tuple[tuple[int, int], bool]:
    """The picture's size, and whether `most` made it smaller than it should be."""
    stack = state.stack
    scale = state.scale
    if state.width < 2:
        scale = UNSEEN / max(stack.columns, stack.rows * stack.aspect)
    width = region[2] * min(1.0, scale * density)
    height = region[3] * min(1.0, scale * stack.aspect * density)
    reduction = share * min(1.0, (most / (width * height)) ** 0.5)
    across, down = math.ceil(width * reduction), math.ceil(height * reduction)
    return (min(max(1, across), region[2]), min(max(1, down), region[3])), reduction < 1
