"""A4 pages with the exam's title at the head and page numbers at the foot."""

from __future__ import annotations

import io
import tempfile
from functools import cache
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from imaging.structured_report import Heading, Item, Paragraph, ReportDocument, Table
from imaging.typeface import font_file
from services import dates
from services.language import _, spoken

FACE = "portal"
MARGIN, HEAD, FOOT = 14.0, 24.0, 16.0  # mm
LINE = 5.2  # mm, of running text
QUIET, INK = 90, 0


@cache
def face(*, bold: bool) -> Path:
    """The typeface as a file, which the PDF library wants; made once a process."""
    path = Path(tempfile.mkdtemp(prefix="typeface-")) / f"face-{'bold' if bold else 'plain'}.ttf"
    path.write_bytes(font_file(bold=bold))
    return path


class Paper(FPDF):
    """Pages for one exam; `under` stands below the title."""

    def __init__(self, title: str, under: str, foot: str) -> None:
        super().__init__(format="A4")
        self._title, self._under, self._foot = title, under, foot
        self.add_font(FACE, "", face(bold=False))
        self.add_font(FACE, "B", face(bold=True))
        self.set_margins(MARGIN, HEAD, MARGIN)
        self.set_auto_page_break(True, FOOT)
        self.set_title(title)
        self.set_lang(spoken())

    def header(self) -> None:
        """The exam, on every page."""
        self.set_y(9)
        self._words(self._title, 12, bold=True, height=6)
        if self._under:
            self._words(self._under, 9, grey=QUIET, height=4.5)
        self.set_draw_color(170)
        self.line(MARGIN, HEAD - 2, self.w - MARGIN, HEAD - 2)
        self.set_y(HEAD)

    def footer(self) -> None:
        """The number of the page."""
        self.set_y(-11)
        self.set_font(FACE, "", 8)
        self.set_text_color(QUIET)
        self.cell(self.epw * 0.75, 4, self._foot)
        self.cell(
            self.epw * 0.25,
            4,
            _("Page {page} of {count}").format(page=self.page_no(), count="{nb}"),
            align="R",
        )

    def report(self, document: ReportDocument) -> None:
        """A report from a new page on."""
        self.add_page()
        self._words(document.title, 14, bold=True, height=7)
        line = ", ".join(
            filter(None, (document.author, dates.local_time(document.dated), document.status))
        )
        if line:
            self._words(line, 9, grey=QUIET)
        self.ln(2)
        for block in document.blocks:
            match block:
                case Heading(text=text):
                    self.ln(2)
                    self._words(text, 11, bold=True, height=6)
                case Paragraph(text=text):
                    self._words(text, 10.5)
                    self.ln(1.5)
                case Item(label=label, value=value):
                    self._words(f"{label}: {value}", 10.5)
                case Table(rows=rows):
                    self._table(rows)

    def sentence(self, text: str) -> None:
        """A paragraph of its own on a new page, such as why something is not here."""
        self.add_page()
        self._words(text, 11)

    def day(self, text: str) -> None:
        """A heading within a list, never alone at the foot of a page."""
        if self.page_no() == 0 or self.get_y() > self.h - FOOT - 22:
            self.add_page()
        self.ln(2)
        self._words(text, 11, bold=True, height=6.5)

    def line_of(self, left: str, text: str) -> None:
        """A line of a list: a time at the left, words beside it."""
        self.set_font(FACE, "", 9.5)
        self.set_text_color(QUIET)
        if self.get_y() > self.h - FOOT - 2 * LINE:
            self.add_page()
            self.set_font(FACE, "", 9.5)
        top = self.get_y()
        self.cell(30, LINE, left)
        self.set_text_color(INK)
        self.set_xy(MARGIN + 30, top)
        self.multi_cell(self.epw - 30, LINE, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def picture(self, data: bytes, box: tuple[float, float, float, float], caption: str) -> None:
        """An encoded picture within (left, top, width, height) in mm, its caption below."""
        left, top, width, height = box
        self.image(io.BytesIO(data), left, top, width, height - LINE, keep_aspect_ratio=True)
        self.set_xy(left, top + height - LINE + 0.5)
        self.set_font(FACE, "", 8)
        self.set_text_color(QUIET)
        self.cell(width, LINE - 1, caption, align="C")

    def instead(self, reason: str, box: tuple[float, float, float, float]) -> None:
        """Why there is no picture, in its place."""
        left, top, width, height = box
        self.set_draw_color(170)
        self.rect(left, top, width, height - LINE)
        self.set_xy(left + 3, top + height / 3)
        self.set_font(FACE, "", 9)
        self.set_text_color(QUIET)
        self.multi_cell(width - 6, 4.5, reason, align="C")

    def whole_page(self, data: bytes) -> None:
        """A picture of a page that somebody else laid out."""
        self.add_page()
        box = MARGIN, HEAD, self.epw, self.h - HEAD - FOOT
        self.image(io.BytesIO(data), *box, keep_aspect_ratio=True)

    def finished(self) -> bytes:
        """The PDF."""
        return bytes(self.output())

    def _words(
        self, text: str, size: float, *, bold: bool = False, grey: int = INK, height: float = LINE
    ) -> None:
        self.set_font(FACE, "B" if bold else "", size)
        self.set_text_color(grey)
        self.multi_cell(self.epw, height, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _table(self, rows: tuple[tuple[str, ...], ...]) -> None:
        self.set_font(FACE, "", 9)
        self.set_text_color(INK)
        with self.table(rows, line_height=LINE):
            pass
        self.ln(2)
