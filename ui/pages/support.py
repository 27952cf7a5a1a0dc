"""Who helps: the help desk, the portal's leaflet, and answers to the usual questions."""

from __future__ import annotations

from nicegui import ui
from starlette.requests import Request

from services.language import N_, _
from ui.components.card import headed_card
from ui.components.header import bar
from ui.components.text import words
from ui.gate import PATIENCE, look_in

QUESTIONS = (
    (
        N_("The one-time password does not arrive"),
        N_(
            "It comes by e-mail within a minute. Please look in the junk folder, then use 'Send a "
            "new one-time password'. Only the newest one works."
        ),
    ),
    (
        N_("A link in an e-mail does not work any more"),
        N_(
            "Links work once and for a limited time. If you have an account, use 'Forgot "
            "password' on the log-in page; else ask the person who shared with you to send it "
            "again."
        ),
    ),
    (
        N_("I cannot see an exam that was shared with me"),
        N_(
            "Shares end after the time that was chosen, or when the patient ends them. Please ask "
            "the person who shared it."
        ),
    ),
    (
        N_("I shared with the wrong person"),
        N_("Open 'Manage existing sharing' and use the trash icon: access ends at once."),
    ),
    (
        N_("I treat patients in an emergency and need to see their exams"),
        N_("Please apply for emergency access with the form below."),
    ),
)


@ui.page("/support", response_timeout=PATIENCE)
async def support_page(request: Request) -> None:
    """Help desk e-mail, phone, opening hours."""
    visit = await look_in(request)
    settings = visit.portal.settings
    ui.page_title(f"{_('Support')} - {settings.portal_name}")
    with bar():
        pass
    with ui.element("div").classes("middle"), headed_card(_("Support"), size="medium"):
        ui.label(_("The help desk for {portal_name}:").format(portal_name=settings.portal_name))
        with ui.element("div").classes("info"):
            ui.link(settings.support_email, f"mailto:{settings.support_email}").style(
                "display: block; width: max-content; min-height: 24px"
            )
            ui.link(settings.support_phone, _dialled(settings.support_phone)).style(
                "display: block; width: max-content; min-height: 24px; font-weight: 600"
            )
            ui.label(settings.support_hours)
        for question, answer in QUESTIONS:
            words("h2", _(question)).style("margin-top: 6px")
            words("p", _(answer))
        with ui.element("div").classes("row").style("margin-top: 12px"):
            ui.link(_("Leaflet to print (PDF)"), "/support/leaflet", new_tab=True)
            ui.link(_("Apply for emergency access"), "/apply")
            ui.link(_("Back to the portal"), "/")


def _dialled(phone: str) -> str:
    """A telephone number as an address that phones can call (RFC 3966)."""
    return "tel:" + "".join(sign for sign in phone if sign.isdigit() or sign == "+")
