"""Links to the parts of a column that scrolls, at its top."""

from __future__ import annotations

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from ui.components.text import words


class Jumps:
    """A row of links; each part that is made adds its own."""

    def __init__(self, name: str) -> None:
        self._row = ui.element("nav").classes("jumps")
        self._row.props["aria-label"] = name
        self._links: dict[ui.element, TextElement] = {}

    def part(self, name: str) -> ui.element:
        """A part of the column, to be filled within a `with`."""
        with self._row:
            link = words("a", name)
        part = ui.element("div").classes("part")
        link.props["href"] = f"#{part.html_id}"
        self._links[part] = link
        return part

    def rename(self, part: ui.element, name: str) -> None:
        """Call a part by another name."""
        self._links[part].set_text(name)
