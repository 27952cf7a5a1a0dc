"""Papers that anybody may take: the blank application, and the portal's leaflet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.downloads.application_paper import application_paper
from services.downloads.leaflet import leaflet
from services.language import spoken
from ui.gate import house
from ui.tongue import speak_to

router = APIRouter()


@router.get("/apply/form.pdf")
async def blank_application(request: Request) -> Response:
    """The application to be filled in by hand."""
    speak_to(None, request.scope["state"])
    return await _shown("application.pdf", lambda: application_paper(house().portal))


@router.get("/support/leaflet")
async def portal_leaflet(request: Request) -> Response:
    """What the portal is, on one page to be handed out."""
    speak_to(None, request.scope["state"])
    return await _shown("leaflet.pdf", lambda: leaflet(house().portal.settings))


async def _shown(name: str, make: Callable[[], bytes]) -> Response:
    """A paper of this name, made once in each language: a stranger costs nothing by asking."""
    papers = house().papers
    if (key := (name, spoken())) not in papers:
        papers[key] = await asyncio.to_thread(make)
    disposition = f'inline; filename="{name}"'
    return Response(
        papers[key], media_type="application/pdf", headers={"Content-Disposition": disposition}
    )
