"""What is shown when a page does not exist, or could not be made: each with what to do next."""

from __future__ import annotations

import secrets

import structlog
from fastapi.exception_handlers import http_exception_handler
from nicegui import Client, app, ui
from nicegui.page import page
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from services.language import _
from ui.armour import ASSETS
from ui.components.card import headed_card
from ui.components.header import bar
from ui.components.text import words
from ui.gate import house
from ui.tongue import dress, speak_to

log = structlog.get_logger()
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def register() -> None:
    """Put the portal's own pages in the place of the framework's."""
    app.on_page_exception(_broken)
    app.exception_handlers[404] = _missing


async def _missing(request: Request, error: HTTPException) -> Response:
    """No page has this address; what pages are made of is for programs, and told as they expect."""
    if request.url.path.startswith(ASSETS):
        return await http_exception_handler(request, error)
    speak_to(None, request.scope["state"])
    with Client(page(""), request=request) as client:
        dress(client)
        _card(
            _("This page does not exist"),
            _("The address may be mistyped, or the link is an old one. What you can do:"),
            [
                _("Go to your exams: the newest one opens at once."),
                _("If you came from an e-mail, open the newest e-mail from the portal."),
            ],
        )
    return client.build_response(request, 404)


def _broken(error: Exception) -> None:
    """Something failed while a page was made; the number finds it in the log."""
    number = "".join(secrets.choice(LETTERS) for _sign in range(6))
    log.error("page failed", number=number, kind=type(error).__name__)
    _card(
        _("This page could not be shown"),
        _("Something went wrong here, and it is recorded. What you can do:"),
        [
            _("Load the page again in a moment."),
            _("If it happens again, tell the help desk this number: {number}").format(
                number=number
            ),
        ],
    )


def _card(title: str, sentence: str, ways: list[str]) -> None:
    settings = house().portal.settings
    ui.page_title(f"{title} - {settings.portal_name}")
    with bar():
        pass
    with ui.element("div").classes("middle"), headed_card(title, size="medium"):
        words("p", sentence).props("role=alert")
        with ui.element("ul").style("margin: 0; padding-left: 20px"):
            for way in ways:
                words("li", way)
        words(
            "p",
            _("Help desk: {email}, {phone} ({hours})").format(
                email=settings.support_email,
                phone=settings.support_phone,
                hours=settings.support_hours,
            ),
        ).classes("info")
        with ui.element("div").classes("row"):
            ui.link(_("To the portal"), "/").classes("button-like")
            ui.link(_("Help and support"), "/support")
