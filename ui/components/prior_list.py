"""The patient's exams along a line of years, opened in the same window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nicegui import ui

from services.exams import Exam
from services.language import _
from services.priors import Prior, by_year
from ui.addresses import study_address
from ui.components.header import named_button
from ui.components.modality_mark import modality_mark
from ui.components.text import words
from ui.gate import Visit


def prior_list(visit: Visit, exam: Exam, beside: Callable[[Prior], object] | None = None) -> None:
    """All exams of the patient that this person may see; the open one is marked.

    With `beside`, each of the others has a button that puts it beside the open exam.
    """
    if not exam.priors:
        ui.label(_("There are no other exams to see.")).classes("quiet")
        return
    with ui.element("div").classes("timeline"):
        for year in by_year(exam.history):
            with ui.element("section").classes("year"):
                words("h3", year.year or _("No date"))
                with ui.element("ul"):
                    for prior in year.exams:
                        with ui.element("li").classes("here" if prior.here else ""):
                            _entry(visit, prior, beside)


def _entry(visit: Visit, prior: Prior, beside: Callable[[Prior], object] | None) -> None:
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
