"""The web application: NiceGUI's pages and the routes for programs, behind the armour."""

from __future__ import annotations

from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import ui
from starlette.types import ASGIApp

from services.portal import Portal
from ui import gate, refusals, socket_guard, theme
from ui.armour import LARGEST_BODY, Armour
from ui.assets import Assets
from ui.loop_watch import watch
from ui.pages import (
    account,
    apply,
    break_glass,
    inbox,
    login,
    looks,
    password,
    renew,
    setup,
    sharing,
    staff,
    studies,
    support,
    trouble,
    viewer,
)
from ui.programs import ProgramDoor, programs
from ui.routes import (
    audit_export,
    dicomweb,
    downloads,
    health,
    language,
    link_checks,
    papers,
    quarantine,
    session,
)
from ui.routes import looks as look_routes
from ui.routes.plain_page import broken_route
from ui.routes.sending import ends_quietly
from ui.tongue import PACKS, Tongue

PAGES = (
    account,
    apply,
    break_glass,
    login,
    looks,
    password,
    renew,
    setup,
    sharing,
    *staff.PAGES,
    studies,
    support,
    viewer,
)


def build(portal: Portal, *, demonstration: bool = False) -> ASGIApp:
    """The application to serve; once a process, because NiceGUI's pages belong to the process."""
    gate.install(portal)
    theme.install(portal.settings)
    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, max_body_size=LARGEST_BODY)
    refusals.register(outer, portal.settings)
    outer.include_router(session.router)
    outer.include_router(language.router)
    outer.include_router(downloads.router)
    outer.include_router(look_routes.router)
    outer.include_router(quarantine.router)
    outer.include_router(audit_export.router)
    outer.include_router(papers.router)
    outer.include_router(health.router)
    nicegui_app.on_startup(watch)
    outer.include_router(link_checks.router)
    if demonstration:
        inbox.register()
    trouble.register()
    nicegui_app.add_exception_handler(Exception, broken_route(portal.settings))
    # the bar of requests under way has no name for screen readers, and says nothing a person needs
    nicegui_app.config.quasar_config["loadingBar"]["skipHijack"] = True
    nicegui_app.config.socket_io_js_transports = ["websocket", "polling"]
    ui.run_with(
        outer,
        title=portal.settings.portal_name,
        language=PACKS[portal.settings.language],
        dark=None,
        tailwind=False,
        storage_secret=None,
        reconnect_timeout=20.0,
        message_history_length=12,  # each message may hold a picture of 50 kB and more
        show_welcome_message=False,
    )
    socket_guard.install()
    house = gate.house()
    parts = programs(portal, house.images, house.workshop)
    return ProgramDoor(
        Armour(Tongue(ends_quietly(Assets(outer)), portal.settings), portal),
        parts,
        dicomweb.application(parts),
    )
