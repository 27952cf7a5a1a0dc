"""What is shown when an exam is not there, not shared, or no longer shared."""

from __future__ import annotations

from nicegui import ui

from services.language import _
from ui.components.card import headed_card
from ui.components.header import bar
from ui.gate import Visit


def not_found(visit: Visit, sentence: str, title: str = "") -> None:
    """A plain sentence and the ways on."""
    ui.page_title(visit.portal.settings.portal_name)
    with bar(visit):
        pass
    heading = title or _("This exam is not available")
    with ui.element("div").classes("middle"), headed_card(heading):
        ui.label(sentence).props("role=alert")
        with ui.element("div").classes("row"):
            ui.link(_("All exams"), "/studies").classes("button-like")
            ui.link(_("Help and support"), "/support")
