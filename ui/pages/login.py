"""Signing in: the "Log In" card and the "One-Time Password" pop-up."""

from __future__ import annotations

import segno
from nicegui import ui
from starlette.requests import Request

from services.language import _
from services.signing_in import login
from ui.armour import known_cookie
from ui.components.account.one_time_password import OneTimePassword, SessionForm
from ui.components.card import headed_card, text_field
from ui.components.header import bar
from ui.gate import PATIENCE, look_in, way_back
from ui.problems import told


@ui.page("/login", response_timeout=PATIENCE)
async def login_page(request: Request) -> None:
    """The front door."""
    visit = await look_in(request)
    settings = visit.portal.settings
    ui.page_title(f"{_('Log In')} - {settings.portal_name}")
    address = request.client.host if request.client else ""
    known = request.cookies.get(known_cookie(settings.secure), "")
    form = SessionForm(way_back(request.query_params.get("next", "")))
    with bar():
        pass
    with ui.element("div").classes("middle"), ui.element("div").style("width: 440px"):
        with headed_card(_("Log In")):
            email = text_field(_("Email/User Name"), autocomplete="username")
            password = text_field(_("Password"), autocomplete="current-password", kind="password")

            async def log_in() -> None:
                button.props["loading"] = True
                try:
                    with told():
                        challenge = await visit.run(
                            login.begin,
                            visit.portal,
                            email.value,
                            password.value,
                            visit.browser,
                            address,
                            known=known,
                        )
                        if challenge.handover:
                            form.send(challenge.handover)
                        else:
                            OneTimePassword(visit, challenge, form).open()
                finally:
                    button.props["loading"] = False

            password.on("keydown.enter", log_in)
            email.on("keydown.enter", log_in)
            button = ui.button(_("Log In"), on_click=log_in, color="accent").classes("primary full")
            with ui.element("div").classes("row between"):
                ui.link(_("Forgot password"), "/forgot")
                ui.link(_("Change password"), "/password")
        with ui.element("div").classes("login-foot"):
            code = segno.make(settings.public_url, error="m")
            ui.html(
                code.svg_inline(scale=3, border=1, svgclass=None, lineclass=None), sanitize=False
            ).classes("qr").props("role=img").props["aria-label"] = _(
                "{address} as a QR code"
            ).format(address=settings.public_url)
            with ui.element("div"):
                ui.label(
                    _("{portal_name} on your phone or tablet:").format(
                        portal_name=settings.portal_name
                    )
                ).classes("quiet")
                ui.label(settings.public_url).style("font-weight: 600; overflow-wrap: anywhere")
                with ui.element("div").classes("row"):
                    ui.link(_("Help and support"), "/support")
                    ui.link(_("Apply for emergency access"), "/apply")
