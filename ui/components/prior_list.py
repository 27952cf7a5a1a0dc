"""The patient's other exams, opened in the same window."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from services.exams import Exam
from services.language import _
from ui.addresses import study_address
from ui.components.text import words
from ui.gate import Visit


def prior_list(
    visit: Visit, exam: Exam, compare: Callable[[int], Awaitable[None]] | None = None
) -> None:
    """Earlier (and later) exams of the same patient that this person may see.

    `compare` puts the one with this study id beside the exam.
    """
    if not exam.priors:
        ui.label("There are no other exams to see.").classes("quiet")
    for prior in exam.priors:
        row = ui.element("div").classes("prior-row")
        with row:
            link = ui.element("a").classes("prior")
        link.props["href"] = study_address(visit.portal, visit.who.account_id, prior.study_id)
        with link:
            words("b", prior.label)
            words("small", ", ".join(filter(None, (prior.description, prior.age))))
        if compare is not None and exam.series:
            with row:
                name = _("Compare with {exam}").format(exam=prior.label)
                button = ui.button(_("Compare"), color=None)
                button.props("flat dense").on_click(partial(compare, prior.study_id))
                button.props["aria-label"] = name
