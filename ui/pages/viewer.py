"""The viewer: an exam's images, its report and its priors in one window."""

from __future__ import annotations

from collections.abc import Awaitable

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from imaging.planes import Plane
from imaging.reformat import Slab
from services import access as decision
from services import exams
from services.annotation import Annotation
from services.drawing_events import DrawEvent, Erase
from services.errors import Invalid, PortalError
from services.exams import Exam, SeriesEntry
from services.publisher import AccessChanged
from services.view_events import Event, GoTo
from services.view_state import ViewState
from ui.addresses import study_number
from ui.components.board import Board
from ui.components.canvas import Canvas
from ui.components.card import dialog_card
from ui.components.commands import Deed, Doing, PickWindow
from ui.components.download_menu import download_menu
from ui.components.header import bar, named_button
from ui.components.image_menu import image_menu
from ui.components.measurement_list import MeasurementList, found, lines
from ui.components.menu import entry
from ui.components.notes_panel import NotesPanel
from ui.components.padlock import padlock
from ui.components.phone_bar import phone_bar
from ui.components.prior_list import prior_list
from ui.components.report_panel import ReportPanel
from ui.components.series_strip import SeriesStrip
from ui.components.share_dialog import ShareDialog
from ui.components.sharing_table import SharingTable
from ui.components.shortcuts import Shortcuts
from ui.components.text import words
from ui.components.toolbar import Toolbar
from ui.gate import Visit, enter
from ui.pages.not_found import not_found

NARROW = 600  # CSS pixels; below it the layout is a phone's (ui/theme.py)


@ui.page("/study/{address}")
async def study_page(request: Request, address: str) -> Response | None:
    """An exam; what this person may not see looks like what does not exist."""
    visit = await enter(request)
    if isinstance(visit, Response):
        return visit
    try:
        study_id = study_number(visit.portal, visit.who.account_id, address)
        access = await visit.run(decision.decide, visit.portal, visit.who.account_id, study_id)
        exam = await visit.run(exams.open_exam, visit.portal, access)
    except PortalError as error:
        not_found(visit, str(error))
        return None
    ui.page_title(f"{exam.page_title} - {visit.portal.settings.portal_name}")
    await Room(visit, exam).furnish()
    return None


