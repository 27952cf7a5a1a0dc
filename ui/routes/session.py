"""The one place that sets the session cookie: a POST with the handover of a right code."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse

from services import sessions
from services.errors import PortalError
from ui.armour import session_cookie
from ui.gate import house, way_back
from ui.tongue import chosen

router = APIRouter()


@router.post("/session")
async def open_session(
    request: Request,
    handover: Annotated[str, Form(max_length=64)],
    next_page: Annotated[str, Form(alias="next", max_length=200)] = "",
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
    response.set_cookie(
        session_cookie(portal.settings.secure),
        cookie,
        path="/",
        httponly=True,
        samesite="lax",
        secure=portal.settings.secure,
    )
    return response
