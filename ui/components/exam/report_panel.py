"""An exam's reports, readable beside its images."""

from __future__ import annotations

import base64

from nicegui import ui

from services.access import Access
from services.exam import reports
from services.exam.exams import Exam
from services.exam.report_status import report_status
from services.exam.reports import ReportEntry, ReportView
from services.language import _
from ui.components.card import dialog_card
from ui.components.exam.report_view import document_view, pages_view, status_tag
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
        self._open: tuple[ReportView, list[str]] | None = None
        self._buttons: dict[int, ui.element] = {}
        self._statuses: dict[int, ui.element] = {}
        with ui.element("section").classes("report"):
            with ui.element("div").classes("row between"):
                words("h2", _("Report") if len(exam.reports) < 2 else _("Reports"))
                if exam.reports:
                    large = ui.button(_("Read large"), icon="open_in_full", color=None)
                    large.props("flat dense no-caps").classes("soft").on_click(self._enlarge)
            if not exam.reports:
                ui.label(_("There is no report for this exam yet.")).classes("quiet")
                return
            if len(exam.reports) > 1:
                self._choices()
            self._place = ui.element("article").classes("report-text")
        self._dialog = ui.dialog()

    async def open(self, report_id: int | None = None) -> None:
        """Show a report; the first one where none is named."""
        if not self._entries:
            return
        wanted = report_id or self._entries[0].report_id
        with told():
            view = await self._visit.run(reports.read, self._visit.portal, self._access, wanted)
            self._open = view, await self._pages(view)
            self._mark(wanted)
            self._place.clear()
            with self._place:
                _shown(*self._open)
        await self._tell_statuses()

    def close(self) -> None:
        """Take the report away."""
        self._open = None
        if self._entries:
            self._place.clear()
            self._dialog.close()

    def _choices(self) -> None:
        with ui.element("ul").classes("report-list"):
            for entry in self._entries:
                with ui.element("li"):
                    button = ui.element("button").props("type=button")
                    button.on("click", lambda _, chosen=entry.report_id: self.open(chosen))
                    with button:
                        words("b", entry.title)
                        words("small", _by(entry))
                        self._statuses[entry.report_id] = ui.element("span")
                    self._buttons[entry.report_id] = button

    def _mark(self, chosen: int) -> None:
        for report_id, button in self._buttons.items():
            here = report_id == chosen
            button.classes(add="chosen" if here else "", remove="" if here else "chosen")
            button.props["aria-pressed"] = "true" if here else "false"

    async def _tell_statuses(self) -> None:
        """Of several reports the list tells which are final; that stands in their files."""
        waiting, self._statuses = self._statuses, {}
        for report_id, place in waiting.items():
            with told():
                status = await self._visit.run(
                    reports.status, self._visit.portal, self._access, report_id
                )
                with place:
                    status_tag(status)

    async def _pages(self, view: ReportView) -> list[str]:
        """The pages of a PDF as sources that need no further request."""
        sources = []
        for number in range(view.pages):
            data = await self._visit.run(
                reports.page, self._visit.portal, self._access, view.entry.report_id, number,
                PAGE_WIDTH,
            )  # fmt: skip
            sources.append(f"data:image/png;base64,{base64.b64encode(data).decode()}")
        return sources

    def _enlarge(self) -> None:
        """The open report over the whole page, in larger letters."""
        if self._open is None:
            return
        self._dialog.clear()
        with (
            dialog_card(_("Report"), self._dialog, size="large"),
            ui.element("article").classes("report report-text large"),
        ):
            _shown(*self._open)
        self._dialog.open()


def _shown(view: ReportView, pages: list[str]) -> None:
    if view.withheld:
        ui.label(view.withheld).classes("note")
    elif view.document is not None:
        document_view(view.document, report_status(view.document.status))
    else:
        pages_view(view.entry.title, pages)


def _by(entry: ReportEntry) -> str:
    return ", ".join(filter(None, (entry.dated, entry.author)))
