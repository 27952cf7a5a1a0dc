"""Elements that carry words: headings, table cells, spans."""

from __future__ import annotations

from nicegui.elements.mixins.text_element import TextElement


def words(tag: str, text: str) -> TextElement:
    """An HTML element with a text; the text is never read as HTML."""
    return TextElement(tag=tag, text=text)


def words_with_link(sentence: str, place: str, link: str) -> TextElement:
    """A sentence with `link` at its `{place}`, to be acted on in the page; returns the link."""
    before, after = sentence.split(f"{{{place}}}")
    words("span", before)
    element = words("a", link).classes("plain-link").props('href="#" role=button')
    words("span", after)
    return element
