"""A file in quarantine, for the administrator who wants to know what it is."""

from __future__ import annotations

import asyncio
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from services.desk import quarantine_desk
from services.errors import NotAllowed, PortalError
from services.language import N_, _
from services.signing_in import sessions
from ui.addresses import unsealed
from ui.armour import session_cookie
from ui.gate import house, login_address
from ui.routes.answers import STATUS
from ui.routes.downloads import FROM_ELSEWHERE
from ui.routes.plain_page import sentence_page
from ui.tongue import speak_to

router = APIRouter()
TITLE = N_("This file is not available")
LIST = "/staff/quarantine"


@router.get(LIST + "/{address}/file")
async def file(request: Request, address: str) -> Response:
    """Its bytes as they came, never shown by the browser."""
    portal = house().portal
    cookie = request.cookies.get(session_cookie(portal.settings.secure), "")
    who = await asyncio.to_thread(sessions.current, portal, cookie)
    speak_to(who, request.scope["state"])
    if who is None:
        return RedirectResponse(login_address(LIST), status_code=303)

    def take() -> tuple[Path, str]:
        number = unsealed(portal, who.account_id, "quarantine", address)
        return quarantine_desk.take_file(portal, who, number)

    try:
        if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise NotAllowed(_(FROM_ELSEWHERE))
        path, name = await asyncio.to_thread(take)
    except PortalError as error:
        return sentence_page(
            portal.settings, STATUS.get(type(error), 400), str(error),
            title=_(TITLE), back=LIST, back_name=_("Quarantine"),
        )  # fmt: skip
    return FileResponse(path, media_type="application/octet-stream", filename=name)
