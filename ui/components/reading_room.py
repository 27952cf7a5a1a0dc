"""Everything around one opened exam: bar, tools, series, the stage, reports, priors and notes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from services import access as decision
from services.annotation import Annotation
from services.drawing_events import DrawEvent, Erase
from services.errors import PortalError
from services.exams import Exam, SeriesEntry, Slice
from services.language import _
from services.publisher import AccessChanged
from services.view_events import Event, GoTo
from ui.components.card import dialog_card
from ui.components.commands import Deed, Doing, PickWindow
from ui.components.companion import Companion
from ui.components.download_menu import download_menu
from ui.components.header import bar, named_button
from ui.components.image_menu import image_menu
from ui.components.jumps import Jumps
from ui.components.key_images import KeyImages
from ui.components.measurement_list import MeasurementList, lines
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
from ui.components.stage import Stage
from ui.components.text import words
from ui.components.toolbar import Toolbar
from ui.gate import Visit

HELP = "What am I looking at?"
NARROW = 600  # CSS pixels; below it the layout is a phone's (ui/theme.py)


class Room:
    """The page of one exam. `on_lost` is told when the exam may no longer be seen."""

    def __init__(self, visit: Visit, exam: Exam, *, on_lost: Callable[[PortalError], None]) -> None:
        self._visit = visit
        self._exam = exam
        self._access = exam.access
        self._on_lost = on_lost
        self._report: ReportPanel
        self._keys = KeyImages(visit, exam, self._go_to, self._changed)
        self._list: MeasurementList

    async def furnish(self) -> None:
        """Build the page and keep it true while it is open."""
        visit, exam = self._visit, self._exam
        self._share = ShareDialog(visit, exam.access, exam.title, self._manage)
        self._manage_dialog = ui.dialog()
        self._stage = Stage(
            visit, exam,
            on_change=self._changed, on_measured=self._measured, on_lost=self._on_lost,
        )  # fmt: skip
        self._companion = Companion(visit, exam)
        with ui.element("div").classes("viewer"):
            with bar(visit, title=exam.title, under=exam.description):
                padlock(visit)
                if exam.access.may_share:
                    self._share_button()
                download_menu(visit, exam)
                help_button = named_button("help_outline", HELP, self._companion.explain)
                help_button.classes("phone-only")  # elsewhere the exam's head has it
                named_button("list", "All exams", lambda: ui.navigate.to("/studies"))
            self._toolbar = Toolbar(self.act, self._stage.show_plane)
            self._strip = SeriesStrip(visit, exam, self.choose)
            with ui.element("div").classes("stage") as stage:
                for key in ("page-down", "page-up", "down", "up", "left", "right", "home", "end"):
                    stage.on(f"keydown.{key}.prevent", lambda: None, args=[])  # pages no scrolling
                await self._stage.furnish(self._toolbar, self._strip, self._menu)
            with ui.element("aside").classes("side").props('aria-label="About this exam"'):
                self._companion.header()
                self._side()
            self._phone = ui.element("div").classes("phone-place")
        if self._stage.view is None:
            self._make_phone_bar()
        self._shortcuts = Shortcuts(self.act)
        visit.listen(AccessChanged(exam.access.account_id), self._decide_again)
        self._watch_the_clock()
        ui.timer(0, self._after_connection, once=True)

    def do(self, event: Event | DrawEvent) -> None:
        """Send an event to the stage."""
        self._stage.do(event)

    def act(self, what: Doing) -> Awaitable[None] | None:
        """Do what a button, a menu or a key stands for."""
        stage = self._stage
        match what:
            case Deed.HELP:
                self._shortcuts.open()
            case Deed.SHARE:
                return self._share.open() if self._access.may_share else None
            case Deed.MANAGE:
                return self._manage() if self._access.may_share else None
            case Deed.STAR:
                return self._keys.toggle(stage.where)
            case Deed.NEXT_STAR | Deed.PREVIOUS_STAR:
                return self._keys.step(stage.where, 1 if what is Deed.NEXT_STAR else -1)
            case Deed.NEXT_SERIES | Deed.PREVIOUS_SERIES:
                return self._step_series(1 if what is Deed.NEXT_SERIES else -1)
            case PickWindow(number):
                self._toolbar.windows.pick(number)
            case _:
                self.do(what)
        return None

    async def choose(self, series: SeriesEntry) -> None:
        """Put a series on the stage."""
        await self._stage.choose(series)

    def _share_button(self) -> None:
        with named_button("share", "Share").classes("desk-only"), ui.menu():
            entry("Share exam", self._share.open)
            entry("Manage existing sharing", self._manage)

    def _menu(self) -> None:
        image_menu(self.act, may_share=self._access.may_share)

    def _side(self) -> None:
        """Reports, notes, priors and measurements, each one link away from the top."""
        visit, exam = self._visit, self._exam
        jumps = Jumps("Parts of this column")
        with jumps.part("Report"):
            self._report = ReportPanel(visit, exam)
        with jumps.part("Notes"):
            self._notes = NotesPanel(visit, exam.access)
        with jumps.part(f"Priors ({len(exam.priors)})"), ui.element("section"):
            words("h2", "Priors")
            prior_list(visit, exam)
        with jumps.part(_("Key images")):
            self._keys.build()
        with jumps.part("Measurements"):
            self._list = MeasurementList(visit, exam, self._go, self._delete)

    async def _manage(self) -> None:
        self._manage_dialog.clear()
        with dialog_card("Manage existing sharing", self._manage_dialog):
            table = SharingTable(self._visit, self._access)
        table.follow(self._access.patient_id)
        await table.fill()
        self._manage_dialog.open()

    async def _after_connection(self) -> None:
        """What can wait until the first image is on screen."""
        await self._stage.load()
        await self._report.open()
        await self._keys.fill()
        await self._notes.fill()
        await self._strip.fill()

    def _changed(self) -> None:
        if (view := self._stage.view) is not None:
            self._offer_the_thumb_a_bar(view.width)
            self._toolbar.mark(view)
            self._toolbar.star(self._keys.marked(self._stage.where))
            if (series := self._stage.series) is not None:
                self._strip.looked(series, view.slice)
                self._companion.follow(series, view)

    def _offer_the_thumb_a_bar(self, width: float) -> None:
        """Make the phone's bar once the stage proves narrow: most pages never need it."""
        if 0 < width < NARROW and not self._phone.default_slot.children:
            self._make_phone_bar()

    def _make_phone_bar(self) -> None:
        with self._phone:
            phone_bar(self._visit, self._exam, self.do, self.choose)

    def _measured(self) -> None:
        self._list.show(lines(self._stage.board))

    async def _go(self, annotation: Annotation) -> None:
        """Put the image of an annotation on the stage, and mark it there."""
        await self._go_to(annotation.shape.where)
        self._stage.board.select(annotation)

    async def _go_to(self, where: Slice) -> None:
        """Put an image on the stage."""
        series = next((one for one in self._exam.series if where in one.slices), None)
        if series is None or self._stage.view is None:
            return
        if self._stage.series != series:
            await self.choose(series)
        self.do(GoTo(series.slices.index(where)))

    async def _step_series(self, by: int) -> None:
        """The next series, around the end."""
        series, now = self._exam.series, self._stage.series
        here = next(
            (n for n, one in enumerate(series) if now and one.series_id == now.series_id), 0
        )
        if series:
            await self.choose(series[(here + by) % len(series)])

    def _delete(self, annotation: Annotation) -> None:
        self.do(Erase(annotation.key))

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
        self._companion.renew(access)
        self._watch_the_clock()

    def _watch_the_clock(self) -> None:
        if self._access.changes_at is not None:
            self._visit.at(self._access.changes_at, self._decide_again)
