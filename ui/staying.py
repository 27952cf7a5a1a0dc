"""Before a session ends by itself its pages say so, and offer to stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from nicegui import ui

from services.language import _, ngettext
from services.signing_in import sessions
from services.signing_in.sessions import Ends
from ui.components.text import words

if TYPE_CHECKING:
    from ui.gate import Visit

WARNING = timedelta(minutes=2)
LOOK_AGAIN = timedelta(seconds=2)  # while the warning is shown: another page may have stayed


class Staying:
    """Looks when the session will end, warns in time, and closes the page when it has ended."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._dialog: ui.dialog | None = None
        self._said: ui.label | None = None
        idle = timedelta(minutes=visit.portal.settings.session_idle_minutes)
        self._warning = min(WARNING, idle / 2)
        self._look()

    def _look(self) -> None:
        ends = sessions.ends(self._visit.portal, self._visit.who.session_id)
        now = self._visit.portal.clock()
        if ends is None:
            self._visit.end()
        elif ends.at - now > self._warning:
            self._forget()
            self._visit.at(ends.at - self._warning, self._look)
        else:
            self._warn(ends, now)
            self._visit.at(min(now + LOOK_AGAIN, ends.at), self._look)

    def _warn(self, ends: Ends, now: datetime) -> None:
        sentence = _sentence(ends.at - now)
        if self._dialog is None or self._said is None or self._dialog.is_deleted:
            self._build(ends, sentence)
        elif self._said.text != sentence:
            self._said.set_text(sentence)

    def _build(self, ends: Ends, sentence: str) -> None:
        for_good = ends.at >= ends.latest
        self._dialog = ui.dialog(value=True).props("persistent role=alertdialog")
        self._dialog.props["aria-label"] = sentence
        with self._dialog, ui.element("section").classes("card narrow"):
            self._said = ui.label(sentence).classes("card-title").props("role=status")
            words(
                "p",
                _("You have been signed in for as long as is safe. Please save what you typed.")
                if for_good
                else _("You have not done anything here for a while."),
            ).style("margin-bottom: 14px")
            with ui.element("div").classes("row end"):
                ui.button(_("Sign out"), on_click=self._leave, color=None).props("flat").classes(
                    "secondary"
                )
                if for_good:
                    ui.button(_("Understood"), on_click=self._dialog.close, color="accent")
                else:
                    ui.button(_("Stay signed in"), on_click=self._stay, color="accent").props(
                        "autofocus"
                    )

    async def _stay(self) -> None:
        await self._visit.stay()
        self._forget()

    async def _leave(self) -> None:
        await self._visit.sign_out()

    def _forget(self) -> None:
        if self._dialog is not None and not self._dialog.is_deleted:
            self._dialog.delete()
        self._dialog = self._said = None


def _sentence(left: timedelta) -> str:
    seconds = max(int(left.total_seconds()), 0)
    minutes = round(seconds / 60)
    if seconds < 45:
        return _("You will be signed out in a few seconds")
    return ngettext(
        "You will be signed out in {minutes} minute",
        "You will be signed out in {minutes} minutes",
        minutes,
    ).format(minutes=minutes)
