"""The cross on an image that keys move: a press of Enter there is what a click there would be."""

from __future__ import annotations

from dataclasses import dataclass, replace

from imaging.measure import Point
from services.exam.exams import Slice
from services.viewer.drawing_events import Nudge
from services.viewer.view_events import Down, Pointer
from services.viewer.view_state import ViewState

KEYS = -1  # no pointer of a browser has this id


@dataclass(frozen=True, slots=True)
class Cross:
    """Which image it is on and where, in image pixels: it stays there when the view is moved."""

    where: Slice
    at: Point

    @classmethod
    def in_the_middle(cls, where: Slice, view: ViewState) -> Cross:
        """The first place of a cross: the middle of what is seen of the image."""
        return cls(where, view.inside(view.width / 2, view.height / 2))

    def moved(self, by: Nudge, view: ViewState) -> Cross:
        """A little further on the screen, within the image and the viewport."""
        x, y = view.on_screen(*self.at)
        x, y = min(max(x + by.x, 0.0), view.width), min(max(y + by.y, 0.0), view.height)
        return replace(self, at=view.inside(x, y))

    def press(self, view: ViewState) -> Down:
        """The click that a press of the key stands for."""
        return Down(Pointer(KEYS, *view.on_screen(*self.at)), 0, touch=False)
