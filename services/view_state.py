"""What a viewer shows, as a value, and how events change it: no browser, no pixels.

Lengths on screen are CSS pixels from the viewport's top left corner; lengths in the image are
image pixels. `transform` maps the second to the first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from imaging.grayscale import Window
from services.view_events import (
    Brighten,
    Choose,
    Down,
    Event,
    Flip,
    GoTo,
    Invert,
    Magnify,
    Move,
    Pointer,
    Reset,
    Resize,
    Rotate,
    SetWindow,
    Step,
    Tool,
    Up,
    Wheel,
)

SMALLEST_ZOOM, LARGEST_ZOOM = 0.1, 40.0
DRAG_PER_SLICE = 12.0  # CSS pixels of drag for one slice, at least
WINDOW_PER_PIXEL = 1 / 400  # share of the starting width for a CSS pixel of drag


@dataclass(frozen=True, slots=True)
class Stack:
    """What the reducer must know of the series shown."""

    series_id: int
    slices: int
    columns: int
    rows: int
    aspect: float  # height of an image pixel over its width
    window: Window | None  # where the series starts; None: colour, nothing to window
    plane: str = ""  # of pictures cut out of a volume; empty: as they were taken


@dataclass(frozen=True, slots=True)
class ViewState:
    """One viewport."""

    stack: Stack
    slice: int = 0
    window: Window | None = None
    invert: bool = False
    zoom: float = 1.0  # 1: the whole image fits
    pan_x: float = 0.0
    pan_y: float = 0.0
    quarter_turns: int = 0
    flipped: bool = False
    width: float = 0.0
    height: float = 0.0
    tool: Tool = Tool.WINDOW
    hand: Tool | None = None  # the tool of the drag under way
    pointers: tuple[Pointer, ...] = ()
    unspent: float = 0.0  # drag or wheel too short for a slice yet

    @classmethod
    def start(cls, stack: Stack, *, slice: int = 0, tool: Tool = Tool.WINDOW) -> ViewState:
        """The first view of a series."""
        return cls(stack, slice, stack.window, tool=tool)

    def showing(self, stack: Stack, *, slice: int = 0) -> ViewState:
        """Another series in the same viewport, with the same tool."""
        fresh = ViewState.start(stack, slice=slice, tool=self.tool)
        return replace(fresh, width=self.width, height=self.height)

    def through(self, stack: Stack) -> ViewState:
        """Other planes of the same series in the same window; only thicker ones: the same view."""
        size = (stack.slices, stack.columns, stack.rows)
        alike = size == (self.stack.slices, self.stack.columns, self.stack.rows)
        if alike and stack.plane and self.stack.plane:
            return replace(self, stack=stack)
        fresh = self.showing(stack, slice=stack.slices // 2)
        return replace(fresh, window=self.window, invert=self.invert)

    def after(self, event: Event) -> ViewState:
        """The state after an event."""
        match event:
            case Wheel(delta, x, y, zooming):
                if zooming:
                    return self._zoomed(math.exp(-delta / 400), x, y)
                if delta == 0:  # turned sideways
                    return self
                return self._scrolled(math.copysign(max(1, round(abs(delta) / 120)), delta))
            case Down():
                return self._pressed(event)
            case Move(pointer):
                return self._moved(pointer)
            case Up(pointer_id):
                left = tuple(p for p in self.pointers if p.pointer_id != pointer_id)
                return replace(self, pointers=left, unspent=0.0, hand=self.hand if left else None)
            case Resize(width, height):
                grown = replace(self, width=max(width, 1.0), height=max(height, 1.0))
                return grown._kept_in_sight()
            case GoTo(number):
                return replace(self, slice=min(max(number, 0), self.stack.slices - 1))
            case Step(slices):
                return self.after(GoTo(self.slice + slices))
            case Choose(tool):
                return replace(self, tool=tool)
            case SetWindow(window):
                return replace(self, window=window) if self.stack.window else self
            case Brighten(brightness, contrast):
                return self._windowed(brightness, contrast)
            case Magnify(factor):
                return self._zoomed(factor, self.width / 2, self.height / 2)
            case Invert():
                return replace(self, invert=not self.invert)
            case Rotate():
                return replace(self, quarter_turns=(self.quarter_turns + 1) % 4)._kept_in_sight()
            case Flip():
                return replace(self, flipped=not self.flipped)
            case Reset():
                return replace(
                    ViewState.start(self.stack, slice=self.slice, tool=self.tool),
                    width=self.width,
                    height=self.height,
                )

    @property
    def picture(self) -> tuple[int, str, int, Window | None, bool]:
        """What the pixels depend on: as long as this stays, only the transform changes."""
        return self.stack.series_id, self.stack.plane, self.slice, self.window, self.invert

    @property
    def scale(self) -> float:
        """CSS pixels for one image column."""
        return self.zoom * self._fit

    @property
    def transform(self) -> tuple[float, float, float, float, float, float]:
        """The CSS matrix(a, b, c, d, e, f) from image pixels to the viewport."""
        x_scale = self.scale * (-1 if self.flipped else 1)
        y_scale = self.scale * self.stack.aspect
        cos, sin = ((1, 0), (0, 1), (-1, 0), (0, -1))[self.quarter_turns]
        a, b, c, d = cos * x_scale, sin * x_scale, -sin * y_scale, cos * y_scale
        half_columns, half_rows = self.stack.columns / 2, self.stack.rows / 2
        e = self.width / 2 + self.pan_x - a * half_columns - c * half_rows
        f = self.height / 2 + self.pan_y - b * half_columns - d * half_rows
        return a, b, c, d, e, f

    def in_image(self, x: float, y: float) -> tuple[float, float]:
        """The image point (column, row; pixel centres at .5) under a point of the viewport."""
        a, b, c, d, e, f = self.transform
        determinant = a * d - b * c
        x, y = x - e, y - f
        return (d * x - c * y) / determinant, (a * y - b * x) / determinant

    def inside(self, x: float, y: float) -> tuple[float, float]:
        """`in_image`, or the nearest point of the image."""
        column, row = self.in_image(x, y)
        return min(max(column, 0.0), self.stack.columns), min(max(row, 0.0), self.stack.rows)

    def on_screen(self, column: float, row: float) -> tuple[float, float]:
        """Where a point of the image is in the viewport."""
        a, b, c, d, e, f = self.transform
        return a * column + c * row + e, b * column + d * row + f

    def visible_region(self) -> tuple[int, int, int, int]:
        """The part of the image on screen: left, top, width, height in image pixels."""
        corners = [self.in_image(x, y) for x in (0.0, self.width) for y in (0.0, self.height)]
        columns, rows = zip(*corners, strict=True)
        left, right = (
            max(0, math.floor(min(columns))),
            min(self.stack.columns, math.ceil(max(columns))),
        )
        top, bottom = max(0, math.floor(min(rows))), min(self.stack.rows, math.ceil(max(rows)))
        return left, top, max(right - left, 0), max(bottom - top, 0)

    @property
    def _fit(self) -> float:
        across, down = float(self.stack.columns), self.stack.rows * self.stack.aspect
        if self.quarter_turns % 2:
            across, down = down, across
        if not (self.width and self.height):
            return 1.0
        return min(self.width / across, self.height / down)

    def _pressed(self, event: Down) -> ViewState:
        others = tuple(p for p in self.pointers if p.pointer_id != event.pointer.pointer_id)
        if event.button == 1:
            hand: Tool = Tool.PAN
        elif event.touch and self.tool is Tool.WINDOW:
            # the finger that stays after a pinch goes on moving the image
            hand = Tool.PAN if others or self.stack.slices == 1 else Tool.SCROLL
        else:
            hand = self.tool
        return replace(self, pointers=(*others, event.pointer), hand=hand, unspent=0.0)

    def _moved(self, pointer: Pointer) -> ViewState:
        before = {p.pointer_id: p for p in self.pointers}
        last = before.get(pointer.pointer_id)
        if last is None:
            return self
        now = tuple(pointer if p.pointer_id == pointer.pointer_id else p for p in self.pointers)
        moved = replace(self, pointers=now)
        if len(now) >= 2:
            return moved._pinched(self.pointers[:2], now[:2])
        dx, dy = pointer.x - last.x, pointer.y - last.y
        match self.hand:
            case Tool.SCROLL:
                per_slice = max(DRAG_PER_SLICE, self.height / max(self.stack.slices, 1) / 1.5)
                return moved._scrolled(dy / per_slice)
            case Tool.WINDOW:
                return moved._windowed(-dy * WINDOW_PER_PIXEL, dx * WINDOW_PER_PIXEL)
            case Tool.ZOOM:
                return moved._zoomed(math.exp(-dy / 200), self.width / 2, self.height / 2)
            case Tool.PAN:
                shifted = replace(moved, pan_x=self.pan_x + dx, pan_y=self.pan_y + dy)
                return shifted._kept_in_sight()
            case _:
                return moved

    def _pinched(self, before: tuple[Pointer, ...], now: tuple[Pointer, ...]) -> ViewState:
        def span(two: tuple[Pointer, ...]) -> tuple[float, float, float]:
            p, q = two
            return (p.x + q.x) / 2, (p.y + q.y) / 2, math.hypot(p.x - q.x, p.y - q.y)

        (x0, y0, apart0), (x1, y1, apart1) = span(before), span(now)
        shifted = replace(self, pan_x=self.pan_x + x1 - x0, pan_y=self.pan_y + y1 - y0)
        return shifted._zoomed(apart1 / apart0 if apart0 > 1 and apart1 > 1 else 1.0, x1, y1)

    def _scrolled(self, slices: float) -> ViewState:
        total = self.unspent + slices
        whole = math.trunc(total)
        return replace(self.after(Step(whole)), unspent=total - whole)

    def _windowed(self, brightness: float, contrast: float) -> ViewState:
        """More brightness lowers the centre, more contrast narrows the width."""
        start, window = self.stack.window, self.window
        if start is None or window is None:
            return self
        center = window.center - brightness * start.width
        narrowest = max(start.width / 1000, 1.0 if window.function == "LINEAR" else 0.0)
        width = min(max(window.width * math.exp(-2 * contrast), narrowest), start.width * 1000)
        return replace(self, window=replace(window, center=center, width=width, name=""))

    def _zoomed(self, factor: float, x: float, y: float) -> ViewState:
        """Zoom so that the image point under (x, y) stays there."""
        zoom = min(max(self.zoom * factor, SMALLEST_ZOOM), LARGEST_ZOOM)
        factor = zoom / self.zoom
        from_x, from_y = x - self.width / 2, y - self.height / 2
        return replace(
            self,
            zoom=zoom,
            pan_x=from_x - (from_x - self.pan_x) * factor,
            pan_y=from_y - (from_y - self.pan_y) * factor,
        )._kept_in_sight()

    def _kept_in_sight(self) -> ViewState:
        """Some of the image always stays on screen."""
        across = self.stack.columns * self.scale
        down = self.stack.rows * self.stack.aspect * self.scale
        if self.quarter_turns % 2:
            across, down = down, across
        reach_x, reach_y = (self.width + across) / 2 - 40, (self.height + down) / 2 - 40
        return replace(
            self,
            pan_x=min(max(self.pan_x, -reach_x), reach_x),
            pan_y=min(max(self.pan_y, -reach_y), reach_y),
        )
