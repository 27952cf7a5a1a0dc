"""The viewer's tools: one button each, with its key in the tooltip."""

from __future__ import annotations

from functools import partial

from nicegui import ui

from imaging.grayscale import Window
from services.language import _
from services.viewer.drawing_events import Erase, Redo, Undo
from services.viewer.view_events import (
    ActualSize,
    Choose,
    Fit,
    Flip,
    Invert,
    Magnify,
    Reset,
    Rotate,
    Step,
    Tool,
)
from services.viewer.view_state import ViewState
from services.viewer.viewports import Layout
from services.viewer.workspace import Workspace
from ui.components.header import named_button
from ui.components.menu import Menu, command_entry
from ui.components.viewer.cine_menu import CineMenu
from ui.components.viewer.commands import Act, Deed, Doing, found
from ui.components.viewer.layout_menu import LayoutMenu
from ui.components.viewer.planes_menu import PlanesMenu, Show
from ui.components.viewer.window_menu import WindowMenu

DRAGS = (Tool.WINDOW, Tool.SCROLL, Tool.ZOOM, Tool.PAN, Tool.MAGNIFIER, Tool.CROSSHAIR)
MARKS = (
    Tool.LENGTH, Tool.ANGLE, Tool.ELLIPSE, Tool.RECTANGLE, Tool.PROBE, Tool.ARROW, Tool.TEXT,
)  # fmt: skip
SIZES = (Fit(), ActualSize(), Magnify(1.25), Magnify(0.8))
TURNS = (Rotate(), Rotate(-1), Flip(), Flip(vertical=True))


class Toolbar:
    """Buttons; `act` does what they stand for. The tool in hand is marked."""

    def __init__(self, act: Act, show_plane: Show) -> None:
        self._act = act
        self._buttons: dict[Tool, ui.button] = {}
        bar = self._bar = ui.element("div").classes("tools alone").props("role=group")
        bar.props["aria-label"] = _("Viewer tools")
        with bar:
            self._tools(DRAGS)
            self._buttons[Tool.CROSSHAIR].classes("several")
            _split()
            self.windows = WindowMenu(act)
            self._command(Invert())
            self._command(Fit())
            self._menu("aspect_ratio", _("Size"), _("Size"), SIZES)
            self._menu("rotate_right", _("Rotate and mirror"), _("Rotate"), TURNS)
            self.planes = PlanesMenu(show_plane, act)
            self._command(Reset())
            _split()
            self.layouts = LayoutMenu(act)
            _split()
            self._tools(MARKS)
            for change in (Undo(), Redo(), Erase()):
                self._command(change)
            _split()
            self._star = self._command(Deed.STAR)
            self.cine = CineMenu(act)
            self._command(Step(-1))
            self._command(Step(1))
            self._command(Deed.HELP)
        self._marked: Tool | None = None

    def mark(self, state: ViewState) -> None:
        """Show which tool is in hand, which window is on, and what plays."""
        self.windows.mark(state)
        self.cine.mark(state)
        if state.tool is self._marked:
            return
        self._marked = state.tool
        for tool, button in self._buttons.items():
            _press(button, tool is state.tool)

    def follow(self, workspace: Workspace) -> None:
        """Show how the viewports are laid out; what needs several is only there with them."""
        self.layouts.mark(workspace)
        alone = workspace.layout is Layout.ONE
        self._bar.classes(add="alone" if alone else "", remove="" if alone else "alone")

    def star(self, marked: bool) -> None:
        """Show whether the image on screen is a key image."""
        if (self._star.props["icon"] == "star") is marked:
            return
        _press(self._star, marked)
        self._star.props["icon"] = "star" if marked else "star_border"

    def offer(self, presets: tuple[Window, ...]) -> None:
        """Fill the menu of window presets for the series on screen."""
        self.windows.offer(presets)

    def _tools(self, tools: tuple[Tool, ...]) -> None:
        for tool in tools:
            button = self._buttons[tool] = self._command(Choose(tool, meant=True))
            button.props["aria-pressed"] = "false"

    def _command(self, does: Doing) -> ui.button:
        command = found(does)
        act = partial(self._act, does)
        return named_button(command.icon, command.tooltip, act, caption=command.caption)

    def _menu(self, icon: str, name: str, caption: str, events: tuple[Doing, ...]) -> None:
        with named_button(icon, name, caption=caption), Menu():
            for event in events:
                command_entry(found(event), self._act)


def _split() -> None:
    ui.element("div").classes("split")


def _press(button: ui.button, on: bool) -> None:
    button.classes(add="chosen" if on else "", remove="" if on else "chosen")
    button.props["aria-pressed"] = "true" if on else "false"
