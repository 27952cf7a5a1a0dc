"""The application for a break-glass account on paper: blank to be filled in by hand, or filled."""

from __future__ import annotations

from fpdf.enums import XPos, YPos

from services import dates
from services.downloads.paper import FACE, INK, LINE, MARGIN, QUIET, Paper
from services.glass.application_form import Form
from services.language import N_, _
from services.portal import Portal

FIELDS = (
    (N_("Your name"), "name", 1),
    (N_("Email address"), "email", 1),
    (N_("Contact mobile number"), "mobile", 1),
    (N_("Provider number"), "provider_number", 1),
    (N_("Practice or hospital"), "practice", 1),
    (N_("Why you need emergency access"), "reason", 4),
)
BOX = 9.5  # mm, the height of a line to write on
LONGEST = 1000  # characters of a field on paper


def application_paper(portal: Portal, form: Form | None = None) -> bytes:
    """The form as a PDF, with what was typed where there is a form."""
    settings = portal.settings
    paper = Paper(
        _("Application for emergency access (break glass)"),
        settings.portal_name + (f", {settings.organisation}" if settings.organisation else ""),
        settings.portal_name,
    )
    paper.add_page()
    _sentence(
        paper,
        _(
            "For doctors and other providers outside the hospital who treat patients in an "
            "emergency. Please fill in every field: we call your contact mobile number and check "
            "your provider number before the account is set up."
        ),
    )
    paper.ln(3)
    for label, field, lines in FIELDS:
        _field(paper, _(label), str(getattr(form, field)) if form else "", lines)
    _tick(
        paper,
        _("What I entered is true, and I treat patients under this provider number"),
        ticked=bool(form and form.declared),
    )
    paper.ln(6)
    _signature(paper, dates.day(portal.clock().astimezone(settings.zone).date()) if form else "")
    paper.ln(8)
    _sentence(
        paper,
        _(
            "Please send this form to {email}, or apply online at {address}. Questions: {phone} "
            "({hours})."
        ).format(
            email=settings.support_email,
            address=f"{settings.public_url}/apply",
            phone=settings.support_phone,
            hours=settings.support_hours,
        ),
    )
    paper.ln(4)
    _desk(paper)
    return bytes(paper.output())


def _sentence(paper: Paper, text: str) -> None:
    paper.set_font(FACE, "", 10.5)
    paper.set_text_color(INK)
    paper.multi_cell(0, LINE, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _field(paper: Paper, label: str, value: str, lines: int) -> None:
    paper.set_font(FACE, "B", 9)
    paper.set_text_color(QUIET)
    paper.cell(0, 5, label, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    top = paper.get_y()
    paper.set_font(FACE, "", 11)
    paper.set_text_color(INK)
    paper.set_xy(MARGIN + 2, top + 2)
    paper.multi_cell(
        paper.epw - 4, LINE, " ".join(value.split())[:LONGEST], align="L",
        new_x=XPos.LMARGIN, new_y=YPos.NEXT,
    )  # fmt: skip
    height = max(BOX * lines, paper.get_y() - top + 2)
    paper.set_draw_color(150)
    paper.rect(MARGIN, top, paper.epw, height)
    paper.set_y(top + height + 3)


def _tick(paper: Paper, text: str, *, ticked: bool) -> None:
    top = paper.get_y()
    paper.set_draw_color(80)
    paper.rect(MARGIN, top, 4.5, 4.5)
    if ticked:
        paper.line(MARGIN + 0.9, top + 2.3, MARGIN + 2, top + 3.6)
        paper.line(MARGIN + 2, top + 3.6, MARGIN + 3.8, top + 0.9)
    paper.set_xy(MARGIN + 8, top)
    paper.set_font(FACE, "", 10.5)
    paper.set_text_color(INK)
    paper.multi_cell(paper.epw - 8, LINE, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _signature(paper: Paper, day: str) -> None:
    width = (paper.epw - 10) / 2
    paper.set_font(FACE, "", 11)
    paper.cell(width, 8, day)
    paper.ln(8)
    top = paper.get_y()
    paper.line(MARGIN, top, MARGIN + width, top)
    paper.line(MARGIN + width + 10, top, MARGIN + paper.epw, top)
    paper.set_font(FACE, "", 9)
    paper.set_text_color(QUIET)
    paper.cell(width + 10, 5, _("Date"))
    paper.cell(width, 5, _("Signature"), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _desk(paper: Paper) -> None:
    """The part that the hospital fills in."""
    paper.set_fill_color(240)
    top = paper.get_y()
    paper.rect(MARGIN, top, paper.epw, 26, style="F")
    paper.set_xy(MARGIN + 3, top + 2)
    paper.set_font(FACE, "B", 9)
    paper.set_text_color(QUIET)
    paper.cell(0, 5, _("For the hospital"), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_font(FACE, "", 9)
    for line in (
        _("Identity checked (how, by whom, when):"),
        _("Decision (approved, declined, by whom, when):"),
    ):
        paper.set_x(MARGIN + 3)
        paper.cell(0, 9, line, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
