"""The list of one's own measurements beside the images: go there, delete."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from nicegui import ui

from services.exam.exams import Exam, SeriesEntry
from services.language import N_, _
from services.viewer.annotation import Annotation, Kind
from services.viewer.measurement_export import may_export
from ui.components.header import named_button
from ui.components.text import words
from ui.components.viewer.board import Board
from ui.gate import Visit
from ui.problems import told

FILE = "measurements.dcm"
NAMES = {
    Kind.LENGTH: N_("Length"),
    Kind.ANGLE: N_("Angle"),
    Kind.RECTANGLE: N_("Rectangle"),
    Kind.ELLIPSE: N_("Ellipse"),
    Kind.PROBE: N_("Value"),
    Kind.ARROW: N_("Arrow"),
    Kind.TEXT: N_("Text"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """An annotation as the list tells it."""

    annotation: Annotation
    says: str
    note: str
    chosen: bool


class MeasurementList:
    """Follows the annotations it is shown; `go` and `delete` are called with one of them."""

    def __init__(
        self,
        visit: Visit,
        exam: Exam,
        go: Callable[[Annotation], Awaitable[None]],
        delete: Callable[[Annotation], None],
    ) -> None:
        self._visit = visit
        self._exam = exam
        self._go = go
        self._delete = delete
        self._shown: tuple[Line, ...] | None = None
        with ui.element("section"):
            words("h2", _("Measurements"))
            ui.label(_("Only you see what you draw and measure.")).classes("quiet")
            self._place = ui.element("div").props("role=list")
            self._save = ui.button(_("Save as DICOM file"), icon="save_alt", color=None)
            self._save.props("flat").on_click(self._export)
            self._told = ui.label().classes("unseen").props("role=status")
        self.show(())

    def show(self, lines: tuple[Line, ...]) -> None:
        """Show these; the chosen one is read out by screen readers."""
        if lines == self._shown:
            return
        self._shown = lines
        self._place.clear()
        self._place.set_visibility(bool(lines))
        self._save.set_visibility(bool(lines) and may_export(self._exam.access))
        with self._place:
            for line in lines:
                self._line(line)
        said = next((line.says for line in lines if line.chosen), "")
        if said != self._told.text:
            self._told.set_text(said)

    async def _export(self) -> None:
        with told():
            data = await self._visit.run(self._visit.exporter.export, self._exam.access)
            ui.download.content(data, FILE, "application/dicom")

    def _line(self, line: Line) -> None:
        row = ui.element("div").classes("measured chosen" if line.chosen else "measured")
        with row.props("role=listitem"):
            jump = ui.element("button").classes("jump").props("type=button")
            jump.on("click", lambda: self._go(line.annotation))
            with jump:
                words("b", line.says)
                words("small", place_of(self._exam, line.annotation))
                if line.note:
                    words("small", line.note)
            named_button(
                "delete_outline",
                _("Delete: {says}").format(says=line.says),
                partial(self._delete, line.annotation),
            )


def lines(board: Board) -> tuple[Line, ...]:
    """The list of what is kept on a board."""
    made = []
    for annotation in board.sheet.kept:
        reading = board.reading(annotation.key, annotation.shape)
        says = ", ".join((NAMES[annotation.shape.kind], *reading.lines))
        made.append(Line(annotation, says, reading.note, annotation.key == board.sheet.selected))
    return tuple(made)


def place_of(exam: Exam, annotation: Annotation) -> str:
    """The series and image an annotation lies on, in words."""
    series, number = found(exam, annotation)
    return f"{series.description}, image {number + 1}" if series else ""


def found(exam: Exam, annotation: Annotation) -> tuple[SeriesEntry | None, int]:
    """The series an annotation lies on and its slice, counted from 0; None: not in this exam."""
    for series in exam.series:
        if annotation.shape.where in series.slices:
            return series, series.slices.index(annotation.shape.where)
    return None, 0
