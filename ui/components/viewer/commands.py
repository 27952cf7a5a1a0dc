"""Everything a person can do in the viewer, once: buttons, menus, keys and their sheet are made of
this table, so that none can say what another does not do.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from services.language import _, spoken
from services.viewer.drawing_events import Discard, DrawEvent, Erase, Press, Redo, Undo
from services.viewer.view_events import (
    ActualSize,
    Brighten,
    Choose,
    Event,
    Faster,
    Fit,
    Flip,
    Invert,
    Magnify,
    Play,
    Reset,
    Rotate,
    Step,
    Swing,
    Tool,
)
from services.viewer.viewports import Layout
from services.viewer.workspace_events import (
    ActivateNext,
    Arrange,
    Link,
    NextLayout,
    ShowLines,
    StageEvent,
)

MOST_WINDOWS = 9  # presets that have a key


class Deed(StrEnum):
    """What the page itself does, not the view."""

    HELP = "help"
    SHARE = "share"
    MANAGE = "manage"
    STAR = "star"
    NEXT_STAR = "next star"
    PREVIOUS_STAR = "previous star"
    NEXT_SERIES = "next series"
    PREVIOUS_SERIES = "previous series"
    THREE_PLANES = "three planes"


@dataclass(frozen=True, slots=True)
class PickWindow:
    """Show with this one of the windows to choose from, counted from 1."""

    number: int


Doing = Event | DrawEvent | StageEvent | Deed | PickWindow
Act = Callable[[Doing], Awaitable[None] | None]  # does it


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do. Keys are written as the browser names them, "Ctrl+" before them."""

    name: str
    does: Doing
    keys: tuple[str, ...]
    icon: str = ""
    short: str = ""  # a part of the name, for where there is little room

    @property
    def caption(self) -> str:
        """What stands under its icon, in a word."""
        return self.short or self.name

    @property
    def hint(self) -> str:
        """Its first key, as a person reads it."""
        return written(self.keys[0])

    @property
    def tooltip(self) -> str:
        """Its name with its key."""
        return f"{self.name} ({self.hint})"


@dataclass(frozen=True, slots=True)
class Group:
    """Commands that belong together."""

    name: str
    commands: tuple[Command, ...] = field(default=())


def groups() -> tuple[Group, ...]:
    """The table, in the language spoken."""
    return _table(spoken())


@cache
def _table(_language: str) -> tuple[Group, ...]:
    return (
        Group(_("Through the images"), _through()),
        Group(_("Brightness and contrast"), _windows()),
        Group(_("Size and position"), _placing()),
        Group(_("What a drag does"), _drags()),
        Group(_("Drawing and measuring"), _marks()),
        Group(_("Key images"), _stars()),
        Group(_("Cine"), _cine()),
        Group(_("Several viewports"), _viewports()),
        Group(_("This exam"), _exam()),
    )


def _through() -> tuple[Command, ...]:
    return (
        Command(_("Next image"), Step(1), ("ArrowDown", "ArrowRight"), "chevron_right", _("Next")),
        Command(
            _("Previous image"), Step(-1), ("ArrowUp", "ArrowLeft"), "chevron_left", _("Previous")
        ),
        Command(_("Ten images on"), Step(10), ("PageDown",)),
        Command(_("Ten images back"), Step(-10), ("PageUp",)),
        Command(_("First image"), Step(-100_000), ("Home",)),
        Command(_("Last image"), Step(100_000), ("End",)),
        Command(_("Next series"), Deed.NEXT_SERIES, ("]",), "skip_next"),
        Command(_("Previous series"), Deed.PREVIOUS_SERIES, ("[",), "skip_previous"),
    )


def _windows() -> tuple[Command, ...]:
    numbered = tuple(
        Command(_("Window preset {number}").format(number=n), PickWindow(n), (str(n),))
        for n in range(1, MOST_WINDOWS + 1)
    )
    return (
        Command(_("Brighter"), Brighten(brightness=0.05), ("b",)),
        Command(_("Darker"), Brighten(brightness=-0.05), ("B",)),
        Command(_("More contrast"), Brighten(contrast=0.05), ("c",)),
        Command(_("Less contrast"), Brighten(contrast=-0.05), ("C",)),
        Command(_("Invert"), Invert(), ("i",), "invert_colors"),
        *numbered,
    )


def _placing() -> tuple[Command, ...]:
    return (
        Command(_("Fit"), Fit(), ("h",), "fit_screen"),
        Command(_("Actual size, 1:1"), ActualSize(), ("o",), "one_x_mobiledata"),
        Command(_("Larger"), Magnify(1.25), ("+", "="), "zoom_in"),
        Command(_("Smaller"), Magnify(0.8), ("-",), "zoom_out"),
        Command(_("Rotate"), Rotate(), ("r",), "rotate_right"),
        Command(_("Rotate left"), Rotate(-1), ("R",), "rotate_left"),
        Command(_("Mirror"), Flip(), ("f",), "flip"),
        Command(_("Mirror top and bottom"), Flip(vertical=True), ("F",), "swap_vert"),
        Command(_("Reset"), Reset(), ("0",), "restart_alt"),
    )


