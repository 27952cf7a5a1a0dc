"""What a viewer shows, as a value, and how events change it: no browser, no pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from imaging.grayscale import Window
from services.viewer.cine import Cine
from services.viewer.framing import Framing
from services.viewer.stack import Clip, Stack
from services.viewer.view_events import (
    ActualSize,
    Balance,
    Brighten,
    Choose,
    Down,
    Event,
    Faster,
    Fit,
    Flip,
    GoTo,
    Invert,
    Magnify,
    Move,
    Play,
    Pointer,
    Reset,
    Resize,
    Rotate,
    SetRate,
    SetWindow,
    Step,
    Swing,
    Tick,
    Tool,
    Up,
    Wheel,
)

__all__ = ["Clip", "Glass", "Stack", "ViewState"]

SMALLEST_ZOOM, LARGEST_ZOOM = 0.1, 40.0
DRAG_PER_SLICE = 12.0  # CSS pixels of drag for one slice, at least
WINDOW_PER_PIXEL = 1 / 400  # share of the starting width for a CSS pixel of drag
DOUBLE_TAP, DOUBLE_TAP_REACH = 350.0, 30.0  # ms and CSS pixels between two taps that are one
STILL = 10.0  # CSS pixels that a finger may move during a tap


@dataclass(frozen=True, slots=True)
class Glass:
    """The magnifier, where the pointer holds it; lifted: above a finger."""

    x: float
    y: float
    lifted: bool


@dataclass(frozen=True, slots=True)
class ViewState(Framing):
    """One viewport."""

    slice: int = 0
    window: Window | None = None
    invert: bool = False
    tool: Tool = Tool.WINDOW
    meant: bool = False  # a person chose the tool; else a finger scrolls
    hand: Tool | None = None  # the tool of the drag under way
    pointers: tuple[Pointer, ...] = ()
    unspent: float = 0.0  # drag or wheel too short for a slice yet
    glass: Glass | None = None
    tap: tuple[float, float, float] | None = None  # x, y and when a finger came down
    cine: Cine = field(default_factory=Cine)

    @classmethod
    def start(
        cls, stack: Stack, *, slice: int = 0, tool: Tool = Tool.WINDOW, meant: bool = False
    ) -> ViewState:
        """The first view of a series."""
        return cls(stack, slice=slice, window=stack.window, tool=tool, meant=meant)

    def showing(self, stack: Stack, *, slice: int = 0) -> ViewState:
        """Another series in the same viewport, with the same tool."""
        fresh = ViewState.start(stack, slice=slice, tool=self.tool, meant=self.meant)
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
                free = replace(self, pointers=left, unspent=0.0)
                return free if left else replace(free, hand=None, glass=None)
            case Resize(width, height):
                grown = replace(self, width=max(width, 1.0), height=max(height, 1.0))
                return grown._kept_in_sight()
            case GoTo(number):
                there = min(max(number, 0), self.stack.slices - 1)
                return replace(self, slice=there, cine=replace(self.cine, playing=False))
            case Step(slices):
                return self.after(GoTo(self.slice + slices))
            case Choose(tool, meant):
                return replace(self, tool=tool, meant=meant or (self.meant and tool is self.tool))
            case SetWindow(window):
                return replace(self, window=window) if self.stack.window else self
            case Brighten(brightness, contrast):
                return self._windowed(brightness, contrast)
            case Balance(brightness, contrast):
                before = self.balance
                return self._windowed(brightness - before[0], contrast - before[1])
            case Magnify(factor):
                return self._zoomed(factor, self.width / 2, self.height / 2)
            case Fit():
                return replace(self, zoom=1.0, pan_x=0.0, pan_y=0.0)
            case ActualSize():
                fitted = self.after(Fit())
                return fitted._zoomed(1 / self.fit, self.width / 2, self.height / 2)
            case Invert():
                return replace(self, invert=not self.invert)
            case Rotate(turns):
                turned = replace(self, quarter_turns=(self.quarter_turns + turns) % 4)
                return turned._kept_in_sight()
            case Flip(vertical):
                return self._mirrored(vertical)
            case Reset():
                return self.showing(self.stack, slice=self.slice)
            case Play() | Tick() | SetRate() | Faster() | Swing():
                return self._played(event)

    @property
    def picture(self) -> tuple[int, str, int, Window | None, bool]:
        """What the pixels depend on: as long as this stays, only the transform changes."""
        return self.stack.series_id, self.stack.plane, self.slice, self.window, self.invert

    @property
    def clip(self) -> Clip:
        """The slices that play as a moving picture where this view is."""
        return self.stack.clip(self.slice)

    @property
    def balance(self) -> tuple[float, float]:
        """Brightness and contrast against the start of the series; see `Balance`."""
        start, window = self.stack.window, self.window
        if start is None or window is None:
            return 0.0, 0.0
        brightness = (start.center - window.center) / start.width
        return brightness, -math.log(window.width / start.width) / 2

    def _played(self, event: Play | Tick | SetRate | Faster | Swing) -> ViewState:
        cine, clip = self.cine, self.clip
        match event:
            case Tick() if cine.playing:
                slice, cine = cine.next(self.slice, clip)
                return replace(self, slice=slice, cine=cine)
            case Play(on):
                wanted = not cine.playing if on is None else on
                cine = replace(cine, playing=wanted and clip.last > clip.first)
            case SetRate(rate):
                cine = replace(cine, chosen=rate)
            case Faster(by):
                cine = cine.faster(by, clip)
            case Swing():
                cine = replace(cine, swinging=not cine.swinging)
        return replace(self, cine=cine)

    def _mirrored(self, vertical: bool) -> ViewState:
        """Mirrored as it is on screen: a turned image then is turned the other way."""
        turns = (2 * vertical - self.quarter_turns) % 4
        x, y = (self.pan_x, -self.pan_y) if vertical else (-self.pan_x, self.pan_y)
        return replace(self, flipped=not self.flipped, quarter_turns=turns, pan_x=x, pan_y=y)

    def _pressed(self, event: Down) -> ViewState:
        x, y = event.pointer.x, event.pointer.y
        others = tuple(p for p in self.pointers if p.pointer_id != event.pointer.pointer_id)
        if event.button == 1:
            hand: Tool = Tool.PAN
        elif event.touch and (others or (self.tool is Tool.WINDOW and not self.meant)):
            # the finger that stays after a pinch goes on moving the image
            hand = Tool.PAN if others or self.stack.slices == 1 else Tool.SCROLL
        else:
            hand = self.tool
        pressed = replace(self, pointers=(*others, event.pointer), unspent=0.0, tap=None)
        if not event.touch or event.at is None or others:
            return pressed._holding(hand, x, y, event.touch)
        if self.tap is not None:
            near = math.hypot(x - self.tap[0], y - self.tap[1]) <= DOUBLE_TAP_REACH
            if near and event.at - self.tap[2] <= DOUBLE_TAP:
                return replace(pressed.after(Fit()), hand=None)
        return replace(pressed._holding(hand, x, y, True), tap=(x, y, event.at))

    def _holding(self, hand: Tool, x: float, y: float, touch: bool) -> ViewState:
        glass = Glass(x, y, touch) if hand is Tool.MAGNIFIER else None
        return replace(self, hand=hand, glass=glass)

    def _moved(self, pointer: Pointer) -> ViewState:
        before = {p.pointer_id: p for p in self.pointers}
        last = before.get(pointer.pointer_id)
        if last is None:
            return self
        now = tuple(pointer if p.pointer_id == pointer.pointer_id else p for p in self.pointers)
        still = self.tap and math.hypot(pointer.x - self.tap[0], pointer.y - self.tap[1]) <= STILL
        moved = replace(self, pointers=now, tap=self.tap if still else None)
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
            case Tool.MAGNIFIER if self.glass:
                return replace(moved, glass=replace(self.glass, x=pointer.x, y=pointer.y))
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
