"""What is known about something: names of facts with what they are, side by side."""

from __future__ import annotations

from collections.abc import Iterable

from nicegui import ui

from ui.components.text import words


def facts(pairs: Iterable[tuple[str, str]]) -> None:
    """A description list; facts that are empty are left out."""
    with ui.element("dl").classes("facts"):
        for name, value in pairs:
            if value:
                words("dt", name)
                words("dd", value)


def section(title: str) -> ui.element:
    """A white card of a staff page with its heading; what is made in it stands below."""
    card = ui.element("section").classes("card")
    with card:
        words("h2", title)
    card.props["aria-label"] = title
    return card
