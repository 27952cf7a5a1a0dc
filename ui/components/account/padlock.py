"""The padlock of break-glass accounts: closed, or open with the time left."""

from __future__ import annotations

from datetime import timedelta

from nicegui import ui

from services.glass import break_glass
from services.glass.break_glass import Opened
from services.language import _
from services.publisher import AccessChanged
from ui.components.header import named_button
from ui.components.menu import Menu, entry
from ui.gate import Visit
from ui.problems import told


def padlock(visit: Visit) -> None:
    """Nothing for other accounts; else the padlock, kept true while the page is open."""
    if visit.who.kind == "breakglass":
        Padlock(visit)


class Padlock:
    """Shows whether the glass is broken, and counts its time down."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._opened: Opened | None = break_glass.opened(visit.portal, visit.who)
        self._closed_button = named_button("lock", _("Break glass"), self._go)
        self._open_button = ui.button(icon="lock_open", color=None).props("rounded")
        self._open_button.classes("clock")
        with self._open_button:
            ui.tooltip(_("The glass is broken: search a patient, or close it"))
            with Menu():
                entry(_("Search for a patient"), self._go)
                entry(_("Close the glass"), self._close)
        self._show()
        ui.timer(1.0, self._show)
        visit.listen(AccessChanged(visit.who.account_id), self._look)

    def _go(self) -> None:
        ui.navigate.to("/break-glass")

    async def _close(self) -> None:
        with told():
            await self._visit.run(break_glass.close, self._visit.portal, self._visit.who)

    def _look(self) -> None:
        self._opened = break_glass.opened(self._visit.portal, self._visit.who)
        self._show()

    def _show(self) -> None:
        left = self._opened.until - self._visit.portal.clock() if self._opened else timedelta(0)
        is_open = left > timedelta(0)
        for button, wanted in ((self._open_button, is_open), (self._closed_button, not is_open)):
            if button.visible != wanted:
                button.set_visibility(wanted)
        if is_open:
            self._open_button.set_text(time_left(left))
            self._open_button.props["aria-label"] = _("The glass is broken, {left} left").format(
                left=time_left(left)
            )


def time_left(left: timedelta) -> str:
    """`3:59:12`."""
    seconds = int(left.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
