"""Everything on the stage as one value: viewports, their layout and links, and what is drawn.

There are always four places for viewports; a layout shows the block of them in which the active
one lies, so that changing the layout moves and loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from imaging.patient_space import ImagePlane
from services.viewer.drawing import Sheet
from services.viewer.drawing_events import DrawEvent
from services.viewer.history import History
from services.viewer.reference_lines import ReferenceLine, lines_on, takes_hold, through
from services.viewer.view_events import Choose, Down, Event, Move, Play, Tool, Wheel
from services.viewer.view_state import Stack, ViewState
from services.viewer.viewports import EMPTY, PLACES, Layout, Places, Viewport
from services.viewer.workspace_events import (
    Activate,
    ActivateNext,
    Arrange,
    Draw,
    Lay,
    Leave,
    Link,
    Meet,
    Narrow,
    NextLayout,
    Open,
    Put,
    ShowLines,
    Within,
    WorkspaceEvent,
)

Sheets = tuple[tuple[int, Sheet], ...]  # by exam: each is kept with its own
MOST_REMEMBERED = 32
BLANK = Sheet()


@dataclass(frozen=True, slots=True)
class Workspace:
    """The stage; an event that names no place happens in the active viewport."""

    viewports: Places = EMPTY
    layout: Layout = Layout.ONE
    active: int = 0
    together: bool = False
    lines: bool = True
    narrow: bool = False
    tool: Tool = Tool.WINDOW
    meant: bool = False  # a person chose the tool; else a finger scrolls
    sheets: Sheets = ()
    left: tuple[tuple[int, Viewport], ...] = ()  # by place: what was shown there earlier

    @property
    def shown(self) -> tuple[int, ...]:
        """The places on screen, in reading order."""
        if self.narrow:
            return (self.active,)
        count = self.layout.rows * self.layout.columns
        first = self.active // count * count
        return tuple(range(first, first + count))

    @property
    def now(self) -> Viewport | None:
        """The active viewport."""
        return self.viewports[self.active]

    @property
    def sheet(self) -> Sheet:
        """What is drawn on the images of the active viewport's exam."""
        return self.sheet_of(self.now.exam) if self.now else BLANK

    def sheet_of(self, exam: int) -> Sheet:
        """What is drawn on the images of an exam."""
        return dict(self.sheets).get(exam, BLANK)

    def lines_on(self, place: int) -> tuple[ReferenceLine, ...]:
        """The reference lines on the image of a viewport."""
        if not self.lines:
            return ()
        return lines_on(self.viewports, self.shown, place, self.active)

    def view_of(self, stack: Stack, place: int) -> ViewState:
        """The view a series gets in a place: as it was left there, or from its start."""
        before = self.viewports[place]
        for where, earlier in reversed(self.left):
            if where == place and earlier.view.stack == stack:
                size = (before.view.width, before.view.height) if before else (0.0, 0.0)
                return replace(earlier.view, width=size[0], height=size[1])
        return before.view.showing(stack) if before else ViewState.start(stack, tool=self.tool)

    def after(self, event: WorkspaceEvent) -> Workspace:
        """The workspace after an event."""
        match event:
            case Arrange(layout):
                return self._arranged(layout)
            case NextLayout():
                layouts = tuple(Layout)
                return self._arranged(layouts[(layouts.index(self.layout) + 1) % len(layouts)])
            case Narrow(narrow):
                return replace(self, narrow=narrow)
            case Activate(place):
                return replace(self, active=place) if 0 <= place < PLACES else self
            case ActivateNext():
                shown = self.shown
                return replace(self, active=shown[(shown.index(self.active) + 1) % len(shown)])
            case Link(together):
                wanted = not self.together if together is None else together
                return replace(self, together=wanted)
            case ShowLines(lines):
                return replace(self, lines=not self.lines if lines is None else lines)
            case Put(place, viewport):
                return self._put(place, viewport)
            case Lay(place, stack, lie):
                there = self.viewports[place]
                if there is None or there.view.stack != stack:
                    return self
                return self._with(place, replace(there, lie=lie))
            case Meet(place):
                return self._met(place)
            case Leave(exam):
                return self._without(exam)
            case Open(exam, annotations):
                return self._drawn(exam, Sheet(History(annotations)))
            case Draw(exam, inner):
                return self._draw(exam, inner)
            case Within(place, inner):
                touched = isinstance(inner, Down | Wheel)
                active = replace(self, active=place) if touched else self
                return active._within(place, inner)
            case Choose(tool, meant):
                views = tuple(viewport and viewport.after(event) for viewport in self.viewports)
                kept = meant or (self.meant and tool is self.tool)
                chosen = replace(self, viewports=views, tool=tool, meant=kept)
                return chosen._within(self.active, event)
            case _:
                return self._within(self.active, event)

    def _arranged(self, layout: Layout) -> Workspace:
        """In another layout; a crosshair is of no use to a viewport that is alone."""
        arranged = replace(self, layout=layout)
        if layout is Layout.ONE and self.tool is Tool.CROSSHAIR:
            return arranged.after(Choose(Tool.WINDOW))
        return arranged

    def _put(self, place: int, viewport: Viewport) -> Workspace:
        held = viewport.after(Choose(self.tool, self.meant))
        before = self.viewports[place]
        left = self.left if before is None else (*self.left, (place, _at_rest(before)))
        put = replace(self._with(place, held), active=place)
        return replace(put, left=left[-MOST_REMEMBERED:])

    def _without(self, exam: int) -> Workspace:
        return replace(
            self,
            viewports=tuple(None if v and v.exam == exam else v for v in self.viewports),
            sheets=tuple((of, sheet) for of, sheet in self.sheets if of != exam),
            left=tuple(one for one in self.left if one[1].exam != exam),
        )

    def _draw(self, exam: int, event: DrawEvent) -> Workspace:
        there = next((v for v in self.viewports if v is not None and v.exam == exam), None)
        if there is None:
            return self
        sheet, _ = self.sheet_of(exam).after(event, there.view, None)
        return self._drawn(exam, sheet)

    def _within(self, place: int, event: Event | DrawEvent) -> Workspace:
        before = self.viewports[place]
        if before is None:
            return self
        sheet = self.sheet_of(before.exam)
        if self._takes_hold(place, before, event):
            view = replace(before.view.after(event), hand=Tool.CROSSHAIR)  # type: ignore[arg-type]
        else:
            sheet, view = sheet.after(event, before.view, before.where)
        now = replace(before, view=view)
        changed = self._with(place, now)._drawn(before.exam, sheet)
        if isinstance(event, Down | Move) and view.hand is Tool.CROSSHAIR:
            return changed._crossed(place, now)
        if self.together and view.slice != before.view.slice:
            return changed._scrolled_along(place, now, before.view.slice)
        return changed

    def _takes_hold(self, place: int, here: Viewport, event: Event | DrawEvent) -> bool:
        if not (isinstance(event, Down) and event.button == 0) or here.view.pointers:
            return False
        return takes_hold(here, self.lines_on(place), event)

    def _crossed(self, place: int, now: Viewport) -> Workspace:
        """The other viewports go to the point under the only pointer."""
        if len(now.view.pointers) != 1 or now.plane is None:
            return self
        pointer = now.view.pointers[0]
        return self._through(place, now.plane, *now.view.inside(pointer.x, pointer.y))

    def _met(self, place: int) -> Workspace:
        here = self.viewports[place]
        if here is None or here.plane is None:
            return self
        return self._through(place, here.plane, here.plane.columns / 2, here.plane.rows / 2)

    def _through(self, place: int, plane: ImagePlane, column: float, row: float) -> Workspace:
        """The other viewports at a point of the image in `place`."""
        point, changed = plane.in_patient(column, row), self
        for other in self.shown:
            viewport = self.viewports[other]
            if other != place and viewport is not None:
                changed = changed._with(other, through(viewport, plane, point))
        return changed

    def _scrolled_along(self, place: int, now: Viewport, before: int) -> Workspace:
        changed = self
        for other in self.shown:
            viewport = self.viewports[other]
            if other != place and viewport is not None:
                changed = changed._with(other, viewport.linked(now, before))
        return changed

    def _drawn(self, exam: int, sheet: Sheet) -> Workspace:
        if sheet == self.sheet_of(exam):
            return self
        others = tuple(one for one in self.sheets if one[0] != exam)
        return replace(self, sheets=(*others, (exam, sheet)))

    def _with(self, place: int, viewport: Viewport) -> Workspace:
        viewports = (*self.viewports[:place], viewport, *self.viewports[place + 1 :])
        return replace(self, viewports=viewports)


def _at_rest(viewport: Viewport) -> Viewport:
    """A viewport that nobody has a hand on, and in which nothing plays."""
    still = viewport.after(Play(on=False))
    return replace(still, view=replace(still.view, pointers=(), hand=None, unspent=0.0, glass=None))
