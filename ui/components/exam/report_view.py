"""A report as it is read: a document of headings and tables, or the pages of a PDF."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nicegui import ui

from imaging.structured_report import Heading, Item, Paragraph, ReportDocument, Table
from services import dates
from services.exam.report_status import ReportStatus, Stage
from services.language import _
from ui.components.text import words

LABEL = re.compile(r"[A-Z][\w ,/-]{2,40}:(?=\s)")
CLASSES = {Stage.PRELIMINARY: "warn", Stage.UNCHECKED: "warn", Stage.FINAL: "good"}


def status_tag(status: ReportStatus) -> None:
    """How final the report is, if it tells."""
    if status.name:
        words("span", status.name).classes(f"tag {CLASSES.get(status.stage, '')}")


def document_view(document: ReportDocument, status: ReportStatus) -> None:
    """The whole document, in its own order."""
    with ui.element("div").classes("report-head"):
        words("h3", document.title)
        status_tag(status)
    line = ", ".join(filter(None, (document.author, dates.local_time(document.dated))))
    if line:
        words("p", line).classes("quiet")
    if status.stage in (Stage.PRELIMINARY, Stage.UNCHECKED):
        words("p", status.sentence).classes("note")
    for block in document.blocks:
        match block:
            case Heading(level=level, text=text):
                words("h4", text).props["aria-level"] = str(min(level + 3, 6))
            case Paragraph(text=text):
                _paragraph(text)
            case Item(label=label, value=value):
                with ui.element("p"):
                    words("strong", f"{label}: ")
                    words("span", value)
            case Table(rows=rows):
                _table(rows)


def pages_view(title: str, pages: Sequence[str]) -> None:
    """The pages of a PDF, as sources of pictures."""
    words("h3", title)
    for number, source in enumerate(pages, 1):
        page = ui.element("img")
        page.props["src"] = source
        page.props["alt"] = _("Page {number} of {total} of the report").format(
            number=number, total=len(pages)
        )


def _paragraph(text: str) -> None:
    """Running text; what it begins with up to a colon stands out, as in written reports."""
    label = LABEL.match(text)
    if label is None:
        words("p", text)
        return
    with ui.element("p"):
        words("strong", label[0])
        words("span", text[label.end() :])


def _table(rows: tuple[tuple[str, ...], ...]) -> None:
    with ui.element("div").classes("scroll-across"), ui.element("table").classes("plain"):
        for number, row in enumerate(rows):
            with ui.element("tr"):
                for cell in row:
                    words("td" if number else "th", cell)
