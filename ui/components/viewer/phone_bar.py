"""The bar at the bottom of a phone: priors, report, notes and actions, one thumb away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from nicegui import ui

from services.exam.exams import Exam
from services.language import _
from services.viewer.view_events import Balance, Fit, Invert, Play, Reset, Step
from services.viewer.view_state import ViewState
from ui.components.exam.notes_panel import NotesPanel
from ui.components.exam.prior_list import PriorList
from ui.components.exam.report_panel import ReportPanel
from ui.components.header import named_button
from ui.components.text import words
from ui.components.viewer.commands import Act, Deed, Doing, found
from ui.gate import Visit

QUICK = (Fit(), Invert(), Play(), Reset())
BRIGHTEST, STRONGEST = 1.0, 1.4  # the ends of the sliders; see `Balance`
SAME = 0.005  # a slider's step is no finer


class PhoneBar:
    """Four buttons; sheets rise from the bottom, "Actions" drops down."""

    def __init__(self, visit: Visit, exam: Exam, priors: PriorList, act: Act) -> None:
        self._act = act
        self._exam = exam
        self._view: ViewState | None = None
        with _sheet(_("Priors")) as others:
            priors.build()
        with _sheet(_("Report")) as report:
            panel = ReportPanel(visit, exam)
        with _sheet(_("Notes")) as noted:
            notes = NotesPanel(visit, exam.access)

        async def open_report() -> None:
            report.open()
            await panel.open()

        async def open_notes() -> None:
            noted.open()
            await notes.fill()

        with ui.element("nav").classes("phone-bar") as bar:
            bar.props["aria-label"] = _("Exam")
            _button(_("Priors"), "history").on_click(others.open)
            _button(_("Report"), "description").on_click(open_report)
            _button(_("Notes"), "sticky_note_2").on_click(open_notes)
            with _button(_("Actions"), "more_vert"):
                self._actions()

    def mark(self, view: ViewState) -> None:
        """Bring sliders and names to what is on screen."""
        self._view = view
        for slider, value in zip((self._brightness, self._contrast), view.balance, strict=True):
            if abs((slider.value or 0.0) - value) > SAME:
                slider.set_value(value)
        windowed = view.stack.window is not None
        if self._light.visible != windowed:
            self._light.set_visibility(windowed)
        ids = [series.series_id for series in self._exam.series]
        if view.stack.series_id in ids:
            place = ids.index(view.stack.series_id) + 1
            told = _("Series {number} of {count}").format(number=place, count=len(ids))
            if self._series.text != told:
                self._series.set_text(told)
        told = _("Image {number} of {count}").format(number=view.slice + 1, count=view.stack.slices)
        if self._image.text != told:
            self._image.set_text(told)

    def _actions(self) -> None:
        """Arrows through series and images, and brightness and contrast under their icon."""
        menu = (
            ui.menu()
            .classes("actions")
            .props('auto-close=false role=group anchor="top right" self="bottom right"')
        )
        menu.props["aria-label"] = _("Actions")
        with menu:
            self._series = self._steps(Deed.PREVIOUS_SERIES, Deed.NEXT_SERIES)
            self._image = self._steps(Step(-1), Step(1))
            self._light = ui.expansion(_("Brightness and contrast"), icon="contrast")
            with self._light.classes("full"):
                self._brightness = self._slider(_("Brightness"), "light_mode", BRIGHTEST)
                self._contrast = self._slider(_("Contrast"), "contrast", STRONGEST)
            with ui.element("div").classes("row between"):
                for does in QUICK:
                    self._do_button(does, found(does).caption)

    def _do_button(self, does: Doing, caption: str = "") -> None:
        command = found(does)
        named_button(command.icon, command.name, partial(self._act, does), caption=caption)

    def _steps(self, back: Doing, on: Doing) -> ui.label:
        with ui.element("div").classes("row between"):
            self._do_button(back)
            label = ui.label().props("role=status")
            self._do_button(on)
        return label

    def _slider(self, name: str, icon: str, most: float) -> ui.slider:
        with ui.element("div").classes("slider-row"):
            ui.icon(icon).props("aria-hidden=true")
            slider = ui.slider(min=-most, max=most, step=0.01, value=0)
            slider.props('thumb-size="32px" track-size="8px"').on_value_change(self._balance)
            slider.props["aria-label"] = name
        return slider

    def _balance(self) -> None:
        """The sliders were moved, by a thumb or to follow the view."""
        view = self._view
        if view is None:
            return
        wanted = self._brightness.value or 0.0, self._contrast.value or 0.0
        if any(abs(a - b) > SAME for a, b in zip(wanted, view.balance, strict=True)):
            self._act(Balance(*wanted))


@contextmanager
def _sheet(name: str) -> Iterator[ui.dialog]:
    """A sheet with its name and a way to close it at the top; what the block makes scrolls."""
    sheet = ui.dialog().props('position="bottom"')
    sheet.props["aria-label"] = name
    with sheet, ui.element("div").classes("sheet"):
        with ui.element("div").classes("sheet-head"):
            words("h2", name)
            named_button("close", _("Close"), sheet.close)
        yield sheet


def _button(name: str, icon: str) -> ui.button:
    return ui.button(name, icon=icon, color=None).props("flat stack")
