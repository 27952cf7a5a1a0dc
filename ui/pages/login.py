"""Signing in: the "Log In" card and the "One-Time Password" pop-up."""

from __future__ import annotations

import segno
from nicegui import ui
from starlette.requests import Request

from services import login
from services.errors import PortalError
from services.language import _
from services.login_codes import CODE_MINUTES, Challenge
from ui.components.card import dialog_card, headed_card, text_field
from ui.components.header import bar
from ui.gate import Visit, look_in, way_back
from ui.problems import Field, tell, told


@ui.page("/login")
async def login_page(request: Request) -> None:
    """The front door."""
    visit = await look_in(request)
    settings = visit.portal.settings
    ui.page_title(f"{_('Log In')} - {settings.portal_name}")
    address = request.client.host if request.client else ""
    back = way_back(request.query_params.get("next", ""))
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
                        )
                        OneTimePassword(visit, challenge, back).open()
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
                ui.link(_("Help and support"), "/support")


class OneTimePassword:
    """The pop-up that asks for the mailed one-time password."""

    def __init__(self, visit: Visit, challenge: Challenge, back: str) -> None:
        self._visit = visit
        self._challenge = challenge
        self._back = back
        self._dialog = ui.dialog().props("persistent")
        with dialog_card(_("One-Time Password"), self._dialog, size="narrow"):
            self._sent = ui.label(_sent_to(challenge))
            self._trouble = ui.label().classes("note").props("role=status")
            self._trouble.set_visibility(False)
            ui.label(
                _(
                    "* The password is valid for the next {minutes} minutes. "
                    "After that, you will need to login again."
                ).format(minutes=CODE_MINUTES)
            ).classes("quiet")
            self._code = text_field(_("Password"), autocomplete="one-time-code").classes("code")
            self._code.props["maxlength"] = 12
            self._code.props["autofocus"] = True
            self._code.props["spellcheck"] = "false"
            self._code.on("keydown.enter", self._confirm)
            ui.button(_("Send a new one-time password"), on_click=self._resend, color=None).props(
                "flat dense"
            )
            if challenge.by_text:
                ui.button(
                    _("Send it to my email address instead"),
                    on_click=lambda: self._resend(by_mail=True),
                    color=None,
                ).props("flat dense")
            with ui.element("div").classes("row end"):
                ui.button(_("Cancel"), on_click=self._cancel, color=None).props("flat").classes(
                    "secondary"
                )
                ui.button(_("Continue"), on_click=self._confirm, color="accent").classes("primary")
        self._form = ui.element("form").props('method="post" action="/session"')
        self._form.style("display: none")
        with self._form:
            self._handover = ui.element("input").props('type="hidden" name="handover"')
            back_field = ui.element("input").props('type="hidden" name="next"')
            back_field.props["value"] = back
        self._dialog.on("hide", self._forget)
        self._watch = ui.timer(1.0, self._follow)

    def open(self) -> None:
        """Show it."""
        self._dialog.open()

    async def _confirm(self) -> None:
        with told(otherwise=Field("code", self._code)):
            handover = await self._visit.run(
                login.confirm,
                self._visit.portal,
                self._challenge.attempt,
                self._code.value,
                self._visit.browser,
            )
            self._handover.props["value"] = handover
            self._handover.update()
            self._form.run_method("submit")

    async def _follow(self) -> None:
        """Say so when the one-time password cannot be delivered, or not yet."""
        try:
            sending = await self._visit.run(
                login.sending, self._visit.portal, self._challenge.attempt, self._visit.browser
            )
        except PortalError:
            self._watch.deactivate()
            return
        self._trouble.set_text(sending.sentence)
        self._trouble.set_visibility(bool(sending.sentence))
        self._sent.set_visibility(not sending.sentence)
        if sending.over:
            self._watch.deactivate()

    async def _resend(self, *, by_mail: bool = False) -> None:
        with told():
            self._challenge = await self._visit.run(
                login.resend,
                self._visit.portal,
                self._challenge.attempt,
                self._visit.browser,
                by_mail=by_mail,
            )
            self._sent.set_text(_sent_to(self._challenge))
            self._sent.set_visibility(True)
            self._watch.activate()
            tell(_("A new one-time password is on its way."), good=True)

    async def _cancel(self) -> None:
        self._dialog.close()

    async def _forget(self) -> None:
        """Closing the pop-up in any way ends the attempt."""
        self._watch.deactivate()
        with told():
            await self._visit.run(
                login.cancel, self._visit.portal, self._challenge.attempt, self._visit.browser
            )


def _sent_to(challenge: Challenge) -> str:
    sentence = (
        _(
            "A one-time password has been sent to your mobile number {destination}. Please enter "
            "this password in the text box below and click Continue."
        )
        if challenge.by_text
        else _(
            "A one-time password has been sent to your email address "
            "{destination}. Please enter this password in the text box below "
            "and click Continue."
        )
    )
    return sentence.format(destination=challenge.destination)
