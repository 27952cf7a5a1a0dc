""" "Who has looked" as a PDF, for the signed-in browser."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services.downloads.look_paper import look_paper
from services.errors import NotAllowed, PortalError
from services.language import N_, _
from services.persons import carers
from services.signing_in import sessions
from ui.armour import session_cookie
from ui.gate import house, login_address
from ui.look_address import PDF, asked_for
from ui.routes.answers import STATUS
from ui.routes.downloads import FROM_ELSEWHERE
from ui.routes.plain_page import sentence_page
from ui.routes.sending import Sending
from ui.tongue import speak_to

router = APIRouter()
TITLE = N_("This list is not available")


@router.get(PDF)
async def pdf(request: Request) -> Response:
    """The list as it was filtered, of oneself or of a person one cares for."""
    portal = house().portal
    cookie = request.cookies.get(session_cookie(portal.settings.secure), "")
    who = await asyncio.to_thread(sessions.current, portal, cookie)
    speak_to(who, request.scope["state"])
    if who is None:
        return RedirectResponse(login_address("/looks"), status_code=303)

    def refused(error: PortalError) -> Response:
        status = STATUS.get(type(error), 400)
        return sentence_page(
            portal.settings, status, str(error),
            title=_(TITLE), back="/looks", back_name=_("Who has looked"),
        )  # fmt: skip

    def begin() -> Response:
        asked = asked_for(portal, who.account_id, request.query_params)
        people = {p.patient_id: p.name for p in carers.cared_for(portal, who.account_id)}
        name = people.get(asked.whose, "") if asked.whose is not None else who.name or who.email
        download = look_paper(portal, house().downloads.turns, who, asked, name)
        return Sending(download, refused, inline=False)

    try:
        if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise NotAllowed(_(FROM_ELSEWHERE))
        return await asyncio.to_thread(begin)
    except PortalError as error:
        return refused(error)
