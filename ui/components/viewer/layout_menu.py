"""How many viewports there are, and what they do together: buttons of the toolbar."""

from __future__ import annotations

from functools import partial

from nicegui import ui
from nicegui.element import Element

from services.language import _
from services.viewer.viewports import Layout
from services.viewer.workspace import Workspace
from services.viewer.workspace_events import ActivateNext, Arrange, Link, NextLayout, ShowLines
from ui.components.header import named_button
from ui.components.menu import Menu, command_entry, line
from ui.components.viewer.commands import Act, Deed, found


class LayoutMenu:
    """A button with a menu of layouts, and one each for scrolling together and for lines."""

    def __init__(self, act: Act) -> None:
        self._entries: dict[Layout, Element] = {}
        with named_button("grid_view", _("Layout"), caption=_("Layout")), Menu():
            for layout in Layout:
                item = command_entry(found(Arrange(layout)), act)
                item.props["role"] = "menuitemradio"
                item.props["aria-label"] = layout.value
                self._entries[layout] = item
            line()
            for does in (Deed.THREE_PLANES, NextLayout(), ActivateNext()):
                command_entry(found(does), act)
        link, lines = found(Link()), found(ShowLines())
        self._link, self._lines = (
            named_button(one.icon, one.tooltip, partial(act, one.does), caption=one.caption)
            for one in (link, lines)
        )
        for button in (self._link, self._lines):
            button.classes("several")  # of no use to a viewport that is alone
        self._marked: tuple[Layout, bool, bool] | None = None

    def mark(self, workspace: Workspace) -> None:
        """Show what is chosen."""
        now = (workspace.layout, workspace.together, workspace.lines)
        if now == self._marked:
            return
        self._marked = now
        for layout, item in self._entries.items():
            _mark(item, "aria-checked", layout is workspace.layout)
        _mark(self._link, "aria-pressed", workspace.together)
        _mark(self._lines, "aria-pressed", workspace.lines)


def _mark(element: ui.element, state: str, on: bool) -> None:
    element.classes(add="chosen" if on else "", remove="" if on else "chosen")
    element.props[state] = "true" if on else "false"