class Room:
    """Everything around one opened exam."""

    def __init__(self, visit: Visit, exam: Exam) -> None:
        self._visit = visit
        self._exam = exam
        self._access = exam.access
        self._canvas: Canvas | None = None
        self._taken: SeriesEntry | None = None  # the series on the stage, as it was acquired
        self._report: ReportPanel
        self._board = Board(visit, exam.access, on_change=self._measured, on_lost=self._lost)
        self._list: MeasurementList

    async def furnish(self) -> None:
        """Build the page and keep it true while it is open."""
        visit, exam = self._visit, self._exam
        self._share = ShareDialog(visit, exam.access, exam.title, self._manage)
        self._manage_dialog = ui.dialog()
        with ui.element("div").classes("viewer"):
            with bar(visit, title=exam.title, under=exam.description):
                padlock(visit)
                if exam.access.may_share:
                    self._share_button()
                download_menu(visit, exam)
                named_button("list", "All exams", lambda: ui.navigate.to("/studies"))
            self._toolbar = Toolbar(self.act, self._show_plane)
            self._strip = SeriesStrip(visit, exam, self.choose)
            with ui.element("div").classes("stage"):
                await self._stage()
            with ui.element("aside").classes("side"):
                self._report = ReportPanel(visit, exam)
                self._list = MeasurementList(visit, exam, self._go, self._delete)
                self._notes = NotesPanel(visit, exam.access)
                self._priors()
            self._phone = ui.element("div").classes("phone-place")
        if self._canvas is None:
            self._make_phone_bar()
        self._shortcuts = Shortcuts(self.act)
        visit.listen(AccessChanged(exam.access.account_id), self._decide_again)
        self._watch_the_clock()
        ui.timer(0, self._after_connection, once=True)

    def do(self, event: Event | DrawEvent) -> None:
        """Send an event to the canvas."""
        if self._canvas is not None:
            self._canvas.do(event)

    def act(self, what: Doing) -> Awaitable[None] | None:
        """Do what a button, a menu or a key stands for."""
        match what:
            case Deed.HELP:
                self._shortcuts.open()
            case Deed.SHARE if self._access.may_share:
                return self._share.open()
            case Deed.MANAGE if self._access.may_share:
                return self._manage()
            case Deed():
                pass
            case PickWindow(number):
                self._toolbar.windows.pick(number)
            case _:
                self.do(what)
        return None

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
            self._lost(error)
            return
        self._taken = series
        self._canvas.show(series, self._canvas.state.showing(stack))
        self._canvas.set_corner("tr", _series_text(series))
        self._toolbar.offer(presets)
        self._toolbar.planes.offer(standing)
        self._strip.mark(series)

    async def _show_plane(self, plane: Plane | None, slab: Slab) -> bool:
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
            self._lost(error)
            return False
        finally:
            waiting.dismiss()
        if self._taken is not taken or canvas.closed:
            return False
        canvas.show(series, canvas.state.through(stack))
        canvas.set_corner("tr", _series_text(series))
        return True

    async def _stage(self) -> None:
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
            reduce=self._board.reduce,
            on_change=self._changed,
            on_lost=self._lost,
        )
        self._canvas.set_corner("tl", f"{self._exam.title}\n{self._exam.patient_line}".strip())
        self._canvas.set_corner("tr", _series_text(series))
        self._strip.mark(series)
        self._taken = series
        self._toolbar.offer(await self._visit.run(viewer.presets, self._access, series))
        standing = await self._visit.run(viewer.standing, self._access, series)
        self._toolbar.planes.offer(standing)
        self._board.attach(self._canvas)
        with self._canvas.element:
            image_menu(self.act, may_share=self._access.may_share)
        await self._canvas.draw_first()

    def _share_button(self) -> None:
        with named_button("share", "Share").classes("desk-only"), ui.menu():
            entry("Share exam", self._share.open)
            entry("Manage existing sharing", self._manage)

    def _priors(self) -> None:
        with ui.element("section"):
            words("h2", "Priors")
            prior_list(self._visit, self._exam)

    async def _manage(self) -> None:
        self._manage_dialog.clear()
        with dialog_card("Manage existing sharing", self._manage_dialog):
            table = SharingTable(self._visit, self._access)
        table.follow(self._access.patient_id)
        await table.fill()
        self._manage_dialog.open()

    async def _after_connection(self) -> None:
        """What can wait until the first image is on screen."""
        await self._board.load()
        await self._report.open()
        await self._notes.fill()
        await self._strip.fill()

    def _changed(self) -> None:
        if self._canvas is not None:
            self._offer_the_thumb_a_bar(self._canvas.state.width)
            self._toolbar.mark(self._canvas.state)
            self._board.draw(self._canvas.state)

    def _offer_the_thumb_a_bar(self, width: float) -> None:
        """Make the phone's bar once the stage proves narrow: most pages never need it."""
        if 0 < width < NARROW and not self._phone.default_slot.children:
            self._make_phone_bar()

    def _make_phone_bar(self) -> None:
        with self._phone:
            phone_bar(self._visit, self._exam, self.do, self.choose)

    def _measured(self) -> None:
        self._list.show(lines(self._board))

    async def _go(self, annotation: Annotation) -> None:
        """Put the image of an annotation on the stage, and mark it there."""
        series, number = found(self._exam, annotation)
        if self._canvas is None or series is None:
            return
        if self._canvas.series != series:
            await self.choose(series)
        self.do(GoTo(number))
        self._board.select(annotation)

    def _delete(self, annotation: Annotation) -> None:
        self.do(Erase(annotation.key))

    def _decide_again(self) -> None:
        """Something about this account's access changed, or a part of it ran out."""
        try:
            access = decision.renewed(self._visit.portal, self._access)
        except PortalError as error:
            self._lost(error)
            return
        if access.rights != self._access.rights:
            ui.navigate.reload()  # other texts, other buttons: the page is made anew
            return
        self._access = access
        if self._canvas is not None:
            self._canvas.renew(access)
            self._board.renew(access)
        self._watch_the_clock()

    def _watch_the_clock(self) -> None:
        if self._access.changes_at is not None:
            self._visit.at(self._access.changes_at, self._decide_again)

    def _lost(self, error: PortalError) -> None:
        """The exam may no longer be seen: everything of it leaves the page at once."""
        content = self._visit.client.content
        content.clear()
        with content:
            not_found(self._visit, str(error))


def _first_to_show(exam: Exam) -> SeriesEntry:
    """The largest series: a localiser is not what a person wants to see first."""
    return max(exam.series, key=lambda series: len(series.slices))


def _series_text(series: SeriesEntry) -> str:
    return f"{series.modality} {series.number}\n{series.description}".strip()
