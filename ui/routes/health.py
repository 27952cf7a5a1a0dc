"""Whether the process lives, whether it is ready to serve, and figures for what watches it."""

from __future__ import annotations

import asyncio
import hmac

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from services.upkeep import health, metrics
from ui.gate import house

router = APIRouter()


@router.get("/health/live")
async def live() -> Response:
    """The process answers."""
    return Response("live\n", media_type="text/plain")


@router.get("/health/ready")
async def ready() -> Response:
    """Database, tables and storage are well; 503 names what is not."""
    troubles = await asyncio.to_thread(health.troubles, house().portal)
    if troubles:
        return Response(f"not ready: {', '.join(troubles)}\n", 503, media_type="text/plain")
    return Response("ready\n", media_type="text/plain")


@router.get("/metrics")
async def figures(request: Request) -> Response:
    """In Prometheus's text format, for whoever presents the token of the configuration."""
    portal = house().portal
    expected = portal.settings.metrics_token
    if not expected:
        return Response("Metrics are off: set MYIMAGING_METRICS_TOKEN.\n", 404)
    shown = request.headers.get("authorization", "")
    if not hmac.compare_digest(shown.encode(), f"Bearer {expected}".encode()):
        return Response("Please present the token.\n", 401, {"WWW-Authenticate": "Bearer"})
    text = await asyncio.to_thread(metrics.text, portal)
    return Response(text, media_type=CONTENT_TYPE_LATEST)
