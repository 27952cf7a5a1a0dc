"""The strips of series of all exams on the stage; those compared with are named."""

from __future__ import annotations

from nicegui import ui

from services.language import _
from ui.components.text import words
from ui.components.viewer.filling import Filling
from ui.components.viewer.open_exams import OpenExam
from ui.components.viewer.series_strip import SeriesStrip
from ui.components.viewer.stage import Stage
from ui.gate import Visit


class Strips:
    """Beside the stage; a series that is chosen or dropped goes to `filling`."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._strips: dict[int, tuple[SeriesStrip, ui.element]] = {}
        self._place = ui.element("div").classes("strips")

    def add(self, of: OpenExam, filling: Filling, *, named: bool) -> None:
        """The series of an exam that is on the stage now."""
        with self._place, ui.element("div").classes("strip-of") as whole:
            if named:
                words("p", of.exam.page_title).classes("strip-exam")
            strip = SeriesStrip(
                self._visit, of.exam,
                lambda series: filling.choose(series, of),
                lambda series: filling.drag(series, of),
            )  # fmt: skip
            if named:
                name = _("Series of {exam}").format(exam=of.exam.page_title)
                strip.element.props["aria-label"] = name
        self._strips[of.number] = strip, whole

    def __contains__(self, exam: int) -> bool:
        return exam in self._strips

    def remove(self, exam: int) -> None:
        """The exam is no longer on the stage."""
        if exam in self._strips:
            self._strips.pop(exam)[1].delete()

    async def fill(self, exam: int) -> None:
        """Make an exam's thumbnails."""
        if exam in self._strips:
            await self._strips[exam][0].fill()

    def follow(self, stage: Stage) -> None:
        """Tell how much was looked at."""
        for place in stage.workspace.shown:
            canvas, there = stage.panes[place].canvas, stage.panes[place].shown
            if canvas is not None and there is not None and there.exam in self._strips:
                self._strips[there.exam][0].looked(canvas.series, canvas.state.slice)

    def mark(self, stage: Stage) -> None:
        """Show which series is in the active viewport."""
        shown = stage.active.shown if stage.active is not None else None
        for exam, (strip, _whole) in self._strips.items():
            strip.mark(shown.taken if shown is not None and exam == shown.exam else None)
