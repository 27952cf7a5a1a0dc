"""Who helps: the help desk, and answers to the usual questions."""

from __future__ import annotations

from nicegui import ui
from starlette.requests import Request

from services.language import N_, _
from ui.components.card import headed_card
from ui.components.header import bar
from ui.gate import look_in

QUESTIONS = (
    (
        N_("The one-time password does not arrive"),
        N_(
            "It comes by e-mail within a minute. Please look in the junk folder, then use 'Send a "
            "new one-time password'. Only the newest one works."
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
)


@ui.page("/support")
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
                "display: block; width: max-content"
            )
            dialled = "".join(sign for sign in settings.support_phone if sign in "+0123456789")
            ui.link(settings.support_phone, f"tel:{dialled}").style("font-weight: 600")
            ui.label(settings.support_hours)
        for question, answer in QUESTIONS:
            ui.label(_(question)).style("font-weight: 700; margin-top: 6px")
            ui.label(_(answer))
        ui.link(_("Back to the portal"), "/")
