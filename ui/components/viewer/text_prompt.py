"""Asking for the words of an arrow or a text."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from services.language import _
from services.viewer.annotation import Kind
from services.viewer.measurements import LONGEST_TEXT
from ui.components.card import dialog_card, text_field


class TextPrompt:
    """A dialog; `on_answer` gets the words, or None when they are not wanted after all."""

    def __init__(self, on_answer: Callable[[str | None], None]) -> None:
        self._on_answer = on_answer
        self._asking = False
        self._kind = Kind.TEXT
        self._text: ui.input | None = None
        self._dialog = ui.dialog()
        self._dialog.on_value_change(self._opened_or_closed)

    def _build(self) -> ui.input:
        """What is in the dialog, made when it is opened first."""
        with dialog_card(_("Text on the image"), self._dialog, size="narrow"):
            text = text_field(_("Text")).props(f"autofocus maxlength={LONGEST_TEXT}")
            text.on("keydown.enter", self._save)
            with ui.element("div").classes("row end"):
                ui.button(_("Cancel"), on_click=self._dialog.close, color=None).props("flat")
                ui.button(_("Save"), on_click=self._save)
        return text

    def ask(self, kind: Kind) -> None:
        """Open the dialog; a text needs words, an arrow may go without."""
        self._kind, self._asking = kind, True
        self._text = self._text or self._build()
        self._text.value = ""
        self._dialog.open()

    def _save(self) -> None:
        words = " ".join(str(self._text.value or "" if self._text else "").split())
        self._answer(None if self._kind is Kind.TEXT and not words else words)
        self._dialog.close()

    def _opened_or_closed(self, change: ValueChangeEventArguments[bool]) -> None:
        if not change.value:
            self._answer(None)

    def _answer(self, words: str | None) -> None:
        if self._asking:
            self._asking = False
            self._on_answer(words)
