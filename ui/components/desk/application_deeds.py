"""What staff do with an application: identity check, question, approval, refusal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from services.glass import application_list, applications
from services.language import _
from ui.components.account.password_again import password_again
from ui.components.card import dialog_card, text_area, text_field
from ui.components.text import words
from ui.gate import Visit
from ui.problems import Field, tell, told


class Deeds:
    """The forms and buttons of one application; `again` shows it anew once something changed."""

    def __init__(self, visit: Visit, number: int, again: Callable[[], Awaitable[None]]) -> None:
        self._visit, self._number, self._again = visit, number, again

    def identity_form(self, checked: bool) -> None:
        """How the identity was checked, and a note about it."""
        title = _("Record another check") if checked else _("Record the identity check")
        with ui.expansion(title, value=not checked).classes("full"):
            words("p", _("How was it checked?")).style("font-weight: 600")
            ways = {way: _(name) for way, name in application_list.WAYS.items()}
            way = ui.radio(ways)
            way.props["aria-label"] = _("How was it checked?")
            note = text_field(_("What was checked, and with whom"))

            async def record() -> None:
                with told(Field("note", note)):
                    if await password_again(self._visit):
                        await self._visit.run(
                            applications.record_identity, self._visit.portal, self._visit.who,
                            self._number, way.value or "", note.value or "",
                        )  # fmt: skip
                        tell(_("The identity check is recorded."), good=True)
                        await self._again()

            ui.button(_("Record the check"), on_click=record, color="accent").classes("primary")

    def decision(self, *, ready: bool) -> None:
        """The three ways on."""
        if not ready:
            words("p", _("Approving needs a recorded identity check.")).classes("quiet")
        with ui.element("div").classes("row").style("margin-top: 8px"):
            approve = ui.button(
                _("Approve and set up the account"), on_click=self._approve, color="accent"
            ).classes("primary")
            approve.set_enabled(ready)
            ui.button(_("Ask the applicant"), on_click=self._ask, color=None).props("flat").classes(
                "secondary"
            )
            ui.button(_("Decline"), on_click=self._decline, color=None).props("flat").classes(
                "secondary danger"
            )

    async def _approve(self) -> None:
        with told():
            if await password_again(self._visit):
                await self._visit.run(
                    applications.approve, self._visit.portal, self._visit.who, self._number
                )
                tell(_("Approved. The applicant gets an e-mail."), good=True)
                await self._again()

    def _ask(self) -> None:
        self._written(
            _("Ask the applicant"),
            _("The applicant gets an e-mail with your question and a link to answer it."),
            _("Question"),
            "question",
            applications.ask,
            _("The question is on its way."),
        )

    def _decline(self) -> None:
        self._written(
            _("Decline"),
            _("The applicant gets an e-mail with the reason."),
            _("Reason"),
            "reason",
            applications.decline,
            _("Declined. The applicant gets an e-mail."),
        )

    def _written(
        self, title: str, about: str, label: str, field: str,
        deed: Callable[..., None], done: str,
    ) -> None:  # fmt: skip
        with self._visit.client.content, ui.element():
            dialog = ui.dialog()
        with dialog_card(title, dialog):
            ui.label(about)
            text = text_area(label)
            text.props["autofocus"] = True

            async def send() -> None:
                with told(Field(field, text)):
                    if await password_again(self._visit):
                        await self._visit.run(
                            deed, self._visit.portal, self._visit.who, self._number,
                            text.value or "",
                        )  # fmt: skip
                        dialog.close()
                        tell(done, good=True)
                        await self._again()

            with ui.element("div").classes("row end"):
                ui.button(_("Cancel"), on_click=dialog.close, color=None).props("flat").classes(
                    "secondary"
                )
                ui.button(title, on_click=send, color="accent").classes("primary")
        dialog.open()
