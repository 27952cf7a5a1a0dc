"""Who, what and when of the exam beside its images, and the ways to learn more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from services.exam.exam_heading import Heading
from services.language import N_, _
from ui.components.modality_mark import modality_mark
from ui.components.text import words

HIDDEN = N_("The patient's details are hidden: this is how the exam was shared with you.")


def exam_header(
    heading: Heading, inform: Callable[[], Awaitable[None]] | None, explain: Callable[[], None]
) -> ui.label:
    """The head of the side panel; `inform` opens the exam information, where there are images.

    Returns the label that tells until when the exam is shared: that may change.
    """
    with ui.element("section").classes("exam-head"):
        with ui.element("div").classes("exam-what"):
            modality_mark(heading.modality)
            with ui.element("div"):
                words("h2", heading.what)
                words("p", f"{heading.kind}, {heading.when}" if heading.when else heading.kind)
        with ui.element("p").classes("exam-who"):
            words("b", heading.who)
            if heading.age:
                words("span", heading.age).classes("quiet")
        if heading.hidden:
            words("p", _(HIDDEN)).classes("quiet")
        lasting = ui.label(heading.lasting).classes("quiet")
        lasting.set_visibility(bool(heading.lasting))
        if heading.details:
            with ui.element("details"):
                words("summary", _("Details of the exam"))
                with ui.element("dl").classes("exam-facts"):
                    for label, value in heading.details:
                        with ui.element("div"):
                            words("dt", label)
                            words("dd", value)
        with ui.element("div").classes("row"):
            ask = ui.button(_("What am I looking at?"), icon="help_outline", color=None)
            ask.props("flat dense no-caps").classes("soft").on_click(explain)
            if inform is not None:
                info = ui.button(_("Exam information"), icon="info_outline", color=None)
                info.props("flat dense no-caps").classes("soft").on_click(inform)
    return lasting
