"""Entries of menus, named as such for screen readers."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui


def entry(name: str, action: Callable[[], object] | None = None) -> ui.menu_item:
    """One entry; without an action it cannot be chosen."""
    item = ui.menu_item(name, action).props("role=menuitem")
    if action is None:
        item.props("disable")
    return item
