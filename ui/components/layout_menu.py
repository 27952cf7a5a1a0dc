"""How many viewports there are, and what they do together: buttons of the toolbar, and keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nicegui import ui

from services.language import _
from services.view_events import Choose, Tool
from services.viewports import Layout
from services.workspace import Workspace
from services.workspace_events import (
    ActivateNext,
    Arrange,
    Link,
    NextLayout,
    ShowLines,
    WorkspaceEvent,
)
from ui.components.header import named_button
from ui.components.menu import entry

ICONS = {
    Layout.ONE: "crop_square",
    Layout.SIDE_BY_SIDE: "vertical_split",
    Layout.STACKED: "horizontal_split",
    Layout.FOUR: "grid_view",
}
KEYS: dict[str, WorkspaceEvent] = {
    "v": ActivateNext(),
    "V": NextLayout(),
    "j": Link(),
    "u": ShowLines(),
    "d": Choose(Tool.CROSSHAIR),
}


class LayoutMenu:
    """A button with a menu of layouts, and one each for scrolling together and lines."""

    def __init__(
        self, do: Callable[[WorkspaceEvent], None], show_three: Callable[[], object]
    ) -> None:
        self._entries: dict[Layout, ui.menu_item] = {}
        with named_button("grid_view", _("Layout")), ui.menu():
            for layout in Layout:
                item = entry(layout.value, partial(do, Arrange(layout)))
                item.props["role"] = "menuitemradio"
                self._entries[layout] = item
            ui.separator()
            entry(_("Axial, coronal and sagittal (T)"), show_three)
            entry(_("Next layout (Shift+V)"), partial(do, NextLayout()))
            entry(_("Next viewport (V)"), partial(do, ActivateNext()))
        self._link = named_button("link", _("Scroll together (j)"), partial(do, Link()))
        self._lines = named_button("polyline", _("Reference lines (u)"), partial(do, ShowLines()))
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
