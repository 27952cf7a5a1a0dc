"""The patient's other exams, opened in the same window."""

from __future__ import annotations

from nicegui import ui

from services.exams import Exam
from ui.addresses import study_address
from ui.components.text import words
from ui.gate import Visit


def prior_list(visit: Visit, exam: Exam) -> None:
    """Earlier (and later) exams of the same patient that this person may see."""
    if not exam.priors:
        ui.label("There are no other exams to see.").classes("quiet")
    for prior in exam.priors:
        link = ui.element("a").classes("prior")
        link.props["href"] = study_address(visit.portal, visit.who.account_id, prior.study_id)
        with link:
            words("b", prior.label)
            words("small", ", ".join(filter(None, (prior.description, prior.age))))
