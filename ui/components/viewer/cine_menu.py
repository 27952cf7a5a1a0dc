"""Playing: one button to play or pause, one for how fast and which way."""

from __future__ import annotations

from functools import partial

from nicegui import ui

from services.language import _
from services.viewer.cine import STEPS
from services.viewer.stack import Clip
from services.viewer.view_events import Play, SetRate, Swing
from services.viewer.view_state import ViewState
from ui.components.header import named_button
from ui.components.menu import Menu, choice, entry, line
from ui.components.viewer.commands import Act, found


class CineMenu:
    """Follows the view it is told of."""

    def __init__(self, act: Act) -> None:
        self._act = act
        play = found(Play())
        self._play = named_button(
            play.icon, play.tooltip, partial(act, Play()), caption=play.caption
        )
        self._play.props["aria-pressed"] = "false"
        with named_button("speed", _("Cine speed"), caption=_("Speed")):
            self._menu = Menu()
            self._told = ui.label().classes("rate")
        self._playing = False
        self._written: tuple[Clip, float, bool] | None = None

    def mark(self, view: ViewState) -> None:
        """Show whether it plays, and how fast."""
        playing = view.cine.playing
        if playing != self._playing:
            self._playing = playing
            self._play.props["icon"] = "pause" if playing else "play_arrow"
            self._play.props["aria-pressed"] = "true" if playing else "false"
        told = f"{view.cine.rate(view.clip):.3g}/s" if playing else ""
        if told != self._told.text:
            self._told.set_text(told)
        if self._written != (now := (view.clip, view.cine.chosen, view.cine.swinging)):
            self._written = now
            self._write(view)

    def _write(self, view: ViewState) -> None:
        clip, cine = view.clip, view.cine
        self._menu.clear()
        with self._menu:
            if clip.last <= clip.first:
                entry(_("There is only one image; nothing can play"))
                return
            if clip.rate:
                own = _("As recorded: {rate} frames a second").format(rate=f"{clip.rate:.3g}")
                choice(own, partial(self._act, SetRate(0)), chosen=not cine.chosen)
            rate = cine.rate(clip)
            for step in STEPS:
                chosen = step == rate and not (clip.rate and not cine.chosen)
                name = _("{rate} frames a second").format(rate=f"{step:g}")
                choice(name, partial(self._act, SetRate(step)), chosen=chosen)
            line()
            self._way(_("In a loop"), swinging=False, holds=not cine.swinging)
            self._way(_("To and fro"), swinging=True, holds=cine.swinging)

    def _way(self, name: str, *, swinging: bool, holds: bool) -> None:
        hint = found(Swing()).hint if swinging else ""
        choice(name, lambda: None if holds else self._act(Swing()), chosen=holds, hint=hint)
