"""The portal's leaflet, made from its configuration: one page, with the address as a QR code."""

from __future__ import annotations

import segno
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from services.downloads.paper import FACE, MARGIN, face
from services.language import N_, _, spoken
from services.letterhead import ink_on
from services.settings import Settings

POINTS = (
    (
        N_("Look at your images"),
        N_(
            "Log in from any browser, on a computer, a tablet or a phone. Your newest exam opens "
            "at once, with its report beside it; earlier exams are one click away."
        ),
    ),
    (
        N_("Share them with the people who treat you"),
        N_(
            "Use the share icon at the top right, enter an e-mail address, choose for how long "
            "and what they may do. You can hide your name and other details."
        ),
    ),
    (
        N_("Stay in charge"),
        N_(
            "'Manage existing sharing' ends any access at once. 'Who has looked' lists every look "
            "at your exams, also by hospital staff and in emergencies."
        ),
    ),
    (
        N_("Keep it safe"),
        N_(
            "After your password, a one-time password is sent to you. Never give either to "
            "anybody: we do not ask for them."
        ),
    ),
    (
        N_("Doctors outside the hospital"),
        N_("Apply for emergency access at {address}."),
    ),
)
BAND, CODE = 38.0, 46.0  # mm


def leaflet(settings: Settings) -> bytes:
    """The PDF, A4."""
    page = FPDF(format="A4")
    page.add_font(FACE, "", face(bold=False))
    page.add_font(FACE, "B", face(bold=True))
    page.set_margins(MARGIN, MARGIN, MARGIN)
    page.set_auto_page_break(False)
    page.set_title(settings.portal_name)
    page.set_lang(spoken())
    page.add_page()
    _band(page, settings)
    _way_in(page, settings)
    for title, text in POINTS:
        said = _(text)
        _point(page, _(title), said.format(address=f"{settings.public_url}/apply"))
    _help(page, settings)
    return bytes(page.output())


def _band(page: FPDF, settings: Settings) -> None:
    """The organisation's colour with the portal's name."""
    page.set_fill_color(*_rgb(settings.primary_colour))
    page.rect(0, 0, page.w, BAND, style="F")
    page.set_text_color(*_rgb(ink_on(settings.primary_colour)))
    page.set_xy(MARGIN, 10)
    page.set_font(FACE, "B", 26)
    page.cell(0, 12, settings.portal_name, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.set_font(FACE, "", 13)
    page.cell(0, 7, settings.organisation or _("Your images and reports, wherever you are"))
    page.set_text_color(0)


def _way_in(page: FPDF, settings: Settings) -> None:
    top = BAND + 10
    page.set_xy(MARGIN + CODE + 10, top + 6)
    page.set_font(FACE, "", 13)
    page.multi_cell(0, 7, _("Point the camera of your phone at the code, or go to"), align="L",
                    new_x=XPos.LEFT, new_y=YPos.NEXT)  # fmt: skip
    page.set_font(FACE, "B", 15)
    page.multi_cell(0, 8, settings.public_url, align="L", new_x=XPos.LEFT, new_y=YPos.NEXT)
    page.set_font(FACE, "", 11)
    page.ln(2)
    page.set_x(MARGIN + CODE + 10)
    page.multi_cell(
        0, 6, _("Log in with your e-mail address and the password that you chose yourself."),
        align="L",
    )  # fmt: skip
    _code(page, settings.public_url, MARGIN, top)
    page.set_y(top + CODE + 10)


def _code(page: FPDF, address: str, left: float, top: float) -> None:
    """The address as a QR code (ISO/IEC 18004) of squares, with its quiet zone."""
    rows = list(segno.make(address, error="m").matrix_iter(border=4))
    side = CODE / len(rows)
    page.set_fill_color(0)
    for y, row in enumerate(rows):
        begin = None
        for x, dark in enumerate([*row, 0]):
            if dark and begin is None:
                begin = x
            elif not dark and begin is not None:
                page.rect(left + begin * side, top + y * side, (x - begin) * side, side, style="F")
                begin = None


def _point(page: FPDF, title: str, text: str) -> None:
    page.set_font(FACE, "B", 13)
    page.cell(0, 7, title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.set_font(FACE, "", 11)
    page.multi_cell(0, 5.6, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.ln(3.5)


def _help(page: FPDF, settings: Settings) -> None:
    top = page.h - 42
    page.set_fill_color(238, 243, 244)
    page.rect(0, top, page.w, 42, style="F")
    page.set_xy(MARGIN, top + 8)
    page.set_font(FACE, "B", 13)
    page.cell(0, 7, _("Help and support"), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.set_font(FACE, "", 12)
    for line in (f"{settings.support_phone}   {settings.support_email}", settings.support_hours):
        page.cell(0, 6.5, line, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
