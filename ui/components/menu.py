"""Entries of menus, named as such for screen readers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nicegui import ui

from ui.components.commands import Act, Command
from ui.components.text import words


def entry(name: str, action: Callable[[], object] | None = None) -> ui.menu_item:
    """One entry; without an action it cannot be chosen."""
    item = ui.menu_item(name, action).props("role=menuitem")
    if action is None:
        item.props("disable")
    return item


def command_entry(command: Command, act: Act) -> ui.menu_item:
    """The entry of a command, with its key at the right."""
    item = entry(command.name, partial(act, command.does)).classes("keyed")
    with item:
        words("kbd", command.hint).props("aria-hidden=true")
    return item


def choice(
    name: str, action: Callable[[], object], *, chosen: bool, hint: str = ""
) -> ui.menu_item:
    """One of several entries of which one holds."""
    item = entry(name, action).classes("keyed")
    item.props["role"] = "menuitemradio"
    if hint:
        with item:
            words("kbd", hint).props("aria-hidden=true")
    hold(item, chosen)
    return item


def hold(item: ui.menu_item, chosen: bool) -> None:
    """Mark a choice as the one that holds, or as none."""
    item.classes(add="chosen" if chosen else "", remove="" if chosen else "chosen")
    item.props["aria-checked"] = "true" if chosen else "false"