def _drags() -> tuple[Command, ...]:
    return (
        _tool(_("Brightness and contrast"), Tool.WINDOW, "w", "contrast", _("Brightness")),
        _tool(_("Scroll"), Tool.SCROLL, "s", "unfold_more"),
        _tool(_("Zoom"), Tool.ZOOM, "z", "zoom_in"),
        _tool(_("Move"), Tool.PAN, "m", "open_with"),
        _tool(_("Magnifier"), Tool.MAGNIFIER, "g", "search"),
        _tool(_("Crosshair"), Tool.CROSSHAIR, "d", "control_camera"),
    )


def _marks() -> tuple[Command, ...]:
    return (
        _tool(_("Length"), Tool.LENGTH, "l", "straighten"),
        _tool(_("Angle"), Tool.ANGLE, "a", "square_foot"),
        _tool(_("Ellipse"), Tool.ELLIPSE, "e", "radio_button_unchecked"),
        _tool(_("Rectangle"), Tool.RECTANGLE, "q", "crop_square"),
        _tool(_("Value"), Tool.PROBE, "p", "colorize"),
        _tool(_("Arrow"), Tool.ARROW, "y", "north_west"),
        _tool(_("Text"), Tool.TEXT, "t", "title"),
        Command(_("Undo"), Undo(), ("Ctrl+z",), "undo"),
        Command(_("Redo"), Redo(), ("Ctrl+y", "Ctrl+Z"), "redo"),
        Command(_("Delete"), Erase(), ("Delete", "Backspace"), "delete_outline"),
        Command(_("Draw with keys: a cross, then its points"), Press(), ("Enter",)),
        Command(_("Give up what is being drawn"), Discard(), ("Escape",)),
    )


def _stars() -> tuple[Command, ...]:
    return (
        Command(_("Key image"), Deed.STAR, ("k",), "star_border"),
        Command(_("Next key image"), Deed.NEXT_STAR, ("n",)),
        Command(_("Previous key image"), Deed.PREVIOUS_STAR, ("N",)),
    )


def _cine() -> tuple[Command, ...]:
    return (
        Command(_("Play or pause"), Play(), ("x",), "play_arrow", _("Play")),
        Command(_("Faster"), Faster(1), (".", ">")),
        Command(_("Slower"), Faster(-1), (",", "<")),
        Command(_("To and fro, or in a loop"), Swing(), ("X",)),
    )


def _viewports() -> tuple[Command, ...]:
    return (
        *(
            Command(layout.value, Arrange(layout), (key,))
            for layout, key in zip(Layout, ("A", "W", "H", "Q"), strict=True)
        ),
        Command(_("Next layout"), NextLayout(), ("V",)),
        Command(_("Next viewport"), ActivateNext(), ("v",)),
        Command(_("Axial, coronal and sagittal"), Deed.THREE_PLANES, ("T",), "view_in_ar"),
        Command(_("Scroll together"), Link(), ("j",), "link", _("Together")),
        Command(_("Reference lines"), ShowLines(), ("u",), "polyline", _("Lines")),
    )


def _exam() -> tuple[Command, ...]:
    return (
        Command(_("Share exam"), Deed.SHARE, ("S",), "share"),
        Command(_("Manage existing sharing"), Deed.MANAGE, ("M",)),
        Command(_("Keyboard shortcuts"), Deed.HELP, ("?",), "keyboard", _("Keyboard")),
    )


def _tool(name: str, tool: Tool, key: str, icon: str, short: str = "") -> Command:
    return Command(name, Choose(tool, meant=True), (key,), icon, short)


def found(does: Doing) -> Command:
    """The command that does this, in the language spoken."""
    return _by_deed(spoken())[does]


@cache
def _by_deed(language: str) -> dict[Doing, Command]:
    """Of several that do the same, the first."""
    commands = [command for group in _table(language) for command in group.commands]
    return {command.does: command for command in reversed(commands)}


def written(key: str) -> str:
    """A key as a person reads it on the keyboard."""
    named = {
        "ArrowDown": _("arrow down"),
        "ArrowUp": _("arrow up"),
        "ArrowLeft": _("arrow left"),
        "ArrowRight": _("arrow right"),
        "PageDown": _("page down"),
        "PageUp": _("page up"),
        "Delete": _("Del"),
        "Backspace": _("backspace"),
        "Escape": _("Esc"),
        "Enter": _("Enter"),
    }
    *ctrl, name = key.rsplit("+", 1) if key.startswith("Ctrl+") else (key,)
    if ctrl:
        return f"Ctrl+Shift+{name}" if name.isupper() else f"Ctrl+{name.upper()}"
    if len(name) == 1 and name.isupper():
        return f"Shift+{name}"
    return named.get(name, name)
