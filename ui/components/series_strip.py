"""The strip of series with their thumbnails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from services.errors import PortalError
from services.exams import Exam, SeriesEntry
from services.workshop import Urgency
from ui.components.pictures import data_url
from ui.components.text import words
from ui.gate import Visit


class SeriesStrip:
    """One button a series; the one on the stage is marked."""

    def __init__(
        self, visit: Visit, exam: Exam, choose: Callable[[SeriesEntry], Awaitable[None]]
    ) -> None:
        self._visit = visit
        self._exam = exam
        self._buttons: dict[int, ui.element] = {}
        self._pictures: dict[int, ui.element] = {}
        with ui.element("nav").classes("strip").props('aria-label="Series"'):
            for series in exam.series:
                self._button(series, choose)

    def _button(
        self, series: SeriesEntry, choose: Callable[[SeriesEntry], Awaitable[None]]
    ) -> None:
        button = ui.element("button").classes("thumb").props("type=button")
        button.on("click", lambda: choose(series))
        count = len(series.slices)
        with button:
            self._pictures[series.series_id] = ui.element("img").props('alt=""')
            words("span", series.description)
            words("small", f"{series.modality}, {count} image{'s' if count != 1 else ''}")
        self._buttons[series.series_id] = button

    async def fill(self) -> None:
        """Make the thumbnails, one after the other, without holding up anything else."""
        for series in self._exam.series:
            try:
                picture = await self._visit.draw(
                    Urgency.THUMBNAIL, self._visit.viewer.thumbnail, self._exam.access, series
                )
            except PortalError:
                return  # the page itself learns of it and closes
            self._pictures[series.series_id].props["src"] = data_url(picture)

    def mark(self, chosen: SeriesEntry) -> None:
        """Show which series is on the stage."""
        for series_id, button in self._buttons.items():
            here = series_id == chosen.series_id
            button.classes(add="chosen" if here else "", remove="" if here else "chosen")
            button.props["aria-pressed"] = "true" if here else "false"
