"""Everything around one opened exam: bar, tools, series, the stage, reports, priors and notes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nicegui import background_tasks, ui
from nicegui.events import KeyEventArguments

from imaging.planes import Plane
from imaging.reformat import Slab
from services import access as decision
from services.annotation import Annotation
from services.drawing_events import Erase
from services.errors import PortalError
from services.exams import Exam, SeriesEntry
from services.publisher import AccessChanged
from services.view_events import GoTo
from services.workspace_events import Arrange, Draw, NextLayout, WorkspaceEvent
from ui.components.card import dialog_card
from ui.components.download_menu import download_menu
from ui.components.filling import Filling
from ui.components.header import bar, named_button
from ui.components.layout_menu import KEYS as LAYOUT_KEYS
from ui.components.layout_menu import LayoutMenu
from ui.components.measurement_list import MeasurementList, found, lines
from ui.components.menu import entry
from ui.components.notes_panel import NotesPanel
from ui.components.open_exams import OpenExam
from ui.components.padlock import padlock
from ui.components.pane import Shown
from ui.components.phone_bar import phone_bar
from ui.components.prior_list import prior_list
from ui.components.report_panel import ReportPanel
from ui.components.series_strip import SeriesStrip
from ui.components.share_dialog import ShareDialog
from ui.components.sharing_table import SharingTable
from ui.components.stage import Stage
from ui.components.text import words
from ui.components.toolbar import KEYS, KEYS_WITH_CTRL, Toolbar
from ui.gate import Visit


class Room:
    """The page of one exam. `on_lost` is told when the exam may no longer be seen."""

    def __init__(self, visit: Visit, exam: Exam, *, on_lost: Callable[[PortalError], None]) -> None:
        self._visit = visit
        self._exam = exam
        self._access = exam.access
        self._on_lost = on_lost
        self._report: ReportPanel
        self._list: MeasurementList
        self._offered: Shown | None = None
        self._strips: dict[int, SeriesStrip] = {}

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
            self._toolbar = Toolbar(self.do, self._show_plane, self._show_three)
            with self._toolbar.element:
                self._layouts = LayoutMenu(self.do, self._show_three)
            self._strip_place = ui.element("div").classes("strips")
            self._stage = Stage(visit, exam, self, self._drop)
            self._filling = Filling(visit, self._stage)
            self._strip(self._stage.main)
            await self._filling.hang()
            with ui.element("aside").classes("side"):
                self._report = ReportPanel(visit, exam)
                self._list = MeasurementList(visit, exam, self._go, self._delete)
                self._notes = NotesPanel(visit, exam.access)
                self._priors()
            self._phone = ui.element("div").classes("phone-place")
        if not self._stage.panes:
            self._make_phone_bar()
        ui.keyboard(on_key=self._key, repeating=True)
        visit.listen(AccessChanged(exam.access.account_id), self._decide_again)
        self._watch_the_clock()
        ui.timer(0, self._after_connection, once=True)

    def do(self, event: WorkspaceEvent) -> None:
        """Send an event to the stage."""
        self._stage.do(event)
        if isinstance(event, Arrange | NextLayout):
            background_tasks.create(self._filling.fill(), name="fill")

    async def choose(self, series: SeriesEntry) -> None:
        """Put a series into the active viewport."""
        if self._stage.panes:
            await self._filling.choose(series)

    async def compare(self, study_id: int) -> None:
        """Put another exam of the patient beside this one."""
        opened = await self._filling.compare(study_id)
        if opened is not None and opened.number not in self._strips:
            self._strip(opened)
            await self._strips[opened.number].fill()

    async def _drop(self, place: int) -> None:
        await self._filling.drop(place)

    async def _show_plane(self, plane: Plane | None, slab: Slab) -> bool:
        return await self._filling.show_plane(plane, slab)

    async def _show_three(self) -> None:
        await self._filling.show_three()

    def _strip(self, of: OpenExam) -> None:
        with self._strip_place:
            strip = SeriesStrip(
                self._visit, of.exam,
                lambda series: self._filling.choose(series, of),
                lambda series: self._filling.drag(series, of),
            )  # fmt: skip
        self._strips[of.number] = strip

    def _share_button(self) -> None:
        with named_button("share", "Share").classes("desk-only"), ui.menu():
            entry("Share exam", self._share.open)
            entry("Manage existing sharing", self._manage)

    def image_menu(self) -> None:
        """The menu of a canvas, for the element that it is made in."""
        with ui.context_menu().classes("desk-only"):
            if self._access.may_share:
                entry("Share exam", self._share.open)
                entry("Manage existing sharing", self._manage)
                ui.separator()
            for key, name in (("w", "Brightness and contrast"), ("s", "Scroll"), ("z", "Zoom"),
                              ("m", "Move"), ("l", "Length"), ("i", "Invert"),
                              ("0", "Reset")):  # fmt: skip
                entry(name, partial(self.do, KEYS[key]))

    def _priors(self) -> None:
        with ui.element("section"):
            words("h2", "Priors")
            prior_list(self._visit, self._exam, self.compare)

    async def _manage(self) -> None:
        self._manage_dialog.clear()
        with dialog_card("Manage existing sharing", self._manage_dialog):
            table = SharingTable(self._visit, self._access)
        table.follow(self._access.patient_id)
        await table.fill()
        self._manage_dialog.open()

    async def _after_connection(self) -> None:
        """What can wait until the first image is on screen."""
        await self._filling.load()
        await self._report.open()
        await self._notes.fill()
        await self._strips[self._stage.main.number].fill()

    async def _key(self, event: KeyEventArguments) -> None:
        ctrl = event.modifiers.ctrl or event.modifiers.meta
        if event.action.keydown and not event.modifiers.alt:
            keys = KEYS_WITH_CTRL if ctrl else {**KEYS, **LAYOUT_KEYS}
            if known := keys.get(str(event.key.name)):
                self.do(known)
            elif str(event.key.name) == "T" and not event.action.repeat:
                await self._show_three()

    def changed(self) -> None:
        """A view, the layout or the active viewport changed: follow."""
        workspace, pane = self._stage.workspace, self._stage.active
        if workspace.narrow and not self._phone.default_slot.children:
            self._make_phone_bar()  # most pages never need it
        if workspace.now is not None:
            self._toolbar.mark(workspace.now.view)
        self._layouts.mark(workspace)
        shown = pane.shown if pane is not None else None
        if shown is not None and shown != self._offered:
            self._offered = shown
            self._toolbar.offer(shown.presets)
            self._toolbar.planes.offer(shown.standing, shown.plane, shown.slab)
            for number, strip in self._strips.items():
                strip.mark(shown.taken if number == shown.exam else None)

    def lost(self, error: PortalError) -> None:
        """The exam may no longer be seen."""
        self._on_lost(error)

    def left(self, opened: OpenExam) -> None:
        """An exam that was compared with is no longer on the stage: nor are its series."""
        if (strip := self._strips.pop(opened.number, None)) is not None:
            strip.element.delete()

    def _make_phone_bar(self) -> None:
        with self._phone:
            phone_bar(self._visit, self._exam, self.do, self.choose)

    def measured(self) -> None:
        """Annotations or their readings changed."""
        self._list.show(lines(self._stage.main.board))

    async def _go(self, annotation: Annotation) -> None:
        """Put the image of an annotation on the stage, and mark it there."""
        series, number = found(self._exam, annotation)
        if series is None or (pane := self._stage.active) is None:
            return
        if pane.canvas is None or pane.canvas.series != series:
            await self.choose(series)
        self.do(GoTo(number))
        self._stage.main.board.select(annotation)

    def _delete(self, annotation: Annotation) -> None:
        self.do(Draw(self._stage.main.number, Erase(annotation.key)))

    def _decide_again(self) -> None:
        """Something about this account's access changed, or a part of it ran out."""
        try:
            access = decision.renewed(self._visit.portal, self._access)
        except PortalError as error:
            self._on_lost(error)
            return
        if access.rights != self._access.rights:
            ui.navigate.reload()  # other texts, other buttons: the page is made anew
            return
        self._access = access
        self._stage.renew(access)
        self._watch_the_clock()

    def _watch_the_clock(self) -> None:
        if self._access.changes_at is not None:
            self._visit.at(self._access.changes_at, self._decide_again)
