"""Setting up an authenticator app, and the recovery codes that come with it."""

from __future__ import annotations

from collections.abc import Sequence

import segno
from nicegui import ui

from services.language import _
from services.signing_in import authenticator
from services.signing_in.authenticator import Enrolment
from ui.components.card import dialog_card, text_field
from ui.components.text import words
from ui.gate import Visit
from ui.problems import Field, told


class AppDialog:
    """Scan, type the first code, keep the recovery codes."""

    def __init__(self, visit: Visit, enrolment: Enrolment) -> None:
        self._visit, self._enrolment = visit, enrolment
        self._codes: list[str] = []
        with visit.client.content:
            self._place = ui.element()
        with self._place:
            self._dialog = ui.dialog().props("persistent")
        with dialog_card(_("Authenticator app"), self._dialog):
            self._body = ui.element("div").style("display: contents")
        with self._body:
            ui.label(_("1. Scan this with the authenticator app on your phone."))
            _qr(enrolment.uri)
            with ui.expansion(_("I cannot scan it")).classes("full"):
                ui.label(_("Enter this key in the app instead:")).classes("quiet")
                ui.label(enrolment.typed).classes("secret")
            ui.label(_("2. Enter the six digits that the app shows now."))
            self._code = text_field(_("Code"), autocomplete="one-time-code").classes("code")
            self._code.props("maxlength=8 inputmode=numeric autofocus")
            self._code.on("keydown.enter", self._turn_on)
            with ui.element("div").classes("row end"):
                ui.button(_("Cancel"), on_click=self._dialog.close, color=None).props(
                    "flat"
                ).classes("secondary")
                ui.button(_("Turn on"), on_click=self._turn_on, color="accent").classes("primary")

    async def answered(self) -> bool:
        """Whether the app was turned on."""
        await self._dialog
        for made in (self._dialog, self._place):
            if not made.is_deleted:
                made.delete()
        return bool(self._codes)

    async def _turn_on(self) -> None:
        with told(otherwise=Field("code", self._code)):
            self._codes = await self._visit.run(
                authenticator.turn_on,
                self._visit.portal,
                self._visit.who,
                self._enrolment,
                self._code.value or "",
            )
            self._body.clear()
            with self._body:
                recovery_codes(self._visit, self._codes, self._dialog)


def recovery_codes(visit: Visit, codes: Sequence[str], dialog: ui.dialog) -> None:
    """The codes, shown this once, with a way to keep them."""
    portal_name = visit.portal.settings.portal_name
    ui.label(_("These are your recovery codes")).style("font-weight: 700").props(
        "role=heading aria-level=3"
    )
    ui.label(
        _(
            "If you lose your phone, each of them logs you in once. Keep them where you keep "
            "other important papers: they are shown only now."
        )
    )
    with ui.element("ol").classes("recovery"):
        for code in codes:
            words("li", code)
    head = _("Recovery codes for {portal}, each works once:").format(portal=portal_name)
    text = "\n".join([head, visit.portal.settings.public_url, "", *codes, ""])

    def keep() -> None:
        ui.download.content(text, "recovery-codes.txt", "text/plain; charset=utf-8")

    with ui.element("div").classes("row end"):
        ui.button(_("Download as text"), on_click=keep, color=None).props("flat").classes(
            "secondary"
        )
        ui.button(_("I have kept them"), on_click=dialog.close, color="accent").classes("primary")


async def show_recovery_codes(visit: Visit, codes: Sequence[str]) -> None:
    """A dialog with new recovery codes."""
    with visit.client.content:
        place = ui.element()
    with place:
        dialog = ui.dialog().props("persistent")
    with dialog_card(_("New recovery codes"), dialog):
        recovery_codes(visit, codes, dialog)
    await dialog
    for made in (dialog, place):
        if not made.is_deleted:
            made.delete()


def _qr(uri: str) -> None:
    code = segno.make(uri, error="m")
    drawn = ui.html(
        code.svg_inline(scale=4, border=2, svgclass=None, lineclass=None), sanitize=False
    )
    drawn.classes("app-qr").props("role=img").props["aria-label"] = _(
        "QR code for an authenticator app"
    )
