"""Papers that anybody may take: the blank application."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.downloads.application_paper import application_paper
from ui.gate import house
from ui.tongue import speak_to

router = APIRouter()


@router.get("/apply/form.pdf")
async def blank_application(request: Request) -> Response:
    """The application to be filled in by hand."""
    speak_to(None, request.scope["state"])
    paper = await asyncio.to_thread(application_paper, house().portal)
    return _shown(paper, "application.pdf")


def _shown(paper: bytes, name: str) -> Response:
    disposition = f'inline; filename="{name}"'
    return Response(
        paper, media_type="application/pdf", headers={"Content-Disposition": disposition}
    )
