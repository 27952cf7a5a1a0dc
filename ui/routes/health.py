"""Whether the process lives, and whether it is ready to serve."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Response

from services import health
from ui.gate import house

router = APIRouter(prefix="/health")


@router.get("/live")
async def live() -> Response:
    """The process answers."""
    return Response("live\n", media_type="text/plain")


@router.get("/ready")
async def ready() -> Response:
    """Database and object store answer; 503 while they do not."""
    well = await asyncio.to_thread(health.ready, house().portal)
    return Response("ready\n" if well else "not ready\n", 200 if well else 503)
