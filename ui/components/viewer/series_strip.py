"""The strip of series: thumbnails, what they are, and how much of each was looked at so far."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from nicegui import ui

from services.errors import PortalError
from services.exam.exams import Exam, SeriesEntry
from services.exam.reading_progress import Progress
from services.language import _, ngettext
from services.pictures.workshop import Urgency
from ui.components.text import words
from ui.components.viewer.direct import Direct
from ui.components.viewer.pictures import NOTHING_YET, data_url
from ui.gate import Visit

REST = 0.4  # seconds without a further image until progress is shown: who scrolls is not slowed
LONGEST_SILENCE = 3.0  # seconds; while scrolling goes on, it is shown all the same


class SeriesStrip:
    """One button a series; the one on the stage is marked."""

    def __init__(
        self,
        visit: Visit,
        exam: Exam,
        choose: Callable[[SeriesEntry], Awaitable[None]],
        drag: Callable[[SeriesEntry | None], None],
    ) -> None:
        self._visit = visit
        self._exam = exam
        self._buttons: dict[int, ui.element] = {}
        self._pictures: dict[int, ui.element] = {}
        self._bars: dict[int, ui.element] = {}
        self._counts: dict[int, ui.label] = {}
        self._direct = Direct(visit.client)
        self._progress = Progress()
        self._told = Progress()
        self._timer: asyncio.TimerHandle | None = None
        self._untold_since = 0.0
        visit.client.on_delete(self._stop)
        self.element = ui.element("nav").classes("strip")
        self.element.props["aria-label"] = _("Series")
        with self.element:
            if len(exam.series) > 1:
                words("p", _summary(exam)).classes("strip-sum")
            for series in exam.series:
                self._button(series, choose, drag)

    def _button(
        self,
        series: SeriesEntry,
        choose: Callable[[SeriesEntry], Awaitable[None]],
        drag: Callable[[SeriesEntry | None], None],
    ) -> None:
        button = ui.element("button").classes("thumb").props("type=button")
        button.on("click", lambda: choose(series)).props("draggable=true")
        button.on("dragstart", lambda: drag(series), args=[])
        button.on("dragend", lambda: drag(None), args=[])
        with button:
            picture = ui.element("img").props('alt=""')
            picture.props["src"] = NOTHING_YET
            self._pictures[series.series_id] = picture
            with ui.element("i").classes("looked").props("aria-hidden=true"):
                self._bars[series.series_id] = ui.element("i")
            words("span", series.description)
            with ui.element("small"):
                words("b", series.modality)
                self._counts[series.series_id] = ui.label(_count(series, 0))
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

    def mark(self, chosen: SeriesEntry | None) -> None:
        """Show which series is on the stage."""
        for series_id, button in self._buttons.items():
            here = chosen is not None and series_id == chosen.series_id
            button.classes(add="chosen" if here else "", remove="" if here else "chosen")
            button.props["aria-pressed"] = "true" if here else "false"

    def looked(self, series: SeriesEntry, slice: int) -> None:
        """An image is on screen, by its place (from 0); planes through a volume do not count."""
        if series.cut is not None or series.series_id not in self._counts:
            return
        self._progress = self._progress.after(series.series_id, slice)
        if self._progress is self._told:
            return
        loop = asyncio.get_running_loop()
        if self._timer is None:
            self._untold_since = loop.time()
        self._stop()
        when = min(loop.time() + REST, self._untold_since + LONGEST_SILENCE)
        self._timer = loop.call_at(when, self._show)

    def _show(self) -> None:
        self._timer = None
        before, self._told = self._told, self._progress
        for series in self._exam.series:
            seen = self._told.count(series.series_id)
            if seen != before.count(series.series_id):
                share = 100 * seen / len(series.slices)
                self._direct.set_style(self._bars[series.series_id], f"width:{share:.0f}%")
                self._direct.set_text(self._counts[series.series_id], _count(series, seen))

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


def _summary(exam: Exam) -> str:
    return _("{series} series, {images} images").format(
        series=len(exam.series), images=sum(len(series.slices) for series in exam.series)
    )


def _count(series: SeriesEntry, seen: int) -> str:
    """How many images a series has, and how many of them were looked at."""
    total = len(series.slices)
    images = ngettext("{count} image", "{count} images", total).format(count=total)
    if not seen:
        return images
    if seen == total:
        return _("{images}, all seen").format(images=images)
    return _("{seen} of {total} seen").format(seen=seen, total=total)
