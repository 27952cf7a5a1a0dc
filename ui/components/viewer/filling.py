"""What fills the viewports: the hanging, series that are chosen or dropped, planes, other exams."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from nicegui import ui

from imaging.planes import AXIAL, CORONAL, SAGITTAL, Plane
from imaging.reformat import THIN, Slab
from services.errors import Invalid, PortalError
from services.exam.exams import SeriesEntry
from services.language import _
from services.viewer import hanging
from services.viewer.hanging import Hung
from services.viewer.positions import lie
from services.viewer.view_events import Choose, GoTo, SetWindow, Tool
from services.viewer.view_state import ViewState
from services.viewer.viewports import Layout, Viewport
from services.viewer.workspace_events import Activate, Arrange, Lay, Link, Meet, Within
from ui.components.viewer.open_exams import OpenExam
from ui.components.viewer.pane import Pane, Shown
from ui.components.viewer.poster import put_poster
from ui.components.viewer.stage import Stage
from ui.gate import Visit
from ui.problems import tell

THREE = (AXIAL, SAGITTAL, CORONAL)  # in reading order; the fourth place keeps what was taken


class Filling:
    """Puts series on the stage."""

    def __init__(self, visit: Visit, stage: Stage) -> None:
        self._visit = visit
        self._stage = stage
        self._hung: tuple[Hung, ...] = ()
        self._dragged: tuple[OpenExam, SeriesEntry] | None = None
        self._busy = False

    async def hang(self) -> None:
        """Hang the exam; the first viewport's first picture is then part of the page."""
        stage, visit, main = self._stage, self._visit, self._stage.main
        if not main.exam.series:
            return
        hung = await visit.run(hanging.hanging, visit.portal, visit.images, main.access, main.exam)
        stage.do(Arrange(hung.layout))
        self._hung = hung.hung
        await self._show(self._hung[0].series, main, 0, self._hung[0].slice)
        stage.arrange()
        if (canvas := stage.panes[0].canvas) is not None:
            source = await canvas.draw_first()
            if source and len(stage.workspace.shown) == 1:
                put_poster(source)

    async def load(self) -> None:
        """What can wait until the first picture is on screen."""
        stage = self._stage
        await stage.main.board.load()
        if stage.panes:
            await self._lay(0)
        await self.fill()

    async def choose(
        self, series: SeriesEntry, of: OpenExam | None = None, place: int | None = None
    ) -> None:
        """Put a series into a viewport, the active one if none is named."""
        where = self._stage.workspace.active if place is None else place
        await self._show(series, of or self._stage.main, where)
        await self._lay(where)

    def drag(self, series: SeriesEntry | None, of: OpenExam | None = None) -> None:
        """A series is being dragged; None: no longer."""
        self._dragged = None if series is None else (of or self._stage.main, series)

    async def drop(self, place: int) -> None:
        """What is dragged was dropped in a viewport."""
        dragged, self._dragged = self._dragged, None
        if dragged is not None:
            await self.choose(dragged[1], dragged[0], place)

    async def fill(self) -> None:
        """Viewports on screen with nothing in them get what hangs there, then other series."""
        stage = self._stage
        if self._busy or stage.workspace.narrow or not stage.panes:
            return
        self._busy = True
        try:
            for place in stage.workspace.shown:
                if stage.panes[place].shown is None and (hung := self._next(place)) is not None:
                    await self._show(hung.series, stage.main, place, hung.slice, stay=True)
                    await self._lay(place)
        finally:
            self._busy = False

    def _next(self, place: int) -> Hung | None:
        """What belongs into an empty place; None when everything is shown already."""
        if place < len(self._hung):
            return self._hung[place]
        there = [pane.shown.taken.series_id for pane in self._stage.panes if pane.shown is not None]
        rest = hanging.next_to_show(self._stage.main.exam.series, there)
        return Hung(rest[0], len(rest[0].slices) // 2) if rest else None

    async def compare(self, study_id: int) -> OpenExam | None:
        """Put another exam of the patient beside this one, and scroll both together."""
        stage = self._stage
        here = stage.active
        if here is None:
            return None
        try:
            opened = await stage.exams.open(study_id)
        except PortalError as error:
            tell(str(error))
            return None
        if not opened.exam.series:
            tell(_("That exam has no images to put beside these."))
            return None
        like = here.shown.taken if here.shown else stage.main.exam.series[0]
        series = hanging.counterpart(like, opened.exam.series)
        stage.do(Arrange(Layout.SIDE_BY_SIDE))
        beside = next(p for p in stage.workspace.shown if p != here.place)
        share = _share(stage.workspace.viewports[here.place])
        await self._show(series, opened, beside, round(share * (len(series.slices) - 1)), stay=True)
        self._same_window(here.place, beside)
        await self._lay(here.place)
        await self._lay(beside)
        stage.do(Link(True))
        return opened

    async def show_plane(self, plane: Plane | None, slab: Slab) -> bool:
        """Put planes through the active viewport's series there, or its images as taken."""
        pane = self._stage.active
        if pane is None or pane.shown is None or pane.canvas is None or pane.canvas.closed:
            return False
        shown = pane.shown
        with self._waiting():
            done = await self._cut(pane, shown, plane, slab)
        if done:
            await self._lay(pane.place)
        return done

    async def show_three(self) -> None:
        """Axial, sagittal and coronal planes with a crosshair, and the images as taken."""
        stage, pane = self._stage, self._stage.active
        if pane is None or pane.shown is None or stage.workspace.narrow:
            return
        shown, view = replace(pane.shown, plane=None, slab=THIN), stage.view
        of = stage.exams.get(shown.exam)
        if not shown.standing.possible:
            tell(shown.standing.reason)
            return
        if of is None or view is None:
            return
        with self._waiting():
            stage.do(Arrange(Layout.FOUR))
            last = len(stage.panes) - 1
            if pane.place != last or pane.shown.plane is not None:
                middle = view.slice if pane.shown.plane is None else None
                await self._show(shown.taken, of, last, middle)
                self._same_window(pane.place, last)
            for place, plane in enumerate(THREE):
                there = stage.panes[place]
                if there.shown is None or there.shown.taken != shown.taken:
                    await self._show(shown.taken, of, place)
                if not await self._cut(there, shown, plane, THIN):
                    return
                self._same_window(last, place)
            for place in range(len(stage.panes)):
                await self._lay(place)
        for event in (Link(False), Choose(Tool.CROSSHAIR, meant=True), Meet(last), Activate(0)):
            stage.do(event)

    async def _cut(self, pane: Pane, shown: Shown, plane: Plane | None, slab: Slab) -> bool:
        stage, viewer, run = self._stage, self._visit.viewer, self._visit.run
        of = stage.exams.get(shown.exam)
        if of is None:
            return False
        wanted = pane.wanted = object()
        series = shown.taken
        try:
            if plane is not None:
                series = await run(viewer.planes, of.access, shown.taken, plane, slab)
            stack = await run(viewer.stack, of.access, series)
        except Invalid as error:
            with stage.element:
                tell(str(error))
            return False
        except PortalError as error:
            stage.lost(of, error)
            return False
        before = stage.workspace.viewports[pane.place]
        if pane.wanted is not wanted or before is None or stage.exams.get(shown.exam) is not of:
            return False
        now = replace(shown, plane=plane, slab=slab)
        stage.put(pane.place, of, series, _viewport(before.view.through(stack), series, of), now)
        return True

    async def _show(
        self, series: SeriesEntry, of: OpenExam, place: int, slice: int | None = None,
        *, stay: bool = False,
    ) -> None:  # fmt: skip
        """Put a series as taken into a place; `stay`: go on working where one did."""
        stage, viewer, run = self._stage, self._visit.viewer, self._visit.run
        pane = stage.panes[place]
        wanted = pane.wanted = object()
        try:
            stack = await run(viewer.stack, of.access, series)
            presets = await run(viewer.presets, of.access, series)
            standing = await run(viewer.standing, of.access, series)
        except PortalError as error:
            stage.lost(of, error)
            return
        if pane.wanted is not wanted or stage.exams.get(of.number) is not of:
            return
        view, active = stage.workspace.view_of(stack, place), stage.workspace.active
        view = view if slice is None else view.after(GoTo(slice))
        shown = Shown(of.number, series, presets, standing)
        stage.put(place, of, series, _viewport(view, series, of), shown)
        if stay:
            stage.do(Activate(active))

    async def _lay(self, place: int) -> None:
        """Find out where the images in a viewport lie."""
        stage, visit = self._stage, self._visit
        pane, viewport = stage.panes[place], stage.workspace.viewports[place]
        of = stage.exams.get(viewport.exam) if viewport is not None else None
        if viewport is None or of is None or pane.canvas is None:
            return
        try:
            found = await visit.run(
                lie, visit.portal, visit.images, visit.viewer.volumes, of.access,
                pane.canvas.series,
            )  # fmt: skip
        except Invalid:
            return  # what is drawn there says why
        except PortalError as error:
            stage.lost(of, error)
            return
        stage.do(Lay(place, viewport.view.stack, found))

    def _same_window(self, one: int, other: int) -> None:
        """The same grey for the same value, where values mean the same."""
        a, b = self._stage.panes[one].shown, self._stage.panes[other].shown
        view = self._stage.workspace.viewports[one]
        if a is None or b is None or view is None or view.view.window is None:
            return
        if a.taken == b.taken or a.taken.modality == b.taken.modality == "CT":
            self._stage.do(Within(other, SetWindow(view.view.window)))

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        with self._stage.element:
            note = ui.notification(_("Putting the images together…"), spinner=True, timeout=None)
        try:
            yield
        finally:
            note.dismiss()


def _viewport(view: ViewState, series: SeriesEntry, of: OpenExam) -> Viewport:
    drawable = series.slices if series.cut is None else ()
    return Viewport(view, drawable, exam=of.number)


def _share(viewport: Viewport | None) -> float:
    """How far through its stack a viewport is, 0 to 1."""
    if viewport is None or viewport.view.stack.slices < 2:
        return 0.0
    return viewport.view.slice / (viewport.view.stack.slices - 1)
