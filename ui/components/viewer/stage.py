"""The stage: up to four viewports, the series in them, and what is drawn on their images.

Every event goes into the `Workspace`; canvases, boards and lines are then made true to it. What
fills the viewports is `Filling`'s affair.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Protocol

from nicegui import ui
from nicegui.events import GenericEventArguments

from services.access import Access
from services.errors import PortalError
from services.exam.exams import Exam, SeriesEntry, Slice
from services.language import N_, _
from services.viewer.annotation import Annotation
from services.viewer.drawing import KINDS
from services.viewer.drawing_events import Press
from services.viewer.view_events import Down
from services.viewer.view_state import ViewState
from services.viewer.viewports import PLACES, Viewport
from services.viewer.workspace import Workspace
from services.viewer.workspace_events import (
    Activate,
    Draw,
    Leave,
    Narrow,
    Open,
    Put,
    Within,
    WorkspaceEvent,
)
from ui.components.viewer import reference_layer
from ui.components.viewer.board import Board
from ui.components.viewer.canvas import Canvas
from ui.components.viewer.open_exams import OpenExam, OpenExams
from ui.components.viewer.pane import Pane, Shown
from ui.gate import Visit
from ui.problems import tell

BREADTH = "breadth-"  # begins the names of the animations that tell a narrow screen from a wide one
CROSSING = N_(
    "Arrow keys move the cross, with Shift a little. Enter sets a point or takes one up, "
    "Esc puts the cross away."
)
NOT_HERE = N_("Measurements are made on the images as they were taken: choose Planes, Acquired.")


class Around(Protocol):
    """What stands around the stage and follows it."""

    def changed(self) -> None:
        """A view, the layout or the active viewport changed."""

    def measured(self) -> None:
        """Annotations or their readings changed."""

    def lost(self, error: PortalError) -> None:
        """The exam itself may no longer be seen."""

    def left(self, opened: OpenExam) -> None:
        """An exam that was compared with is no longer on the stage."""

    def image_menu(self) -> None:
        """Make the menu of a canvas."""


class Stage:
    """Where the images of an exam, and of those compared with it, are looked at.

    `dropped` is called with a place in which something was dropped.
    """

    def __init__(
        self, visit: Visit, exam: Exam, around: Around, dropped: Callable[[int], Awaitable[None]]
    ) -> None:
        self._visit = visit
        self._around = around
        self._dropped = dropped
        self.workspace = Workspace()
        self.panes: list[Pane] = []
        self.exams = OpenExams(visit, self._make_board, self._blank)
        self.element = ui.element("div").classes("stage")
        with self.element:
            self.main = self.exams.add(exam)
            if not exam.series:
                with ui.element("div").classes("over"), ui.element("div"):
                    ui.label(_("This exam has no images; please read the report."))
                return
            for key in ("page-down", "page-up", "down", "up", "left", "right", "home", "end"):
                # a key that pages through images scrolls nothing else
                self.element.on(f"keydown.{key}.prevent", lambda: None, args=[])
            breadth = ui.element("i").classes("breadth")
            breadth.on("animationstart", self._breadth, ["animationName"])
            self.panes = [self._make_pane(place) for place in range(PLACES)]

    @property
    def view(self) -> ViewState | None:
        """What the active viewport shows."""
        return self.workspace.now.view if self.workspace.now else None

    @property
    def active(self) -> Pane | None:
        """The pane that is worked in."""
        return self.panes[self.workspace.active] if self.panes else None

    @property
    def where(self) -> Slice | None:
        """The image in the active viewport, of whichever exam, if it is one as it was taken."""
        return self.workspace.now.where if self.workspace.now is not None else None

    @property
    def crossing(self) -> bool:
        """Whether there is a cross to draw with on the image of the active viewport."""
        return self._crossing_in(self.workspace.active)

    def do(self, event: WorkspaceEvent) -> None:
        """Something happens on the stage."""
        before, self.workspace = self.workspace, self.workspace.after(event)
        if isinstance(event, Within) and isinstance(event.event, Down | Press):
            self._tell_where_to_draw(event)
        if self.workspace != before:  # as after most moves of a mouse with no button pressed
            self._follow(before)

    def put(
        self, place: int, of: OpenExam, series: SeriesEntry, viewport: Viewport, shown: Shown
    ) -> None:
        """Show a series, acquired or cut out of one, in a place."""
        pane, before = self.panes[place], self.workspace
        self.workspace = before.after(Put(place, viewport))
        held = self.workspace.viewports[place] or viewport
        pane.shown = shown
        if pane.canvas is None or pane.canvas.closed:
            pane.hold(self._make_canvas(pane, of, series, held.view))
        else:
            pane.canvas.show(of.access, series, held.view)
        if pane.canvas is not None:
            pane.canvas.set_corner("tr", _series_text(series))
        self._write_title(pane)
        self._follow(before)

    def lost(self, of: OpenExam, error: PortalError) -> None:
        """An exam may no longer be seen."""
        if of is self.main:
            self._around.lost(error)
        else:
            self.exams.drop(of, str(error))

    def focus(self) -> None:
        """Send the focus to the image that is worked with."""
        if self.active is not None and self.active.canvas is not None:
            self.active.canvas.element.run_method("focus")

    def renew(self, access: Access) -> None:
        """Go on with the exam itself under a new decision, and decide about the others anew."""
        self.main.access = access
        self.main.board.renew(access)
        for opened in self.exams:
            renewed = access if opened is self.main else self.exams.decide_again(opened)
            if renewed is not None:
                for canvas in self._canvases_of(opened.number):
                    canvas.renew(renewed)

    def arrange(self) -> None:
        """Lay the panes out as the workspace has them."""
        workspace, shown = self.workspace, self.workspace.shown
        for pane in self.panes:
            here = pane.place in shown
            pane.place_on_stage(
                shown.index(pane.place) + 1 if here else 0,
                len(shown),
                shown=here,
                active=pane.place == workspace.active,
            )
            self._write_title(pane)
        self.element.props["data-layout"] = "1×1" if workspace.narrow else workspace.layout.value

    def _follow(self, before: Workspace) -> None:
        """Make everything true to the workspace."""
        if not self.panes:
            return
        now = self.workspace
        if (before.shown, before.active, before.layout) != (now.shown, now.active, now.layout):
            self.arrange()
        for pane, viewport in zip(self.panes, now.viewports, strict=True):
            if viewport is not None and pane.canvas is not None:
                pane.canvas.follow(viewport.view)
        for opened in self.exams:
            opened.board.follow(self.workspace.sheet_of(opened.number))
        for place in now.shown:
            self.panes[place].hint(_(CROSSING) if self._crossing_in(place) else "")
        self._lay_lines()
        self._around.changed()

    def _crossing_in(self, place: int) -> bool:
        there = self.workspace.viewports[place]
        sheet = self.workspace.sheet_of(there.exam) if there is not None else None
        return there is not None and sheet is not None and sheet.cross_on(there.where) is not None

    def _write_title(self, pane: Pane) -> None:
        """Who and what; beside others there is room for what and when only."""
        of = self.exams.get(pane.shown.exam) if pane.shown else None
        if of is None or pane.canvas is None or pane.canvas.closed:
            return
        whole = f"{of.exam.title}\n{of.exam.patient_line}".strip()
        alone = len(self.workspace.shown) == 1
        pane.canvas.set_corner("tl", whole if alone else of.exam.page_title)

    def _lay_lines(self) -> None:
        workspace = self.workspace
        for place in workspace.shown:
            canvas, viewport = self.panes[place].canvas, workspace.viewports[place]
            if canvas is not None and not canvas.closed and viewport is not None:
                canvas.lay_lines(reference_layer.svg(workspace.lines_on(place), viewport.view))

    def _canvases_of(self, exam: int) -> Iterator[Canvas]:
        for pane in self.panes:
            if pane.canvas is not None and pane.shown is not None and pane.shown.exam == exam:
                yield pane.canvas

    def _blank(self, of: OpenExam, sentence: str) -> None:
        """Nothing of an exam to compare with stays, and a sentence says why."""
        for pane in self.panes:
            if pane.canvas is not None and pane.shown is not None and pane.shown.exam == of.number:
                pane.canvas.close(sentence)
                pane.shown = None
        self.do(Leave(of.number))
        self._around.left(of)

    def _tell_where_to_draw(self, event: Within) -> None:
        viewport = self.workspace.viewports[event.place]
        if viewport is None or viewport.where is not None:
            return
        hand = viewport.view.tool if isinstance(event.event, Press) else viewport.view.hand
        if hand in KINDS:
            tell(_(NOT_HERE))

    def _breadth(self, e: GenericEventArguments) -> None:
        name = str(e.args["animationName"])
        if name.startswith(BREADTH):
            self.do(Narrow(name == f"{BREADTH}narrow"))

    def _make_board(self, exam: Exam) -> Board:
        number = exam.access.study_id

        def opened(kept: tuple[Annotation, ...]) -> None:
            self.do(Open(number, kept))

        def lost(error: PortalError) -> None:
            if (of := self.exams.get(number)) is not None:
                self.lost(of, error)

        with self.element:
            return Board(
                self._visit, exam.access,
                canvases=lambda: self._canvases_of(number),
                draw=lambda event: self.do(Draw(number, event)),
                opened=opened, on_change=self._around.measured, on_lost=lost,
            )  # fmt: skip

    def _make_pane(self, place: int) -> Pane:
        return Pane(
            place,
            drop=lambda: self._dropped(place),
            touch=lambda: self.do(Activate(place)),
            press=lambda: self.do(Within(place, Press())),
        )

    def _make_canvas(
        self, pane: Pane, of: OpenExam, series: SeriesEntry, view: ViewState
    ) -> Canvas:
        place = pane.place

        def changed() -> None:
            opened = self.exams.get(pane.shown.exam) if pane.shown else None
            if opened is not None and pane.canvas is not None:
                opened.board.lay(pane.canvas)

        def lost(error: PortalError) -> None:
            opened = self.exams.get(pane.shown.exam) if pane.shown else None
            if opened is not None:
                self.lost(opened, error)

        with pane.element:
            canvas = Canvas(
                self._visit, of.access, series, view,
                send=lambda event: self.do(Within(place, event)), on_change=changed, on_lost=lost,
            )  # fmt: skip
        with canvas.element:
            self._around.image_menu()
        return canvas


def _series_text(series: SeriesEntry) -> str:
    return f"{series.modality} {series.number}\n{series.description}".strip()
