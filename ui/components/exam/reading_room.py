"""Everything around one opened exam: bar, tools, series, the stage, reports, priors and notes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import background_tasks, ui

from imaging.planes import Plane
from imaging.reformat import Slab
from services import access as decision
from services.errors import PortalError
from services.exam.exams import Exam, SeriesEntry, Slice
from services.exam.priors import Prior
from services.language import N_, _
from services.publisher import AccessChanged
from services.viewer.annotation import Annotation
from services.viewer.drawing_events import Erase
from services.viewer.view_events import GoTo
from services.viewer.workspace_events import Activate, Arrange, Draw, NextLayout, WorkspaceEvent
from ui.components.account.padlock import padlock
from ui.components.card import dialog_card
from ui.components.exam.notes_panel import NotesPanel
from ui.components.exam.prior_list import PriorList
from ui.components.exam.report_panel import ReportPanel
from ui.components.header import bar, named_button
from ui.components.jumps import Jumps
from ui.components.menu import Menu, entry
from ui.components.sharing.share_dialog import ShareDialog
from ui.components.sharing.sharing_table import SharingTable
from ui.components.sharing.whose import address, of_exam
from ui.components.text import words
from ui.components.viewer.commands import Deed, Doing, PickWindow
from ui.components.viewer.companion import Companion
from ui.components.viewer.download_menu import download_menu
from ui.components.viewer.filling import Filling
from ui.components.viewer.image_menu import image_menu
from ui.components.viewer.key_images import KeyImages
from ui.components.viewer.measurement_list import MeasurementList, lines
from ui.components.viewer.open_exams import OpenExam
from ui.components.viewer.pane import Shown
from ui.components.viewer.phone_bar import PhoneBar
from ui.components.viewer.shortcuts import Shortcuts
from ui.components.viewer.stage import Stage
from ui.components.viewer.strips import Strips
from ui.components.viewer.toolbar import Toolbar
from ui.gate import Visit
from ui.routes.phones import is_phone

HELP = N_("What am I looking at?")


class Room:
    """The page of one exam. `on_lost` is told when the exam may no longer be seen."""

    def __init__(self, visit: Visit, exam: Exam, *, on_lost: Callable[[PortalError], None]) -> None:
        self._visit = visit
        self._exam = exam
        self._access = exam.access
        self._on_lost = on_lost
        self._report: ReportPanel
        self._bar: PhoneBar | None = None
        self._may_share = exam.access.may_share and not is_phone(visit.client.request.headers)
        self._keys = KeyImages(visit, exam, self._go_to, self.changed)
        self._list: MeasurementList
        self._offered: Shown | None = None
        self._narrow = False

    async def furnish(self) -> None:
        """Build the page and keep it true while it is open."""
        visit, exam = self._visit, self._exam
        self._share = ShareDialog(visit, exam.access, exam.title, self._manage)
        self._manage_dialog = ui.dialog()
        self._companion = Companion(visit, exam)
        whose = await of_exam(visit, exam.access)
        with ui.element("div").classes("viewer"):
            to_image = words("button", _("To the image")).props("type=button").classes("to-image")
            with bar(visit, title=exam.title, under=exam.description, whose=whose):
                padlock(visit)
                if self._may_share:
                    self._share_button()
                download_menu(visit, exam)
                help_button = named_button("help_outline", _(HELP), self._companion.explain)
                help_button.classes("phone-only")  # elsewhere the exam's head has it
                to_list = address(visit, "/studies", whose.chosen)
                named_button("list", _("All exams"), lambda: ui.navigate.to(to_list))
            self._toolbar = Toolbar(self.act, self._show_plane)
            self._strips = Strips(visit)
            self._stage = Stage(visit, exam, self, self._drop)
            to_image.on("click", self._stage.focus, args=[])
            to_image.set_visibility(bool(exam.series))
            self._filling = Filling(visit, self._stage)
            self._strips.add(self._stage.main, self._filling, named=False)
            await self._filling.hang()
            with ui.element("aside").classes("side") as side:
                side.props["aria-label"] = _("About this exam")
                self._companion.header()
                self._side()
            self._phone = ui.element("div").classes("phone-place")
        if not self._stage.panes:
            self._make_phone_bar()
        self._shortcuts = Shortcuts(self.act, lambda: self._stage.crossing)
        visit.listen(AccessChanged(exam.access.account_id), self._decide_again)
        self._watch_the_clock()
        ui.timer(0, self._after_connection, once=True)

    def do(self, event: WorkspaceEvent) -> None:
        """Send an event to the stage."""
        self._stage.do(event)
        if isinstance(event, Arrange | NextLayout):
            background_tasks.create(self._filling.fill(), name="fill")

    def act(self, what: Doing) -> Awaitable[None] | None:
        """Do what a button, a menu or a key stands for."""
        stage = self._stage
        match what:
            case Deed.HELP:
                self._shortcuts.open()
            case Deed.SHARE:
                return self._share.open() if self._may_share else None
            case Deed.MANAGE:
                return self._manage() if self._may_share else None
            case Deed.STAR:
                return self._keys.toggle(stage.where)
            case Deed.NEXT_STAR | Deed.PREVIOUS_STAR:
                return self._keys.step(stage.where, 1 if what is Deed.NEXT_STAR else -1)
            case Deed.NEXT_SERIES | Deed.PREVIOUS_SERIES:
                return self._step_series(1 if what is Deed.NEXT_SERIES else -1)
            case Deed.THREE_PLANES:
                return self._filling.show_three()
            case PickWindow(number):
                self._toolbar.windows.pick(number)
            case _:
                self.do(what)
        return None

    async def choose(self, series: SeriesEntry) -> None:
        """Put a series into the active viewport."""
        if self._stage.panes:
            await self._filling.choose(series)

    async def compare(self, prior: Prior) -> None:
        """Put another exam of the patient beside this one."""
        opened = await self._filling.compare(prior.study_id)
        if opened is not None and opened.number not in self._strips:
            self._strips.add(opened, self._filling, named=True)
            self._strips.mark(self._stage)
            await self._strips.fill(opened.number)

    async def _show_plane(self, plane: Plane | None, slab: Slab) -> bool:
        return await self._filling.show_plane(plane, slab)

    async def _drop(self, place: int) -> None:
        await self._filling.drop(place)

    def _share_button(self) -> None:
        with named_button("share", _("Share")).classes("desk-only"), Menu():
            entry(_("Share exam"), self._share.open)
            entry(_("Manage existing sharing"), self._manage)

    def image_menu(self) -> None:
        """The menu of a canvas, for the element that it is made in."""
        image_menu(self.act, may_share=self._may_share)

    def _side(self) -> None:
        """Reports, notes, priors and measurements, each one link away from the top."""
        visit, exam = self._visit, self._exam
        jumps = Jumps(_("Parts of this column"))

        def named() -> str:
            return _("Priors ({count})").format(count=self._priors.count)

        self._priors = PriorList(visit, exam, lambda: jumps.rename(part, named()))
        with jumps.part(_("Report")):
            self._report = ReportPanel(visit, exam)
        with jumps.part(_("Notes")):
            self._notes = NotesPanel(visit, exam.access)
        with jumps.part(named()) as part, ui.element("section"):
            words("h2", _("Priors"))
            self._priors.build(self.compare if exam.series else None)
        with jumps.part(_("Key images")):
            self._keys.build()
        with jumps.part(_("Measurements")):
            self._list = MeasurementList(visit, exam, self._go, self._delete)

    async def _manage(self) -> None:
        self._manage_dialog.clear()
        with dialog_card(_("Manage existing sharing"), self._manage_dialog, size="large"):
            table = SharingTable(self._visit, self._access)
        table.follow(self._access.patient_id)
        await table.fill()
        self._manage_dialog.open()

    async def _after_connection(self) -> None:
        """What can wait until the first image is on screen."""
        await self._filling.load()
        await self._report.open()
        await self._keys.fill()
        await self._notes.fill()
        await self._strips.fill(self._stage.main.number)

    def changed(self) -> None:
        """A view, the layout or the active viewport changed: follow."""
        stage, workspace, pane = self._stage, self._stage.workspace, self._stage.active
        if workspace.narrow and not self._phone.default_slot.children:
            self._make_phone_bar()  # most pages never need it
        if self._narrow and not workspace.narrow:
            background_tasks.create(self._filling.fill(), name="fill")
        self._narrow = workspace.narrow
        self._toolbar.follow(workspace)
        if workspace.now is None or pane is None or pane.shown is None or pane.canvas is None:
            return
        view, shown = workspace.now.view, pane.shown
        self._toolbar.mark(view)
        if self._bar is not None:
            self._bar.mark(view)
        self._toolbar.star(self._keys.marked(stage.where))
        if (of := stage.exams.get(shown.exam)) is not None:
            self._companion.follow(pane.canvas.series, view, of.access)
        self._strips.follow(stage)
        if shown != self._offered:
            self._offered = shown
            self._toolbar.offer(shown.presets)
            self._toolbar.planes.offer(shown.standing, shown.plane, shown.slab)
            self._strips.mark(stage)

    def lost(self, error: PortalError) -> None:
        """The exam may no longer be seen."""
        self._on_lost(error)

    def left(self, opened: OpenExam) -> None:
        """An exam that was compared with is no longer on the stage: nor are its series."""
        self._strips.remove(opened.number)

    def _make_phone_bar(self) -> None:
        with self._phone:
            self._bar = PhoneBar(self._visit, self._exam, self._priors, self.act)

    def measured(self) -> None:
        """Annotations or their readings changed."""
        self._list.show(lines(self._stage.main.board))

    async def _go(self, annotation: Annotation) -> None:
        """Put the image of an annotation on the stage, and mark it there."""
        await self._go_to(annotation.shape.where)
        self._stage.main.board.select(annotation)

    async def _go_to(self, where: Slice) -> None:
        """Put an image on the stage."""
        stage = self._stage
        series = next((one for one in self._exam.series if where in one.slices), None)
        if series is None or not stage.panes:
            return
        shown = [(place, stage.panes[place].canvas) for place in stage.workspace.shown]
        there = [place for place, canvas in shown if canvas and canvas.series == series]
        if there:
            self.do(Activate(there[0]))
        else:
            await self.choose(series)
        self.do(GoTo(series.slices.index(where)))

    async def _step_series(self, by: int) -> None:
        """The next series of the active viewport's exam, around the end."""
        shown = self._stage.active.shown if self._stage.active else None
        of = self._stage.exams.get(shown.exam) if shown else None
        if shown is None or of is None:
            return
        ids = [series.series_id for series in of.exam.series]
        following = ids.index(shown.taken.series_id) + by
        await self._filling.choose(of.exam.series[following % len(ids)], of)

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
        self._companion.renew(access)
        self._watch_the_clock()

    def _watch_the_clock(self) -> None:
        if self._access.changes_at is not None:
            self._visit.at(self._access.changes_at, self._decide_again)
