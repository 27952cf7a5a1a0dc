"""The audit trail as a file, as it was searched, for staff whose role may take it away."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from services import opaque
from services.desk import audit_desk
from services.errors import NotAllowed, PortalError
from services.finding.listing import Wanted
from services.language import N_, _
from services.signing_in import sessions
from services.trail.audit_export import Form
from ui.armour import session_cookie
from ui.gate import house, login_address
from ui.routes.answers import STATUS
from ui.routes.downloads import FROM_ELSEWHERE
from ui.routes.plain_page import sentence_page
from ui.routes.sending import Sending
from ui.tongue import speak_to

router = APIRouter()
TITLE = N_("This list is not available")
BACK = "/staff/audit"
FILTERS = ("kind", "period")


@router.get("/staff/audit/export.{form}")
async def export(request: Request, form: Form) -> Response:
    """The events that the page's search finds, all of them."""
    portal = house().portal
    cookie = request.cookies.get(session_cookie(portal.settings.secure), "")
    who = await asyncio.to_thread(sessions.current, portal, cookie)
    speak_to(who, request.scope["state"])
    if who is None:
        return RedirectResponse(login_address(BACK), status_code=303)

    def refused(error: PortalError) -> Response:
        status = STATUS.get(type(error), 400)
        return sentence_page(
            portal.settings, status, str(error), title=_(TITLE), back=BACK, back_name=_("Audit")
        )

    def begin() -> Response:
        query = request.query_params
        words = opaque.unseal_text(
            portal.keys.key("words searched for"), who.account_id, "words", query.get("words", "")
        )
        chosen = tuple((name, query[name]) for name in FILTERS if query.get(name))
        download = audit_desk.export(portal, who, Wanted(words=words, choices=chosen), form)
        return Sending(download, refused, inline=False)

    try:
        if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise NotAllowed(_(FROM_ELSEWHERE))
        return await asyncio.to_thread(begin)
    except PortalError as error:
        return refused(error)
