"""The list of exams, and the way to the newest one."""

from __future__ import annotations

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services import exam_list, exams
from services.exam_list import ListedExam
from services.language import _
from ui.addresses import study_address
from ui.components.header import bar
from ui.components.padlock import padlock
from ui.components.text import words
from ui.gate import Visit, enter


@ui.page("/")
async def front(request: Request) -> Response:
    """To the most recent exam, or to where this person starts."""
    visit = await enter(request)
    if isinstance(visit, Response):
        return visit
    who = visit.who
    newest = await visit.run(exams.newest, visit.portal, who.account_id)
    if newest is None or who.kind == "staff":
        return RedirectResponse("/studies", status_code=303)
    return RedirectResponse(
        study_address(visit.portal, who.account_id, newest.study_id), status_code=303
    )


@ui.page("/studies")
async def studies_page(request: Request) -> Response | None:
    """Every exam this person may see, newest first."""
    visit = await enter(request)
    if isinstance(visit, Response):
        return visit
    ui.page_title(f"{_('Exams')} - {visit.portal.settings.portal_name}")
    listed = await visit.run(exam_list.listed, visit.portal, visit.who.account_id)
    with bar(visit):
        padlock(visit)
    with ui.element("div").classes("wide"):
        words("h1", _("Exams"))
        ui.label(_("The newest comes first. Choose one to see its images and report.")).classes(
            "lead"
        )
        with ui.element("div").classes("list"):
            if not listed:
                _nothing(visit)
            for exam in listed:
                _row(visit, exam)
    return None


def _nothing(visit: Visit) -> None:
    if visit.who.kind == "breakglass":
        sentence = _("To find a patient in an emergency, break the glass: the padlock at the top.")
    else:
        sentence = _("There is no exam for you at the moment. Shares end after their time is over.")
    ui.label(sentence).classes("card")


def _row(visit: Visit, exam: ListedExam) -> None:
    address = study_address(visit.portal, exam.access.account_id, exam.access.study_id)
    with ui.element("a").classes("exam-row") as row:
        row.props["href"] = address
        words("span", exam.modality or "OT").classes("badge")
        with ui.element("span").classes("what"):
            words("b", exam.description or _("Exam"))
            words("span", f"{exam.patient}, {exam.when}").classes("quiet")
        if exam.because:
            words("span", exam.because).classes("tag")
