"""The "Exam information": what an image tells about itself, in groups, to be searched."""

from __future__ import annotations

from nicegui import ui

from services.access import Access
from services.exam import exam_information
from services.exam.exam_information import FactGroup
from services.exam.exams import SeriesEntry
from services.language import N_, _, ngettext
from ui.components.card import dialog_card
from ui.components.text import words
from ui.gate import Visit
from ui.problems import told

HIDDEN = N_("What could name the patient, a person or a place is not shown.")


class InfoPanel:
    """A dialog that is filled anew whenever it is opened."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._dialog = ui.dialog()
        self._groups: tuple[FactGroup, ...] = ()

    async def open(
        self, access: Access, series: SeriesEntry, slice: int, *, title: str = ""
    ) -> None:
        """Tell about an image of the access's exam, by its place (from 0) in its series.

        `title` is the exam's, which the bar of a phone has no room for.
        """
        with told():
            self._groups = await self._visit.run(
                exam_information.information, self._visit.portal, access, series, slice
            )
            self._dialog.clear()
            with dialog_card(_("Exam information"), self._dialog, size="large"):
                if title:
                    words("p", title).style("font-weight: 700")
                self._head(series, slice, hidden=access.hidden)
                self._found = ui.label().classes("unseen").props("role=status")
                self._place = ui.element("div").classes("info-groups")
            self._show("")
            self._dialog.open()

    def _head(self, series: SeriesEntry, slice: int, *, hidden: bool) -> None:
        about = _("{series}, image {number} of {total}").format(
            series=series.description, number=slice + 1, total=len(series.slices)
        )
        words("p", about).classes("quiet")
        if hidden:
            words("p", _(HIDDEN)).classes("info")
        field = ui.input(_("Search the exam information"), on_change=lambda e: self._show(e.value))
        field.props("outlined dense clearable debounce=200 type=search").classes("full")

    def _show(self, typed: str | None) -> None:
        groups = exam_information.search(self._groups, typed or "")
        count = sum(len(group.facts) for group in groups)
        self._found.set_text(
            ngettext("{count} entry", "{count} entries", count).format(count=count)
        )
        self._place.clear()
        with self._place:
            if not groups:
                words("p", _("Nothing of the exam information has these words.")).classes("quiet")
            for group in groups:
                with ui.element("section"):
                    words("h3", group.title)
                    with ui.element("dl").classes("exam-facts wide-facts"):
                        for fact in group.facts:
                            with ui.element("div"):
                                words("dt", fact.name)
                                words("dd", fact.value)
                                words("dd", fact.term).classes("term")
