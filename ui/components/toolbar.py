"""The viewer's tools: one button each, with its key in the tooltip."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from imaging.grayscale import Window
from services.drawing_events import Discard, DrawEvent, Erase, Redo, Undo
from services.view_events import (
    Brighten,
    Choose,
    Event,
    Flip,
    Invert,
    Magnify,
    Reset,
    Rotate,
    SetWindow,
    Step,
    Tool,
)
from services.view_state import ViewState
from ui.components.header import named_button
from ui.components.menu import entry
from ui.components.planes_menu import PlanesMenu, Show

DRAGS = (
    (Tool.WINDOW, "contrast", "w"),
    (Tool.SCROLL, "swap_vert", "s"),
    (Tool.ZOOM, "zoom_in", "z"),
    (Tool.PAN, "open_with", "m"),
    (Tool.CROSSHAIR, "control_camera", "d"),
)
MARKS = (
    (Tool.LENGTH, "straighten", "l"),
    (Tool.ANGLE, "square_foot", "a"),
    (Tool.ELLIPSE, "radio_button_unchecked", "e"),
    (Tool.RECTANGLE, "crop_square", "q"),
    (Tool.PROBE, "colorize", "p"),
    (Tool.ARROW, "north_west", "y"),
    (Tool.TEXT, "title", "t"),
)
CHANGES: tuple[tuple[str, str, DrawEvent], ...] = (
    ("undo", "Undo (Ctrl+Z)", Undo()),
    ("redo", "Redo (Ctrl+Y)", Redo()),
    ("delete_outline", "Delete (Del)", Erase()),
)
TURNS: tuple[tuple[str, str, str, Event], ...] = (
    ("invert_colors", "Invert", "i", Invert()),
    ("rotate_right", "Rotate", "r", Rotate()),
    ("flip", "Mirror", "f", Flip()),
    ("restart_alt", "Reset", "0", Reset()),
)
KEYS: dict[str, Event | DrawEvent] = {
    "ArrowDown": Step(1),
    "ArrowRight": Step(1),
    "PageDown": Step(10),
    "ArrowUp": Step(-1),
    "ArrowLeft": Step(-1),
    "PageUp": Step(-10),
    "Home": Step(-100_000),
    "End": Step(100_000),
    "+": Magnify(1.25),
    "=": Magnify(1.25),
    "-": Magnify(0.8),
    "b": Brighten(brightness=0.05),
    "B": Brighten(brightness=-0.05),
    "c": Brighten(contrast=0.05),
    "C": Brighten(contrast=-0.05),
    **{key: Choose(tool) for tool, _, key in (*DRAGS, *MARKS)},
    **{key: event for _, _, key, event in TURNS},
    "Delete": Erase(),
    "Backspace": Erase(),
    "Escape": Discard(),
}
KEYS_WITH_CTRL: dict[str, DrawEvent] = {"z": Undo(), "Z": Redo(), "y": Redo()}


class Toolbar:
    """Buttons that send events; the tool in hand is marked."""

    def __init__(
        self,
        do: Callable[[Event | DrawEvent], None],
        show_plane: Show,
        show_three: Callable[[], Awaitable[None]],
    ) -> None:
        self._do = do
        self._buttons: dict[Tool, ui.button] = {}
        self.element = ui.element("div").classes("tools")
        with self.element.props('role="toolbar" aria-label="Viewer tools"'):
            self._tools(DRAGS)
            ui.element("div").classes("split")
            self._tools(MARKS)
            for icon, name, change in CHANGES:
                named_button(icon, name, partial(do, change))
            ui.element("div").classes("split")
            with named_button("tune", "Window presets"):
                self._presets = ui.menu()
            self.planes = PlanesMenu(show_plane, show_three)
            for icon, name, key, event in TURNS:
                named_button(icon, f"{name} ({key})", partial(do, event))
            ui.element("div").classes("split")
            named_button("chevron_left", "Previous image (arrow up)", lambda: do(Step(-1)))
            named_button("chevron_right", "Next image (arrow down)", lambda: do(Step(1)))
        self._marked: Tool | None = None

    def _tools(self, tools: tuple[tuple[Tool, str, str], ...]) -> None:
        for tool, icon, key in tools:
            button = named_button(icon, f"{tool} ({key})", partial(self._do, Choose(tool)))
            button.props["aria-pressed"] = "false"
            self._buttons[tool] = button

    def mark(self, state: ViewState) -> None:
        """Show which tool is in hand."""
        if state.tool is self._marked:
            return
        self._marked = state.tool
        for tool, button in self._buttons.items():
            button.classes(
                add="chosen" if tool is state.tool else "",
                remove="" if tool is state.tool else "chosen",
            )
            button.props["aria-pressed"] = "true" if tool is state.tool else "false"

    def offer(self, presets: tuple[Window, ...]) -> None:
        """Fill the menu of window presets for the series on screen."""
        self._presets.clear()
        with self._presets:
            if not presets:
                entry("This image has colours; there is nothing to choose")
            for preset in presets:
                name = preset.name or "As stored"
                label = f"{name}: {preset.width:.0f} at {preset.center:.0f}"
                entry(label, partial(self._do, SetWindow(preset)))
