"""Elements that carry words: headings, table cells, spans."""

from __future__ import annotations

from nicegui.elements.mixins.text_element import TextElement


def words(tag: str, text: str) -> TextElement:
    """An HTML element with a text; the text is never read as HTML."""
    return TextElement(tag=tag, text=text)
