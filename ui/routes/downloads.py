"""Downloads and prints of an exam, for the signed-in browser; none for phones."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from services.downloads.wanted import DicomFiles, Form, Pictures, Print, Reports, Wanted
from services.errors import NotAllowed, PortalError
from services.language import N_, _
from services.signing_in import sessions
from ui.addresses import exam_at
from ui.armour import session_cookie
from ui.gate import house, login_address
from ui.routes.answers import STATUS
from ui.routes.phones import is_phone
from ui.routes.plain_page import sentence_page
from ui.routes.sending import Sending
from ui.tongue import speak_to

router = APIRouter()
ON_A_PHONE = N_(
    "Downloading and printing are not available on a phone. Please use a computer or a tablet."
)
FROM_ELSEWHERE = N_("Please open the exam and choose the download there.")
TITLE = N_("This download is not possible")
Series = Annotated[int, Query(ge=0, le=100_000)]


@router.get("/study/{address}/dicom.zip")
async def dicom(request: Request, address: str) -> Response:
    """The exam's DICOM files with a DICOMDIR."""
    return await _answer(request, address, DicomFiles())


@router.get("/study/{address}/pictures.zip")
async def pictures(
    request: Request, address: str, form: Form = Form.JPEG, texts: bool = True, series: Series = 0
) -> Response:
    """Pictures of one series or of all."""
    return await _answer(request, address, Pictures(form, texts, series))


@router.get("/study/{address}/report")
async def report(request: Request, address: str) -> Response:
    """The report as a PDF, several in a zip."""
    return await _answer(request, address, Reports())


@router.get("/study/{address}/print.pdf")
async def print_pdf(
    request: Request,
    address: str,
    images: Literal["1", "2", "4", "6", "9", "12"] = "6",
    texts: bool = True,
    series: Series = 0,
    report: bool = True,
) -> Response:
    """Pages to print, shown by the browser itself."""
    wanted = Print(int(images), texts, series, report)
    return await _answer(request, address, wanted, inline=True)


async def _answer(
    request: Request, address: str, wanted: Wanted, *, inline: bool = False
) -> Response:
    portal, downloads = house().portal, house().downloads
    cookie = request.cookies.get(session_cookie(portal.settings.secure), "")
    who = await asyncio.to_thread(sessions.current, portal, cookie)
    speak_to(who, request.scope["state"])
    back = f"/study/{address}" if address.isalnum() else "/"
    if who is None:
        return RedirectResponse(login_address(back), status_code=303)

    def refused(error: PortalError) -> Response:
        status = STATUS.get(type(error), 400)
        return sentence_page(portal.settings, status, str(error), title=_(TITLE), back=back)

    def begin() -> Response:
        access = exam_at(portal, who.account_id, address)
        return Sending(downloads.begin(who, access, wanted), refused, inline=inline)

    try:
        if is_phone(request.headers):
            raise NotAllowed(_(ON_A_PHONE))
        if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise NotAllowed(_(FROM_ELSEWHERE))
        return await asyncio.to_thread(begin)
    except PortalError as error:
        return refused(error)
