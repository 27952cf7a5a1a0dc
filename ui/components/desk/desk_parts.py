"""What pages of the staff desk are made of: facts, tags, cards, tables that fit on one page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from nicegui import ui

from services.language import N_
from ui.components.text import words

KINDS = {
    "patient": N_("Patient"), "guest": N_("Guest"), "breakglass": N_("Break glass"),
    "staff": N_("Staff"),
}  # fmt: skip
ROLES = {
    "administrator": N_("Imaging administrator"), "clinician": N_("Clinician"),
    "auditor": N_("Auditor"),
}  # fmt: skip
STATES = {
    "active": N_("Active"), "invited": N_("Not set up yet"), "disabled": N_("Disabled"),
}  # fmt: skip


def facts(pairs: Iterable[tuple[str, str]]) -> None:
    """Labels with their values; what is not known is left out."""
    with ui.element("dl").classes("facts"):
        for label, value in pairs:
            if value:
                words("dt", label)
                words("dd", value)


def tag(text: str, *, waiting: bool = False) -> None:
    """A small mark; a `waiting` one asks for attention."""
    words("span", text).classes("tag waiting" if waiting else "tag").style("margin-right: 6px")


@contextmanager
def part(title: str) -> Iterator[None]:
    """A card with a heading of its own."""
    with ui.element("section").classes("card"):
        words("h2", title)
        yield


@contextmanager
def short_table(name: str, titles: Iterable[str]) -> Iterator[None]:
    """A table whose rows the block makes, each with `row` and `cell`."""
    with ui.element("table").classes("plain"):
        words("caption", name).classes("unseen")
        with ui.element("thead"), ui.element("tr"):
            for title in titles:
                words("th", title).props("scope=col")
        with ui.element("tbody"):
            yield


@contextmanager
def cell(label: str = "") -> Iterator[None]:
    """A cell of a row; `label` stands before it on a phone."""
    element = ui.element("td")
    if label:
        element.props["data-label"] = label
    with element:
        yield


def link(text: str, address: str) -> None:
    """A link that stands out in a table."""
    words("a", text).style("font-weight: 600").props["href"] = address


def back(address: str, name: str) -> None:
    """The way back to the list."""
    with ui.element("a").classes("back") as element:
        element.props["href"] = address
        ui.icon("arrow_back").props("aria-hidden=true")
        words("span", name)
