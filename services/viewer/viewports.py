"""A viewport as a value: the view of a series, and where its images lie in the patient."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from imaging.patient_space import ImagePlane
from services.exam.exams import Slice
from services.viewer.positions import Lie
from services.viewer.view_events import Event, GoTo, Step
from services.viewer.view_state import ViewState

PLACES = 4
NOWHERE = Lie()


class Layout(StrEnum):
    """Rows by columns."""

    ONE = "1×1"
    SIDE_BY_SIDE = "1×2"
    STACKED = "2×1"
    FOUR = "2×2"

    @property
    def rows(self) -> int:
        """How many viewports there are below each other."""
        return int(self.value[0])

    @property
    def columns(self) -> int:
        """How many viewports there are beside each other."""
        return int(self.value[-1])


@dataclass(frozen=True, slots=True)
class Viewport:
    """A series on the stage. `slices` are the images of its stack; empty: nothing is drawn there,
    as in planes through a volume. `exam` is the id of the study it belongs to.
    """

    view: ViewState
    slices: tuple[Slice, ...] = ()
    lie: Lie = NOWHERE
    exam: int = 0

    @property
    def where(self) -> Slice | None:
        """The image on screen, if it can be drawn on."""
        return self.slices[self.view.slice] if self.slices else None

    @property
    def plane(self) -> ImagePlane | None:
        """Where the image on screen lies in the patient, if that is known."""
        planes = self.lie.planes
        return planes[self.view.slice] if self.view.slice < len(planes) else None

    def after(self, event: Event) -> Viewport:
        """The viewport after something happened to its view."""
        return replace(self, view=self.view.after(event))

    def linked(self, to: Viewport, before: int) -> Viewport:
        """After another viewport was scrolled from slice `before` to where it is now.

        By position where both share a frame of reference and lie parallel; not at all where they
        share one and cross each other; else by as many slices.
        """
        mine, other = self.lie.positions, to.lie.positions
        if mine is not None and other is not None and mine.comparable(other):
            nearest = mine.nearest(other, to.view.slice)
            return self if nearest is None else self.after(GoTo(nearest))
        return self.after(Step(to.view.slice - before))


Places = tuple[Viewport | None, ...]  # always PLACES of them
EMPTY: Places = (None,) * PLACES
