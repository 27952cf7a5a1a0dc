"""The stage: the viewport, the series in it, and what is drawn on its images."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from imaging.planes import Plane
from imaging.reformat import Slab
from services.access import Access
from services.drawing_events import DrawEvent
from services.errors import Invalid, PortalError
from services.exams import Exam, SeriesEntry, Slice
from services.view_events import Event
from services.view_state import ViewState
from ui.components.board import Board
from ui.components.canvas import Canvas
from ui.components.series_strip import SeriesStrip
from ui.components.toolbar import Toolbar
from ui.gate import Visit


class Stage:
    """Where the images of an exam are looked at.

    `on_change` is told when a view changed, `on_measured` when annotations did, `on_lost` when the
    exam may no longer be seen.
    """

    def __init__(
        self,
        visit: Visit,
        exam: Exam,
        *,
        on_change: Callable[[], None],
        on_measured: Callable[[], None],
        on_lost: Callable[[PortalError], None],
    ) -> None:
        self._visit = visit
        self._exam = exam
        self._access = exam.access
        self._on_change = on_change
        self._on_lost = on_lost
        self._canvas: Canvas | None = None
        self._taken: SeriesEntry | None = None  # the series on the stage, as it was acquired
        self.board = Board(visit, exam.access, on_change=on_measured, on_lost=on_lost)

    @property
    def view(self) -> ViewState | None:
        """What the viewport shows."""
        return None if self._canvas is None else self._canvas.state

    @property
    def series(self) -> SeriesEntry | None:
        """The series in the viewport."""
        return None if self._canvas is None else self._canvas.series

    @property
    def where(self) -> Slice | None:
        """The image in the viewport; None where it was cut out of a volume."""
        canvas = self._canvas
        if canvas is None or canvas.series.cut is not None:
            return None
        return canvas.series.slices[canvas.state.slice]

    async def furnish(self, toolbar: Toolbar, strip: SeriesStrip, menu: Callable[[], None]) -> None:
        """Show the exam's first series; its first picture is then part of the page."""
        self._toolbar, self._strip = toolbar, strip
        if not self._exam.series:
            with ui.element("div").classes("over"), ui.element("div"):
                ui.label("This exam has no images; please read the report.")
            return
        series = _first_to_show(self._exam)
        viewer = self._visit.viewer
        stack = await self._visit.run(viewer.stack, self._access, series)
        self._canvas = Canvas(
            self._visit,
            self._access,
            series,
            ViewState.start(stack),
            reduce=self.board.reduce,
            on_change=self._changed,
            on_lost=self._on_lost,
        )
        self._canvas.set_corner("tl", f"{self._exam.title}\n{self._exam.patient_line}".strip())
        self._canvas.set_corner("tr", _series_text(series))
        self._strip.mark(series)
        self._taken = series
        self._toolbar.offer(await self._visit.run(viewer.presets, self._access, series))
        standing = await self._visit.run(viewer.standing, self._access, series)
        self._toolbar.planes.offer(standing)
        self.board.attach(self._canvas)
        with self._canvas.element:
            menu()
        await self._canvas.draw_first()

    async def load(self) -> None:
        """What can wait until the first image is on screen."""
        await self.board.load()

    def do(self, event: Event | DrawEvent) -> None:
        """Send an event to the canvas."""
        if self._canvas is not None:
            self._canvas.do(event)

    async def choose(self, series: SeriesEntry) -> None:
        """Put a series on the stage."""
        if self._canvas is None or self._canvas.closed:
            return
        viewer = self._visit.viewer
        try:
            stack = await self._visit.run(viewer.stack, self._access, series)
            presets = await self._visit.run(viewer.presets, self._access, series)
            standing = await self._visit.run(viewer.standing, self._access, series)
        except PortalError as error:
            self._on_lost(error)
            return
        self._taken = series
        self._canvas.show(series, self._canvas.state.showing(stack))
        self._canvas.set_corner("tr", _series_text(series))
        self._toolbar.offer(presets)
        self._toolbar.planes.offer(standing)
        self._strip.mark(series)

    async def show_plane(self, plane: Plane | None, slab: Slab) -> bool:
        """Put planes through the chosen series on the stage, or its images as they were taken."""
        canvas, viewer, taken = self._canvas, self._visit.viewer, self._taken
        if canvas is None or canvas.closed or taken is None:
            return False
        with canvas.element:
            waiting = ui.notification("Putting the images together…", spinner=True, timeout=None)
        try:
            series = taken
            if plane is not None:
                planes = viewer.planes
                series = await self._visit.run(planes, self._access, taken, plane, slab)
            stack = await self._visit.run(viewer.stack, self._access, series)
        except Invalid as error:
            with canvas.element:
                ui.notify(str(error), type="warning")
            return False
        except PortalError as error:
            self._on_lost(error)
            return False
        finally:
            waiting.dismiss()
        if self._taken is not taken or canvas.closed:
            return False
        canvas.show(series, canvas.state.through(stack))
        canvas.set_corner("tr", _series_text(series))
        return True

    def renew(self, access: Access) -> None:
        """Go on under a new decision."""
        self._access = access
        if self._canvas is not None:
            self._canvas.renew(access)
            self.board.renew(access)

    def _changed(self) -> None:
        self._on_change()
        if self._canvas is not None:
            self.board.draw(self._canvas.state)


def _first_to_show(exam: Exam) -> SeriesEntry:
    """The largest series: a localiser is not what a person wants to see first."""
    return max(exam.series, key=lambda series: len(series.slices))


def _series_text(series: SeriesEntry) -> str:
    return f"{series.modality} {series.number}\n{series.description}".strip()
