"""What is answered where a request gets no further than the door: a page for people, or a problem
for programs (RFC 9457). Both say what to do, and nothing of the inside or of what was sent."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.language import N_, _, preferred, speak
from services.settings import Settings
from ui.routes.plain_page import sentence_page

TITLE = N_("This cannot be answered")
SENTENCES = {
    400: N_("This request is not one that the portal can answer. Please go back and try again."),
    403: N_(
        "This was sent by a page of another website, so nothing was done. Please open the portal "
        "itself and do it there."
    ),
    404: N_("There is nothing at this address. Please check it, or begin at the portal's page."),
    405: N_("This address does not work that way. Please begin at the portal's page."),
    413: N_("What was sent is too large. Please send less at once."),
    421: N_(
        "The portal does not answer under this name. Please use the address in the portal's "
        "letters, or ask the help desk for it."
    ),
}
UNKNOWN_HOST = 421  # the sentence; the status stays 400, which every proxy knows
OTHERS = {415: 400, 422: 400}  # how they are told
# no page of the portal, so that it loads and runs nothing
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


def refusal(settings: Settings, headers: Headers, status: int, why: int = 0) -> Response:
    """The answer with this status; `why` is the sentence of another one."""
    speak(preferred(headers.get("accept-language", "")) or settings.language)
    told = SENTENCES.get(why or status, SENTENCES[400])
    title, sentence = _(TITLE), _(told)
    if "text/html" in headers.get("accept", ""):
        answer: Response = sentence_page(
            settings, status, sentence, title=title, back="/", back_name=_("To the portal")
        )
    else:
        answer = JSONResponse(
            {
                "type": "about:blank",
                "title": HTTPStatus(status).phrase,
                "status": status,
                "detail": sentence,
            },
            status,
            media_type="application/problem+json",
        )
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "no-store"
    return answer


def register(app: FastAPI, settings: Settings) -> None:
    """Answer so wherever the framework would answer in its own words."""

    async def refused(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 422
        answer = refusal(settings, request.headers, OTHERS.get(status, status))
        if isinstance(error, HTTPException) and error.headers:
            answer.headers.update(error.headers)
        return answer

    app.add_exception_handler(RequestValidationError, refused)
    app.add_exception_handler(HTTPException, refused)
