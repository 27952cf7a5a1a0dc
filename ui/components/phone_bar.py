"""The bar at the bottom of a phone: priors, report, notes and actions, one thumb away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from services.exams import Exam, SeriesEntry
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
        name: ui.dialog().props('position="bottom"') for name in ("Priors", "Report", "Notes")
    }
    for name, sheet in sheets.items():
        sheet.props["aria-label"] = name
    with sheets["Priors"], ui.element("section").classes("sheet"):
        words("h2", "Priors")
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

    with ui.element("nav").classes("phone-bar").props('aria-label="Exam"'):
        ui.button("Priors", icon="history", on_click=sheets["Priors"].open, color=None).props(
            "flat stack"
        )
        ui.button("Report", icon="description", on_click=open_report, color=None).props(
            "flat stack"
        )
        ui.button("Notes", icon="sticky_note_2", on_click=open_notes, color=None).props(
            "flat stack"
        )
        with ui.button("Actions", icon="more_vert", color=None).props("flat stack"):
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
        ui.menu().props("auto-close=false role=group aria-label=Actions"),
        ui.element("div").style("padding: 10px 14px"),
    ):
        with ui.element("div").classes("row"):
            named_button("skip_previous", "Previous series", lambda: step(-1))
            ui.label("Series")
            named_button("skip_next", "Next series", lambda: step(1))
        with ui.element("div").classes("row"):
            named_button("chevron_left", "Previous image", lambda: do(Step(-1)))
            ui.label("Image")
            named_button("chevron_right", "Next image", lambda: do(Step(1)))
        with ui.expansion("Contrast", icon="contrast"):
            for name, less, more in (
                ("Brightness", Brighten(brightness=-0.08), Brighten(brightness=0.08)),
                ("Contrast", Brighten(contrast=-0.08), Brighten(contrast=0.08)),
            ):
                with ui.element("div").classes("row"):
                    named_button("remove", f"Less {name.lower()}", partial(do, less))
                    ui.label(name)
                    named_button("add", f"More {name.lower()}", partial(do, more))
        ui.button("Reset", on_click=lambda: do(Reset()), color=None).props("flat")


def _slices(exam: Exam) -> Callable[[int], int]:
    return lambda number: len(exam.series[number].slices)
