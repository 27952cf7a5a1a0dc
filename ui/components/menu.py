"""Menus and their entries, worked with a pointer or with the arrow keys, Home, End and Escape.

An entry is a button of the page, because the focus can be sent to one. The library puts it on the
first when a menu opens, keeps it within and gives it back to the button that opened the menu.

Enter chooses when it is let go, not when it goes down: the focus is back on the button before a
finger has left the key, and letting go of Enter there opens the menu again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui
from nicegui.element import Element

from ui.components.text import words
from ui.components.viewer.commands import Act, Command

ROLES = ("menuitem", "menuitemradio")


class Menu(ui.menu):
    """The menu of the button that it is made in."""

    def __init__(self) -> None:
        super().__init__()
        self.lined = False  # whether a line is drawn above the next entry
        _by_keys(self)
        slot = self.parent_slot
        self._button = slot.parent if slot is not None else self
        self._button.props["aria-haspopup"] = "menu"
        self._tell()
        self.on_value_change(self._tell)

    def _tell(self) -> None:
        self._button.props["aria-expanded"] = "true" if self.value else "false"


class ImageMenu(ui.context_menu):
    """A menu at the pointer: of the right button, or of the key for it."""

    def __init__(self) -> None:
        super().__init__()
        self.is_open = self.lined = False
        _by_keys(self)
        self.on("before-show", partial(setattr, self, "is_open", True), args=[])
        self.on("before-hide", partial(setattr, self, "is_open", False), args=[])


def entry(name: str, action: Callable[[], object] | None = None) -> Element:
    """One entry; without an action it can be read and not chosen."""
    item = words("button", name).classes("entry").props("type=button role=menuitem")
    menu = join(item)

    def chosen() -> Awaitable[object] | None:
        if menu is not None:
            menu.close()
        done = action() if action is not None else None
        return done if isinstance(done, Awaitable) else None

    if action is None:
        item.props["aria-disabled"] = "true"
    else:
        item.on("click", chosen, args=[])
        if menu is not None:
            item.on("keyup.enter", chosen, args=[])
    return item


def join(item: Element) -> Menu | ImageMenu | None:
    """Make a button one of the entries of the menu around it, if there is one."""
    menu = _menu_around(item)
    if menu is not None:
        item.classes("after-line" if menu.lined else "")
        menu.lined = False
        item.props["tabindex"] = "-1"
        if _entries(menu)[0] is item:  # where the library puts the focus
            item.props["data-autofocus"] = "true"
    return menu


def line() -> None:
    """Set the next entry of the menu that is being made off from those before it."""
    around = ui.context.slot.parent
    menu = around if isinstance(around, Menu | ImageMenu) else _menu_around(around)
    if menu is not None:
        menu.lined = True


def _menu_around(item: Element) -> Menu | ImageMenu | None:
    return next((e for e in item.ancestors() if isinstance(e, Menu | ImageMenu)), None)


def command_entry(command: Command, act: Act) -> Element:
    """The entry of a command, with its key at the right."""
    return _keyed(entry(command.name, partial(act, command.does)), command.hint)


def choice(name: str, action: Callable[[], object], *, chosen: bool, hint: str = "") -> Element:
    """One of several entries of which one holds."""
    item = _keyed(entry(name, action), hint)
    item.props["role"] = "menuitemradio"
    hold(item, chosen)
    return item


def hold(item: Element, chosen: bool) -> None:
    """Mark a choice as the one that holds, or as none."""
    item.classes(add="chosen" if chosen else "", remove="" if chosen else "chosen")
    item.props["aria-checked"] = "true" if chosen else "false"


def _keyed(item: Element, hint: str) -> Element:
    item.classes("keyed")
    if hint:
        item.props["data-key"] = hint
    return item


def _entries(menu: Element) -> list[Element]:
    return [e for e in menu.descendants() if e.props.get("role") in ROLES]


def _by_keys(menu: Menu | ImageMenu) -> None:
    """Move the focus through the entries, around the ends; the tab key leaves the menu."""
    at = 0

    def go(place: Callable[[int, int], int]) -> None:
        nonlocal at
        if entries := _entries(menu):
            at = place(at, len(entries)) % len(entries)
            entries[at].run_method("focus")

    def opened() -> None:
        nonlocal at
        at = 0

    menu.on("before-show", opened, args=[])
    for key, place in (
        ("down", lambda at, _count: at + 1),
        ("up", lambda at, _count: at - 1),
        ("home", lambda _at, _count: 0),
        ("end", lambda _at, count: count - 1),
    ):
        menu.on(f"keydown.{key}.prevent.stop", partial(go, place), args=[])
    menu.on("keydown.tab.prevent", menu.close, args=[])
    menu.on("keydown.enter.prevent", lambda: None, args=[])
