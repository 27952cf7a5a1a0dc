"""What a break-glass account is told about its yearly end."""

from __future__ import annotations

from nicegui import ui

from services import dates
from services.glass import glass_right
from services.glass.glass_right import Right
from services.language import _
from ui.components.card import headed_card
from ui.components.text import words
from ui.gate import Visit


def right_over(visit: Visit, right: Right) -> None:
    """The year is over: plainly so, and the ways on."""
    with headed_card(_("Your emergency access has ended"), size="medium"):
        words("p", glass_right.over(visit.portal, right.until)).props("role=alert")
        with ui.element("div").classes("row"):
            ui.link(_("Apply again"), "/apply").classes("button-like")
            ui.link(_("Help and support"), "/support")


def right_ends_soon(visit: Visit, right: Right) -> None:
    """Within the last thirty days: a note with the way to go on; nothing before."""
    if not right.renewable or right.until is None:
        return
    day = dates.day(right.until.astimezone(visit.portal.settings.zone).date())
    with ui.element("div").classes("note").style("margin-bottom: 16px"):
        words("p", _("Your emergency access ends on {day}.").format(day=day))
        ui.link(_("Confirm my details, to go on for a year"), "/break-glass/renew")
