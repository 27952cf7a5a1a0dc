"""White cards with a teal head: the portal's forms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui

from services.language import _


@contextmanager
def headed_card(title: str, *, size: str = "narrow") -> Iterator[None]:
    """A card whose head says what it is for."""
    with ui.element("section").classes(f"card headed {size}"):
        with ui.element("div").classes("card-head"):
            ui.label(title).props("role=heading aria-level=1")
        with ui.element("div").classes("card-body"):
            yield


@contextmanager
def dialog_card(title: str, dialog: ui.dialog, *, size: str = "medium") -> Iterator[None]:
    """The same within a dialog, named for screen readers, with a close icon."""
    dialog.props["aria-label"] = title
    with dialog, ui.element("section").classes(f"card headed {size}"):
        with ui.element("div").classes("card-head"):
            ui.label(title).props("role=heading aria-level=2").style("flex: 1")
            close = ui.button(icon="close", on_click=dialog.close, color=None).props(
                "flat round dense"
            )
            close.props["aria-label"] = _("Close")
            close.style("color: #fff !important")
        with ui.element("div").classes("card-body"):
            yield


def text_field(label: str, *, autocomplete: str = "off", kind: str = "text") -> ui.input:
    """An outlined field whose label is its accessible name."""
    password = kind == "password"
    field = ui.input(label, password=password, password_toggle_button=password)
    field.props["outlined"] = True
    field.props["autocomplete"] = autocomplete
    if kind not in ("text", "password"):
        field.props["type"] = kind
    return field.classes("full")


def text_area(label: str) -> ui.textarea:
    """The same for several lines; it grows with what is typed."""
    field = ui.textarea(label).props("outlined autogrow")
    return field.classes("full")
