"""The patient's exams along a line of years, opened in the same window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nicegui import background_tasks, ui

from services.errors import PortalError
from services.exam import priors
from services.exam.exams import Exam
from services.exam.priors import Prior, by_year
from services.language import _
from services.publisher import AccessChanged
from ui.addresses import study_address
from ui.components.header import named_button
from ui.components.modality_mark import modality_mark
from ui.components.text import words
from ui.gate import Visit

Beside = Callable[[Prior], object]


class PriorList:
    """All exams of the patient that this person may see, for as long as they may see them.

    `told` is called when exams came or went while the page is open.
    """

    def __init__(self, visit: Visit, exam: Exam, told: Callable[[], None]) -> None:
        self._visit = visit
        self._access = exam.access
        self._history = exam.history
        self._told = told
        self._places: list[tuple[ui.element, Beside | None]] = []
        self._asked = 0
        visit.listen(AccessChanged(exam.access.account_id), self._ask_again)
        self._watch_the_clock()

    @property
    def count(self) -> int:
        """How many exams there are beside the open one."""
        return sum(1 for prior in self._history if not prior.here)

    def build(self, beside: Beside | None = None) -> None:
        """The list; with `beside`, each exam has a button that puts it beside the open one."""
        place = ui.element("div")
        self._places.append((place, beside))
        self._draw(place, beside)

    def _draw(self, place: ui.element, beside: Beside | None) -> None:
        place.clear()
        with place:
            if not self.count:
                ui.label(_("There are no other exams to see.")).classes("quiet")
                return
            with ui.element("div").classes("timeline"):
                for year in by_year(self._history):
                    with ui.element("section").classes("year"):
                        words("h3", year.year or _("No date"))
                        with ui.element("ul"):
                            for prior in year.exams:
                                with ui.element("li").classes("here" if prior.here else ""):
                                    _entry(self._visit, prior, beside)

    def _ask_again(self) -> None:
        background_tasks.create(self._renew(), name="priors")

    async def _renew(self) -> None:
        self._asked += 1
        asked, visit = self._asked, self._visit
        try:
            found = await visit.run(priors.history, visit.portal, self._access)
        except PortalError:
            return  # the open exam itself may no longer be seen: the page says so
        if asked != self._asked or visit.client.is_deleted:
            return
        before, self._history = self._shown(), found
        if self._shown() != before:
            for place, beside in self._places:
                if not place.is_deleted:
                    self._draw(place, beside)
            self._told()
        self._watch_the_clock()

    def _shown(self) -> list[tuple[str, bool]]:
        """What would be drawn anew if it changed; an address tells the exam and the share."""
        portal = self._visit.portal
        return [(study_address(portal, p.access), p.reported) for p in self._history]

    def _watch_the_clock(self) -> None:
        """Ask again when the first of the accesses ends by itself."""
        ends = [p.access.changes_at for p in self._history if p.access.changes_at is not None]
        if ends:
            self._visit.at(min(ends), self._ask_again)


def _entry(visit: Visit, prior: Prior, beside: Beside | None) -> None:
    if prior.here:
        with ui.element("div").classes("prior-here").props("aria-current=true"):
            _told(prior)
        return
    link = ui.element("a").classes("prior")
    link.props["href"] = study_address(visit.portal, prior.access)
    with link:
        _told(prior)
    if beside is not None:
        name = _("Compare with {exam}").format(exam=prior.label)
        named_button("compare", name, partial(beside, prior)).classes("desk-only")


def _told(prior: Prior) -> None:
    modality_mark(prior.modality)
    with ui.element("span").classes("prior-text"):
        words("b", prior.label)
        words("small", _what(prior))
        with ui.element("span").classes("tags"):
            if prior.here:
                words("span", _("this exam")).classes("tag strong")
            elif prior.age:
                words("small", prior.age)
            if prior.reported:
                with ui.element("span").classes("tag"):
                    ui.icon("description")
                    words("span", _("report"))


def _what(prior: Prior) -> str:
    """The exam's description, and the body part where the description does not name it."""
    if prior.body_part.casefold() in prior.description.casefold():
        return prior.description
    return ", ".join(filter(None, (prior.description, prior.body_part)))
