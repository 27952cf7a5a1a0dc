"""The one place that sets the session cookie: a POST with the handover of a right code, and one
from an open page whose session gets a new id."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from services.errors import PortalError
from services.signing_in import remembered, sessions
from ui import doorstep
from ui.armour import browser_cookie, known_cookie, session_cookie
from ui.gate import house, way_back
from ui.tongue import chosen

router = APIRouter()
# the answers for the hidden frame: Firefox drops a cookie that comes with a refusal to be framed
FRAMED = {
    "X-Frame-Options": "SAMEORIGIN",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'self'",
}
OWN_BROWSER_DAYS = 180  # strangers use up no tries of a browser that was let in before


@router.post("/session")
async def open_session(
    request: Request,
    handover: Annotated[str, Form(max_length=64)],
    next_page: Annotated[str, Form(alias="next", max_length=200)] = "",
    remember: Annotated[str, Form(max_length=1)] = "",
) -> RedirectResponse:
    """A new session id at each sign-in, bound to the browser that got the one-time password."""
    portal = house().portal
    agent = request.headers.get("user-agent", "")
    try:
        cookie = await asyncio.to_thread(
            sessions.open_session,
            portal,
            handover,
            request.scope["state"]["browser"],
            agent,
            chosen(request.headers.get("cookie", ""), portal.settings),
        )
    except PortalError:
        return RedirectResponse("/login", status_code=303)
    response = RedirectResponse(way_back(next_page), status_code=303)
    secure = portal.settings.secure
    browser = request.scope["state"]["browser"]
    _set(response, session_cookie(secure), cookie, secure=secure)
    _set(response, browser_cookie(secure), browser, secure=secure, days=OWN_BROWSER_DAYS)
    if remember:
        known = await asyncio.to_thread(remembered.remember, portal, cookie, browser, agent)
        if known:
            days = portal.settings.remember_browser_days
            _set(response, known_cookie(secure), known, secure=secure, days=days)
    return response


@router.post("/session/again")  # the address `doorstep.PATH`
async def show_again(request: Request, page: Annotated[str, Form(max_length=64)] = "") -> Response:
    """From an open page's hidden form: its new id is fetched, or shown. The page stays as it is.

    Who fetches it is sent here once more, and so shows it at once. 204 tells nothing of whether.
    """
    portal = house().portal
    found = doorstep.at(page, request.scope["state"]["browser"])
    shown = request.scope["state"]["session"]
    if found is None:
        return Response(status_code=204, headers=FRAMED)
    secure = portal.settings.secure
    if cookie := found.fetch(shown):
        response = RedirectResponse(doorstep.PATH, status_code=307, headers=FRAMED)
        _set(response, session_cookie(secure), cookie, secure=secure)
        return response
    who = await asyncio.to_thread(sessions.current, portal, shown)
    if who is not None and who.session_id == found.who.session_id:
        found.recognise(who, shown)
    else:
        found.turned_away()
    return Response(status_code=204, headers=FRAMED)


def _set(
    response: RedirectResponse, name: str, value: str, *, secure: bool, days: int | None = None
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=days * 86400 if days else None,
        path="/",
        httponly=True,
        samesite="lax",
        secure=secure,
    )
