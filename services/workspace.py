"""Everything on the stage as one value: viewports, their layout and links, and what is drawn.

There are always four places for viewports; a layout shows the block of them in which the active
one lies, so that changing the layout moves and loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from services.drawing import Sheet
from services.drawing_events import DrawEvent
from services.exams import Slice
from services.positions import Positions
from services.view_events import Choose, Down, Event, GoTo, Step, Tool, Wheel
from services.view_state import ViewState

PLACES = 4


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
    as in planes through a volume.
    """

    view: ViewState
    slices: tuple[Slice, ...] = ()
    positions: Positions | None = None

    @property
    def where(self) -> Slice | None:
        """The image on screen, if it can be drawn on."""
        return self.slices[self.view.slice] if self.slices else None

    def linked(self, to: Viewport, before: int) -> Viewport:
        """After another viewport was scrolled from slice `before` to where it is now.

        By position where both share a frame of reference and lie parallel, else by as many slices.
        """
        if self.positions is not None and to.positions is not None:
            nearest = self.positions.nearest(to.positions, to.view.slice)
            if nearest is not None:
                return replace(self, view=self.view.after(GoTo(nearest)))
        return replace(self, view=self.view.after(Step(to.view.slice - before)))


@dataclass(frozen=True, slots=True)
class Arrange:
    """Show the viewports in this layout."""

    layout: Layout


@dataclass(frozen=True, slots=True)
class Activate:
    """Work in this viewport, counted from 0."""

    place: int


@dataclass(frozen=True, slots=True)
class Link:
    """Scroll the viewports together, or each alone."""

    together: bool


@dataclass(frozen=True, slots=True)
class Put:
    """Show a series in a place, and work there."""

    place: int
    viewport: Viewport


@dataclass(frozen=True, slots=True)
class Within:
    """Something happens in a viewport, be it the active one or not."""

    place: int
    event: Event | DrawEvent


WorkspaceEvent = Arrange | Activate | Link | Put | Within | Event | DrawEvent


@dataclass(frozen=True, slots=True)
class Workspace:
    """The stage; an event that names no place happens in the active viewport."""

    viewports: tuple[Viewport | None, ...] = (None,) * PLACES
    layout: Layout = Layout.ONE
    active: int = 0
    together: bool = False
    tool: Tool = Tool.WINDOW
    sheet: Sheet = field(default_factory=Sheet)

    @property
    def shown(self) -> tuple[int, ...]:
        """The places on screen, in reading order."""
        count = self.layout.rows * self.layout.columns
        first = self.active // count * count
        return tuple(range(first, first + count))

    def after(self, event: WorkspaceEvent) -> Workspace:
        """The workspace after an event."""
        match event:
            case Arrange(layout):
                return replace(self, layout=layout)
            case Activate(place):
                return replace(self, active=place) if 0 <= place < PLACES else self
            case Link(together):
                return replace(self, together=together)
            case Put(place, viewport):
                held = replace(viewport, view=viewport.view.after(Choose(self.tool)))
                return replace(self._with(place, held), active=place)
            case Within(place, inner):
                touched = isinstance(inner, Down | Wheel)
                active = replace(self, active=place) if touched else self
                return active._within(place, inner)
            case Choose(tool):
                views = tuple(
                    viewport and replace(viewport, view=viewport.view.after(event))
                    for viewport in self.viewports
                )
                return replace(self, viewports=views, tool=tool)._within(self.active, event)
            case _:
                return self._within(self.active, event)

    def _within(self, place: int, event: Event | DrawEvent) -> Workspace:
        before = self.viewports[place]
        if before is None:
            return self
        sheet, view = self.sheet.after(event, before.view, before.where)
        now = replace(before, view=view)
        changed = replace(self._with(place, now), sheet=sheet)
        if self.together and view.slice != before.view.slice:
            for other in self.shown:
                viewport = changed.viewports[other]
                if other != place and viewport is not None:
                    changed = changed._with(other, viewport.linked(now, before.view.slice))
        return changed

    def _with(self, place: int, viewport: Viewport) -> Workspace:
        viewports = (*self.viewports[:place], viewport, *self.viewports[place + 1 :])
        return replace(self, viewports=viewports)
