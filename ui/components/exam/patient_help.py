"""The answer to "What am I looking at?": pictures, tools and words explained to patients."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from services.exam import explanations
from services.exam.explanations import Chapter
from services.language import _, ngettext
from ui.components.card import dialog_card
from ui.components.modality_mark import modality_mark
from ui.components.text import words


class PatientHelp:
    """A dialog tuned to the modality that is on screen when it is opened.

    `inform` opens the exam information, which on a phone has no other way in.
    """

    def __init__(self, inform: Callable[[], Awaitable[None]] | None) -> None:
        self._inform = inform
        self._dialog = ui.dialog()
        self._chapters: tuple[Chapter, ...] = ()

    def open(self, modality: str) -> None:
        """Explain what is on screen."""
        self._chapters = explanations.chapters(modality)
        about = explanations.about(modality)
        self._dialog.clear()
        with dialog_card(_("What am I looking at?"), self._dialog, size="large"):
            with ui.element("div").classes("exam-what"):
                modality_mark(modality)
                with ui.element("div"):
                    words("h3", about.word)
                    words("p", about.text)
            words("p", explanations.doctor()).classes("info")
            if self._inform is not None:
                info = ui.button(_("Exam information"), icon="info_outline", color=None)
                info.props("flat dense no-caps").classes("soft phone-only")
                info.on_click(self._inform)
            field = ui.input(_("Search for a word"), on_change=lambda e: self._show(e.value))
            field.props("outlined dense clearable debounce=200 type=search").classes("full")
            self._found = ui.label().classes("unseen").props("role=status")
            self._place = ui.element("div").classes("info-groups")
        self._show("")
        self._dialog.open()

    def _show(self, typed: str | None) -> None:
        chapters = explanations.search(self._chapters, typed or "")
        count = sum(len(chapter.explanations) for chapter in chapters)
        self._found.set_text(
            ngettext("{count} entry", "{count} entries", count).format(count=count)
        )
        self._place.clear()
        with self._place:
            if not chapters:
                nothing = _("This word is not explained here. Your doctor will gladly tell you.")
                words("p", nothing).classes("quiet")
            for chapter in chapters:
                with ui.element("section"):
                    words("h3", chapter.title)
                    with ui.element("dl").classes("explained"):
                        for one in chapter.explanations:
                            words("dt", one.word)
                            words("dd", one.text)
