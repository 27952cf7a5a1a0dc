"""An exam's reports, readable beside its images."""

from __future__ import annotations

from nicegui import ui

from imaging.structured_report import Heading, Item, Paragraph, ReportDocument, Table
from services import dates, reports
from services.access import Access
from services.exams import Exam
from services.reports import ReportEntry, ReportView
from services.viewing import Picture
from ui.components.pictures import data_url
from ui.components.text import words
from ui.gate import Visit
from ui.problems import told

PAGE_WIDTH = 1000  # pixels of a PDF page's picture


class ReportPanel:
    """The list of reports and the one that is open."""

    def __init__(self, visit: Visit, exam: Exam) -> None:
        self._visit = visit
        self._access: Access = exam.access
        self._entries = exam.reports
        with ui.element("section").classes("report"):
            ui.label("Report").props("role=heading aria-level=2").style(
                "font-weight: 700; font-size: 17px"
            )
            if not exam.reports:
                ui.label("There is no report for this exam yet.").classes("quiet")
                return
            if len(exam.reports) > 1:
                ui.select(
                    {entry.report_id: _named(entry) for entry in exam.reports},
                    label="Which report",
                    value=exam.reports[0].report_id,
                    on_change=lambda e: self.open(e.value),
                ).classes("full").props("outlined dense")
            self._place = ui.element("div")

    async def open(self, report_id: int | None = None) -> None:
        """Show a report; the first one where none is named."""
        if not self._entries:
            return
        wanted = report_id or self._entries[0].report_id
        with told():
            view = await self._visit.run(reports.read, self._visit.portal, self._access, wanted)
            self._place.clear()
            with self._place:
                await self._show(view)

    def close(self) -> None:
        """Take the report away."""
        if self._entries:
            self._place.clear()

    async def _show(self, view: ReportView) -> None:
        if view.withheld:
            ui.label(view.withheld).classes("note")
        elif view.document is not None:
            _document(view.document)
        else:
            for number in range(view.pages):
                data = await self._visit.run(
                    reports.page,
                    self._visit.portal,
                    self._access,
                    view.entry.report_id,
                    number,
                    PAGE_WIDTH,
                )
                picture = Picture(data, "image/png", False, (0, 0, 0, 0), "")
                page = ui.element("img").style("width: 100%")
                page.props["src"] = data_url(picture)
                page.props["alt"] = f"Page {number + 1} of {view.pages} of the report"


def _named(entry: ReportEntry) -> str:
    return f"{entry.title}, {entry.dated}" if entry.dated else entry.title


def _document(document: ReportDocument) -> None:
    ui.label(document.title).style("font-weight: 700; margin-top: 4px")
    line = ", ".join(
        filter(None, (document.author, dates.local_time(document.dated), document.status))
    )
    if line:
        ui.label(line).classes("quiet")
    for block in document.blocks:
        match block:
            case Heading(level=level, text=text):
                heading = words("h3", text)
                heading.props["aria-level"] = str(min(level + 2, 6))
            case Paragraph(text=text):
                words("p", text)
            case Item(label=label, value=value):
                with ui.element("p"):
                    words("strong", f"{label}: ")
                    words("span", value)
            case Table(rows=rows):
                _table(rows)


def _table(rows: tuple[tuple[str, ...], ...]) -> None:
    with ui.element("table").classes("plain"):
        for number, row in enumerate(rows):
            with ui.element("tr"):
                for cell in row:
                    words("td" if number else "th", cell)
