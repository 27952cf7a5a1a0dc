"""The keyboard: what is pressed, and the sheet of all keys under "?"."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from itertools import groupby

from nicegui import ui
from nicegui.events import KeyEventArguments

from services.language import _
from services.viewer.drawing_events import Press
from ui.components.card import dialog_card
from ui.components.menu import ImageMenu
from ui.components.text import words
from ui.components.viewer.commands import Act, Group, PickWindow, groups, written
from ui.components.viewer.keys import nudged, pressed


class Shortcuts:
    """Listens to the keyboard while nothing lies over the viewer; `act` does what a key means.

    `crossing` says whether there is a cross to draw with, which the arrow keys then move.
    """

    def __init__(self, act: Act, crossing: Callable[[], bool]) -> None:
        self._act = act
        self._crossing = crossing
        self._sheet = ui.dialog()
        self._client = self._sheet.client
        # a button that was clicked keeps the focus: its keys still are the viewer's
        ui.keyboard(on_key=self._key, ignore=["input", "select", "textarea"])

    def open(self) -> None:
        """Show the sheet; it is made when it is first asked for."""
        if not self._sheet.default_slot.children:
            self._fill()
        self._sheet.open()

    def _key(self, event: KeyEventArguments) -> Awaitable[None] | None:
        meant = (nudged(event) if self._crossing() else None) or pressed(event)
        if meant is None or isinstance(meant, Press) or self._covered():
            return None  # Enter is the image's only while the focus is there
        return self._act(meant)

    def _covered(self) -> bool:
        """Whether a dialog or a menu is open, which keys then belong to."""
        return any(
            (isinstance(element, ui.dialog | ui.menu) and element.value)
            or (isinstance(element, ImageMenu) and element.is_open)
            for element in self._client.elements.values()
        )

    def _fill(self) -> None:
        with (
            dialog_card(_("Keyboard shortcuts"), self._sheet, size="large"),
            ui.element("div").classes("shortcuts"),
        ):
            for group in groups():
                with ui.element("section"):
                    words("h3", group.name)
                    with ui.element("dl"):
                        for name, keys in lines(group):
                            self._line(name, keys)

    @staticmethod
    def _line(name: str, keys: tuple[str, ...]) -> None:
        with ui.element("div"):
            words("dt", name)
            with ui.element("dd"):
                for key in keys:
                    words("kbd", written(key))


def lines(group: Group) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What the sheet says of a group: a name and its keys; the numbered presets share a line."""
    for numbered, commands in groupby(group.commands, lambda c: isinstance(c.does, PickWindow)):
        if numbered:
            yield _("Window presets"), tuple(key for c in commands for key in c.keys)
        else:
            yield from ((command.name, command.keys) for command in commands)
