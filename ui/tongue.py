"""Which language a request, and everything that later happens on its page, is answered in.

The account's choice, else this browser's, else what the browser asks for, else the portal's own.
Before anybody is known it is decided here, from the request; `gate.look_in` lets the account's
choice decide. Events of a page come over its socket and speak the page's language.
"""

from __future__ import annotations

from copy import copy
from typing import Any
from urllib.parse import parse_qs

from nicegui import Client
from nicegui.language import Language
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from services.language import LANGUAGES, preferred, speak, spoken
from services.settings import Settings
from services.signing_in.sessions import SignedIn
from ui.armour import SOCKET, cookies

PACKS: dict[str, Language] = {"en": "en-GB", "de": "de"}  # of the widgets, and of the page


class Tongue:
    """Around the application: every request speaks its language from its beginning."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Decide, remember the decision in the request's state, and pass on."""
        if scope["type"] in ("http", "websocket"):
            language = self._decided(scope)
            scope.setdefault("state", {})["language"] = language
            speak(language)
        await self._app(scope, receive, send)

    def _decided(self, scope: Scope) -> str:
        if scope["path"].startswith(SOCKET) and (page := _page_of(scope)):
            return str(page.request.scope["state"]["language"])
        headers = Headers(scope=scope)
        return (
            chosen(headers.get("cookie", ""), self._settings)
            or preferred(headers.get("accept-language", ""))
            or self._settings.language
        )


def language_cookie(settings: Settings) -> str:
    """The cookie that keeps what was chosen in this browser."""
    return f"{'__Host-' if settings.secure else ''}myimaging_language"


def chosen(header: str, settings: Settings) -> str:
    """What was chosen in this browser, by its Cookie header; empty: nothing the portal has."""
    language = cookies(header).get(language_cookie(settings), "")
    return language if language in LANGUAGES else ""


def speak_to(who: SignedIn | None, state: dict[str, Any]) -> None:
    """Let the choice of who is signed in decide; `state` is the request's."""
    if who is not None and who.language in LANGUAGES:
        speak(who.language)
        state["language"] = who.language


def dress(client: Client) -> None:
    """Say on the page, and to its widgets, which language it is in."""
    page = copy(client.page)
    page.language = PACKS[spoken()]
    client.page = page


def _page_of(scope: Scope) -> Client | None:
    query = parse_qs(scope["query_string"].decode("latin-1"))
    return Client.instances.get(query.get("client_id", [""])[0])
