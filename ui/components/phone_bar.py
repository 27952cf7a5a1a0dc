"""The bar at the bottom of a phone: priors, report, notes and actions, one thumb away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from services.exams import Exam, SeriesEntry
from services.language import N_, _
from services.view_events import Brighten, Event, Reset, Step
from ui.components.header import named_button
from ui.components.notes_panel import NotesPanel
from ui.components.prior_list import prior_list
from ui.components.report_panel import ReportPanel
from ui.components.text import words
from ui.gate import Visit


def phone_bar(
    visit: Visit,
    exam: Exam,
    do: Callable[[Event], None],
    choose: Callable[[SeriesEntry], Awaitable[None]],
) -> None:
    """Four buttons; sheets rise from the bottom."""
    sheets = {
        name: ui.dialog().props('position="bottom"')
        for name in (N_("Priors"), N_("Report"), N_("Notes"))
    }
    for name, sheet in sheets.items():
        sheet.props["aria-label"] = _(name)
    with sheets["Priors"], ui.element("section").classes("sheet"):
        words("h2", _("Priors"))
        prior_list(visit, exam)
    with sheets["Report"], ui.element("section").classes("sheet"):
        panel = ReportPanel(visit, exam)
    with sheets["Notes"], ui.element("div").classes("sheet"):
        notes = NotesPanel(visit, exam.access)

    async def open_report() -> None:
        sheets["Report"].open()
        await panel.open()

    async def open_notes() -> None:
        sheets["Notes"].open()
        await notes.fill()

    with ui.element("nav").classes("phone-bar") as bar:
        bar.props["aria-label"] = _("Exam")
        ui.button(_("Priors"), icon="history", on_click=sheets["Priors"].open, color=None).props(
            "flat stack"
        )
        ui.button(_("Report"), icon="description", on_click=open_report, color=None).props(
            "flat stack"
        )
        ui.button(_("Notes"), icon="sticky_note_2", on_click=open_notes, color=None).props(
            "flat stack"
        )
        with ui.button(_("Actions"), icon="more_vert", color=None).props("flat stack"):
            _actions(exam, do, choose)


def _actions(
    exam: Exam,
    do: Callable[[Event], None],
    choose: Callable[[SeriesEntry], Awaitable[None]],
) -> None:
    """Series arrows, and brightness and contrast under the contrast icon."""
    place = {"at": max(range(len(exam.series)), key=_slices(exam), default=0)}

    async def step(by: int) -> None:
        place["at"] = (place["at"] + by) % len(exam.series)
        await choose(exam.series[place["at"]])

    with (
        ui.menu().props("auto-close=false role=group") as menu,
        ui.element("div").style("padding: 10px 14px"),
    ):
        menu.props["aria-label"] = _("Actions")
        with ui.element("div").classes("row"):
            named_button("skip_previous", _("Previous series"), lambda: step(-1))
            ui.label(_("Series"))
            named_button("skip_next", _("Next series"), lambda: step(1))
        with ui.element("div").classes("row"):
            named_button("chevron_left", _("Previous image"), lambda: do(Step(-1)))
            ui.label(_("Image"))
            named_button("chevron_right", _("Next image"), lambda: do(Step(1)))
        with ui.expansion(_("Contrast"), icon="contrast"):
            for (name, lower, higher), less, more in (
                (
                    (_("Brightness"), _("Less brightness"), _("More brightness")),
                    Brighten(brightness=-0.08),
                    Brighten(brightness=0.08),
                ),
                (
                    (_("Contrast"), _("Less contrast"), _("More contrast")),
                    Brighten(contrast=-0.08),
                    Brighten(contrast=0.08),
                ),
            ):
                with ui.element("div").classes("row"):
                    named_button("remove", lower, partial(do, less))
                    ui.label(name)
                    named_button("add", higher, partial(do, more))
        ui.button(_("Reset"), on_click=lambda: do(Reset()), color=None).props("flat")


def _slices(exam: Exam) -> Callable[[int], int]:
    return lambda number: len(exam.series[number].slices)
