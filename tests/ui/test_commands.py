"""The table of commands: one key for one thing, every thing with a key, a sheet that says so."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from services.viewer.drawing_events import Nudge, Redo, Undo
from services.viewer.view_events import Choose, Flip, Rotate, Step, Tool
from ui.components.viewer import image_menu, shortcuts, toolbar
from ui.components.viewer.commands import Command, Deed, PickWindow, groups, written
from ui.components.viewer.keys import KEYS, nudged, pressed

COMMANDS: list[Command] = [command for group in groups() for command in group.commands]


def key(name: str, *, down: bool = True, **held: bool) -> Any:
    modifiers = {"ctrl": False, "meta": False, "alt": False, "shift": False, **held}
    return SimpleNamespace(
        key=SimpleNamespace(name=name),
        action=SimpleNamespace(keydown=down),
        modifiers=SimpleNamespace(**modifiers),
    )


def test_every_command_has_a_key_and_no_key_has_two() -> None:
    keys = Counter(key for command in COMMANDS for key in command.keys)
    assert all(command.keys for command in COMMANDS)
    assert [key for key, count in keys.items() if count > 1] == []
    assert len(KEYS) == len(keys)


def test_every_deed_and_every_tool_is_in_the_table() -> None:
    does = [command.does for command in COMMANDS]
    assert [deed for deed in Deed if deed not in does] == []
    assert [tool for tool in Tool if Choose(tool, meant=True) not in does] == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_pressed_key_does_what_the_table_says(command: Command) -> None:
    for name in command.keys:
        letter = name.removeprefix("Ctrl+")
        held = {"ctrl": name != letter, "shift": len(letter) == 1 and letter.isupper()}
        assert pressed(key(letter, **held)) == command.does


def test_buttons_and_menus_are_of_the_table() -> None:
    does = [command.does for command in COMMANDS]
    drags = [Choose(tool, meant=True) for tool in (*toolbar.DRAGS, *toolbar.MARKS)]
    for shown in (*drags, *toolbar.SIZES, *toolbar.TURNS, *image_menu.PLACING, *image_menu.MORE):
        assert shown in does


def test_the_sheet_tells_every_key_there_is() -> None:
    told = [key for group in groups() for _, keys in shortcuts.lines(group) for key in keys]
    assert sorted(told) == sorted(KEYS)
    names = {name for group in groups() for name, _ in shortcuts.lines(group)}
    assert {c.name for c in COMMANDS if not isinstance(c.does, PickWindow)} <= names


def test_caps_lock_turns_no_command_into_another() -> None:
    assert pressed(key("R")) == Rotate()
    assert pressed(key("r", shift=True)) == Rotate(-1)
    assert pressed(key("F", shift=True)) == Flip(vertical=True)


def test_keys_that_are_let_go_or_the_browsers_own_do_nothing() -> None:
    assert pressed(key("r", down=False)) is None
    assert pressed(key("ArrowLeft", alt=True)) is None
    assert pressed(key("r", ctrl=True)) is None
    assert pressed(key("ArrowLeft")) == Step(-1)


def test_arrow_keys_move_the_cross_and_with_shift_a_little() -> None:
    assert nudged(key("ArrowLeft")) == Nudge(-10, 0)
    assert nudged(key("ArrowDown", shift=True)) == Nudge(0, 1)
    assert nudged(key("ArrowDown", ctrl=True)) is None
    assert nudged(key("ArrowDown", down=False)) is None
    assert nudged(key("PageDown")) is None


def test_a_mac_has_its_own_key_for_undo() -> None:
    assert pressed(key("z", meta=True)) == Undo()
    assert pressed(key("z", meta=True, shift=True)) == Redo()


@pytest.mark.parametrize(
    ("name", "read"),
    [("r", "r"), ("R", "Shift+R"), ("Ctrl+z", "Ctrl+Z"), ("Ctrl+Z", "Ctrl+Shift+Z"), ("+", "+"),
     ("ArrowUp", "arrow up"), ("Delete", "Del")],
)  # fmt: skip
def test_a_key_is_written_as_it_stands_on_the_keyboard(name: str, read: str) -> None:
    assert written(name) == read


def test_what_stands_under_an_icon_is_a_part_of_its_name() -> None:
    for group in groups():
        for command in group.commands:
            assert command.caption.casefold() in command.name.casefold(), command.name
