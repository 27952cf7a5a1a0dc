"""A new e-mail address or mobile number, confirmed by a code that was sent there."""

from __future__ import annotations

from nicegui import ui

from services.language import _
from services.persons import contacts
from services.persons.contacts import Asked
from ui.components.account.password_again import password_again
from ui.components.card import dialog_card, text_field
from ui.gate import Visit
from ui.problems import Field, tell, told


async def change_contact(visit: Visit, kind: str) -> bool:
    """Ask for another "email" or "mobile"; whether it was changed."""
    if not await password_again(visit, _("You are changing how the portal reaches you.")):
        return False
    dialog = _ContactDialog(visit, kind)
    return await dialog.answered()


class _ContactDialog:
    def __init__(self, visit: Visit, kind: str) -> None:
        self._visit, self._kind = visit, kind
        self._asked: Asked | None = None
        with visit.client.content:
            self._place = ui.element()
        with self._place:
            self._dialog = ui.dialog()
        by_mail = kind == "email"
        title = _("Change email address") if by_mail else _("Change mobile number")
        with dialog_card(title, self._dialog, size="narrow"):
            if by_mail:
                self._new = text_field(
                    _("New email address"), autocomplete="email", kind="email"
                ).props("autofocus")
            else:
                self._new = text_field(
                    _("New mobile number"), autocomplete="tel", kind="tel"
                ).props("autofocus")
                ui.label(_("With its country code. Leave it empty to remove the number.")).classes(
                    "quiet"
                )
            self._new.on("keydown.enter", self._go_on)
            self._sent = ui.label().classes("info").props("role=status")
            self._code = text_field(_("Code"), autocomplete="one-time-code").classes("code")
            self._code.props("maxlength=12 spellcheck=false")
            self._code.on("keydown.enter", self._go_on)
            for later in (self._sent, self._code):
                later.set_visibility(False)
            with ui.element("div").classes("row end"):
                ui.button(_("Cancel"), on_click=self._dialog.close, color=None).props(
                    "flat"
                ).classes("secondary")
                self._button = ui.button(_("Continue"), on_click=self._go_on, color="accent")
                self._button.classes("primary")

    async def answered(self) -> bool:
        done = bool(await self._dialog)
        for made in (self._dialog, self._place):
            if not made.is_deleted:
                made.delete()
        return done

    async def _go_on(self) -> None:
        if self._asked is None:
            await self._ask()
        else:
            await self._confirm(self._asked)

    async def _ask(self) -> None:
        with told(otherwise=Field(self._kind, self._new)):
            change = contacts.change_email if self._kind == "email" else contacts.change_mobile
            asked = await self._visit.run(
                change, self._visit.portal, self._visit.who, self._new.value or ""
            )
            if not asked.change:
                self._done()
                return
            self._asked = asked
            self._new.props("readonly")
            self._sent.set_text(
                _("A code is on its way to {value}. Please enter it here.").format(
                    value=asked.value
                )
            )
            for shown in (self._sent, self._code):
                shown.set_visibility(True)
            self._code.run_method("focus")

    async def _confirm(self, asked: Asked) -> None:
        with told(otherwise=Field("code", self._code)):
            await self._visit.run(
                contacts.confirm,
                self._visit.portal,
                self._visit.who,
                asked,
                self._code.value or "",
            )
            self._done()

    def _done(self) -> None:
        tell(
            _("Your email address is changed. Other browsers were signed out.")
            if self._kind == "email"
            else _("Your mobile number is changed."),
            good=True,
        )
        self._dialog.submit(True)
