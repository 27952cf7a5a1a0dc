"""The "One-Time Password" pop-up, and the form that opens the session once the code was right."""

from __future__ import annotations

from nicegui import ui

from services.errors import PortalError
from services.language import _, ngettext
from services.signing_in import login
from services.signing_in.login_codes import CODE_MINUTES, Challenge
from ui.components.card import dialog_card, text_field
from ui.gate import Visit
from ui.problems import Field, tell, told


class SessionForm:
    """The POST that sets the session cookie; it lies hidden on the page."""

    def __init__(self, back: str) -> None:
        self._form = ui.element("form").props('method="post" action="/session"')
        self._form.style("display: none")
        with self._form:
            self._handover = ui.element("input").props('type="hidden" name="handover"')
            self._remember = ui.element("input").props('type="hidden" name="remember" value=""')
            ui.element("input").props('type="hidden" name="next"').props["value"] = back

    def send(self, handover: str, *, remember: bool = False) -> None:
        """Open the session, and leave this page."""
        self._handover.props["value"] = handover
        self._remember.props["value"] = "1" if remember else ""
        self._handover.update()
        self._remember.update()
        self._form.run_method("submit")


class OneTimePassword:
    """Asks for the one-time password that was sent, or that an authenticator app shows."""

    def __init__(self, visit: Visit, challenge: Challenge, form: SessionForm) -> None:
        self._visit = visit
        self._challenge = challenge
        self._form = form
        self._recovering = False
        self._dialog = ui.dialog().props("persistent")
        with dialog_card(_("One-Time Password"), self._dialog, size="narrow"):
            self._sent = ui.label(_asked(challenge))
            self._trouble = ui.label().classes("note").props("role=status")
            self._trouble.set_visibility(False)
            ui.label(_valid(challenge)).classes("quiet")
            self._code = text_field(_("Password"), autocomplete="one-time-code").classes("code")
            self._code.props("maxlength=24 autofocus spellcheck=false")
            self._code.on("keydown.enter", self._confirm)
            if challenge.by_app:
                self._code.props["inputmode"] = "numeric"
                self._other = ui.button(
                    _("Use a recovery code"), on_click=self._recover, color=None
                ).props("flat dense")
            else:
                self._ways_to_send(challenge)
            self._remember = ui.checkbox(
                ngettext(
                    "Remember this browser for {days} day",
                    "Remember this browser for {days} days",
                    challenge.remember_days,
                ).format(days=challenge.remember_days)
            )
            self._remember.set_visibility(challenge.remember_days > 0)
            with ui.element("div").classes("row end"):
                ui.button(_("Cancel"), on_click=self._cancel, color=None).props("flat").classes(
                    "secondary"
                )
                ui.button(_("Continue"), on_click=self._confirm, color="accent").classes("primary")
        self._dialog.on("hide", self._forget)
        self._watch = ui.timer(1.0, self._follow, active=not challenge.by_app)

    def _ways_to_send(self, challenge: Challenge) -> None:
        ui.button(_("Send a new one-time password"), on_click=self._resend, color=None).props(
            "flat dense"
        )
        if challenge.by_text:
            ui.button(
                _("Send it to my email address instead"),
                on_click=lambda: self._resend(by_mail=True),
                color=None,
            ).props("flat dense")

    def open(self) -> None:
        """Show it."""
        self._dialog.open()

    async def _confirm(self) -> None:
        with told(otherwise=Field("code", self._code)):
            handover = await self._visit.run(
                login.confirm,
                self._visit.portal,
                self._challenge.attempt,
                self._code.value or "",
                self._visit.browser,
                recovering=self._recovering,
            )
            self._form.send(handover, remember=bool(self._remember.value))

    def _recover(self) -> None:
        """The app is not at hand: a recovery code instead, and back."""
        self._recovering = not self._recovering
        self._sent.set_text(
            _("Please enter one of your recovery codes and click Continue. Each works once.")
            if self._recovering
            else _asked(self._challenge)
        )
        self._code.props["label"] = _("Recovery code") if self._recovering else _("Password")
        self._code.props["inputmode"] = "text" if self._recovering else "numeric"
        self._code.props["error"] = False
        self._code.value = ""
        self._other.set_text(
            _("Use the authenticator app") if self._recovering else _("Use a recovery code")
        )
        self._code.run_method("focus")

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
            self._sent.set_text(_asked(self._challenge))
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


def _asked(challenge: Challenge) -> str:
    if challenge.by_app:
        return _(
            "Please open your authenticator app, enter the six digits it shows for this portal in "
            "the text box below and click Continue."
        )
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


def _valid(challenge: Challenge) -> str:
    sentence = (
        _("* You have {minutes} minutes for this. After that, you will need to login again.")
        if challenge.by_app
        else _(
            "* The password is valid for the next {minutes} minutes. "
            "After that, you will need to login again."
        )
    )
    return sentence.format(minutes=CODE_MINUTES)
