"""Serving the application with uvicorn, with housekeeping beside it."""

from __future__ import annotations

import gc

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from services import logs
from services.elsewhere import Elsewhere
from services.portal import Portal
from services.settings import Settings
from services.upkeep.housekeeping import Housekeeping, couriers
from ui.application import build

GENERATIONS = 5_000, 10, 10  # objects, then collections, until each generation is looked through


def application(portal: Portal, *, demonstration: bool = False) -> ASGIApp:
    """The application, with message delivery and housekeeping for as long as it lives."""
    logs.configure()
    portal.objects.clear_incoming()
    app = build(portal, demonstration=demonstration)
    chores = Housekeeping(portal, couriers(portal))

    async def with_chores(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        chores.start()
        elsewhere = Elsewhere(portal)
        elsewhere.start()
        try:
            await app(scope, receive, send)
        finally:
            elsewhere.stop()
            chores.stop()

    return with_chores


def run(portal: Portal, *, demonstration: bool = False) -> None:
    """Serve until stopped."""
    settings = portal.settings
    app = application(portal, demonstration=demonstration)
    # What was made by now stays. To look it through again at each full collection took 160 ms,
    # in which nobody got a picture; what pages leave behind is looked through less often.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GENERATIONS)
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,  # addresses of exams and people stay out of logs
        log_config=None,  # what it logs is formatted by `services.logs`, as everything is
        # Compressing is done on the event loop, where everybody waits for it.
        ws_per_message_deflate=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )


def run_reloading(factory: str, settings: Settings) -> None:
    """Serve an application factory, restarting when a file changes."""
    uvicorn.run(
        factory,
        factory=True,
        reload=True,
        reload_dirs=["ui", "services", "storage", "imaging"],
        host=settings.host,
        port=settings.port,
        access_log=False,
    )
