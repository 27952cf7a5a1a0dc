"""Choosing a language: kept in a cookie of this browser, and on the account of who is signed in."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse

from services import preferences
from services.language import LANGUAGES
from services.signing_in import sessions
from ui.armour import session_cookie
from ui.gate import house
from ui.tongue import language_cookie

router = APIRouter()
OWN_PAGE = re.compile(r"/(?!/)[\w/-]*(\?[\w=&%./-]*)?", re.ASCII)
YEAR = 366 * 24 * 3600  # seconds


@router.post("/language")
async def choose(
    request: Request,
    language: Annotated[str, Form(max_length=8)],
    next_page: Annotated[str, Form(alias="next", max_length=300)] = "",
) -> RedirectResponse:
    """Back to the page it was chosen on, in the language chosen."""
    portal = house().portal
    back = next_page if OWN_PAGE.fullmatch(next_page) else "/"
    response = RedirectResponse(back, status_code=303)
    if language not in LANGUAGES:
        return response
    cookie = request.cookies.get(session_cookie(portal.settings.secure), "")
    who = await asyncio.to_thread(sessions.current, portal, cookie)
    if who is not None:
        await asyncio.to_thread(preferences.choose_language, portal, who.account_id, language)
    response.set_cookie(
        language_cookie(portal.settings),
        language,
        max_age=YEAR,
        path="/",
        httponly=True,
        samesite="lax",
        secure=portal.settings.secure,
    )
    return response
