"""Forgot password, and change password."""

from __future__ import annotations

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from services.language import _
from services.persons import accounts
from ui.components.account.new_password import NewPassword
from ui.components.card import headed_card, text_field
from ui.components.header import bar
from ui.gate import PATIENCE, enter, look_in
from ui.problems import Field, tell, told


@ui.page("/forgot", response_timeout=PATIENCE)
async def forgot_page(request: Request) -> None:
    """Ask for a link by mail; the answer is the same for every address."""
    visit = await look_in(request)
    ui.page_title(f"{_('Forgot password')} - {visit.portal.settings.portal_name}")
    with bar():
        pass
    with ui.element("div").classes("middle"), headed_card(_("Forgot password")):
        ui.label(_("Enter your email address. If it has an account, a link will be sent to it."))
        email = text_field(_("Email address"), autocomplete="username")

        async def send() -> None:
            with told(Field("email", email)):
                await visit.run(accounts.forgot_password, visit.portal, email.value)
                tell(
                    _(
                        "If this address has an account, a link is on its way. It is valid for "
                        "one hour."
                    ),
                    good=True,
                )

        email.on("keydown.enter", send)
        ui.button(_("Send the link"), on_click=send, color="accent").classes("primary full")
        ui.link(_("Back to log in"), "/login")


@ui.page("/password", response_timeout=PATIENCE)
async def password_page(request: Request) -> Response | None:
    """Change the password of whoever is signed in."""
    visit = await enter(request)
    if isinstance(visit, Response):
        return visit
    ui.page_title(f"{_('Change password')} - {visit.portal.settings.portal_name}")
    with bar(visit, title=_("Change password")):
        pass
    with ui.element("div").classes("middle"), headed_card(_("Change password")):
        current = text_field(
            _("Current password"), autocomplete="current-password", kind="password"
        )
        new = NewPassword(visit, lambda: (visit.who.email, visit.who.name))

        async def change() -> None:
            with told(Field("current", current), *new.fields):
                new_id = await visit.run(
                    accounts.change_password,
                    visit.portal,
                    visit.who.account_id,
                    visit.who.session_id,
                    current.value,
                    new.value,
                )
                await visit.doorstep.bring(new_id)
                current.value = ""
                new.clear()
                tell(_("Your password is changed. Other browsers were signed out."), good=True)

        ui.button(_("Change password"), on_click=change, color="accent").classes("primary full")
        ui.link(_("My account"), "/account")
    return None
