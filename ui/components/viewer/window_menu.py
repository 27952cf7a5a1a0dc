"""The menu of windows: the file's own, those usual for the modality, what the values suggest."""

from __future__ import annotations

from functools import partial

from nicegui.element import Element

from imaging.grayscale import Window
from services.language import _, said
from services.viewer.view_events import Invert, SetWindow
from services.viewer.view_state import ViewState
from ui.components.header import named_button
from ui.components.menu import Menu, choice, command_entry, entry, hold, line
from ui.components.viewer.commands import MOST_WINDOWS, Act, PickWindow, found


class WindowMenu:
    """A button with a menu; the window on screen is marked in it."""

    def __init__(self, act: Act) -> None:
        self._act = act
        self._offered: tuple[Window, ...] = ()
        self._items: list[Element] = []
        self._on: Window | None = None
        with named_button("tune", _("Window presets"), caption=_("Presets")):
            self._menu = Menu()

    def offer(self, presets: tuple[Window, ...]) -> None:
        """Windows of another series."""
        self._offered = presets
        self._menu.clear()
        with self._menu:
            if not presets:
                entry(_("This image has colours; there is nothing to choose"))
            self._items = [self._choice(n, preset) for n, preset in enumerate(presets, 1)]
            line()
            command_entry(found(Invert()), self._act)

    def pick(self, number: int) -> None:
        """Show with the n-th of them, counted from 1, if there are so many."""
        if number <= len(self._offered):
            self._act(SetWindow(self._offered[number - 1]))

    def mark(self, state: ViewState) -> None:
        """Show which of them is on."""
        if state.window == self._on:
            return
        self._on = state.window
        for preset, item in zip(self._offered, self._items, strict=True):
            hold(item, preset == self._on)

    def _choice(self, number: int, preset: Window) -> Element:
        hint = found(PickWindow(number)).hint if number <= MOST_WINDOWS else ""
        action = partial(self._act, SetWindow(preset))
        return choice(_label(preset), action, chosen=preset == self._on, hint=hint)


def _label(preset: Window) -> str:
    return _("{name}: {width} at {center}").format(
        name=said(preset.name) or _("As stored"),
        width=f"{preset.width:.0f}",
        center=f"{preset.center:.0f}",
    )
