"""The list of exams, and the way to the newest one."""

from __future__ import annotations

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services import exam_list, exams
from services.errors import NotFound
from services.exam_list import ListedExam
from services.language import _
from ui.addresses import study_address
from ui.components.header import bar
from ui.components.padlock import padlock
from ui.components.text import words
from ui.components.whose import Whose, address, asked, follow
from ui.gate import Visit, enter
from ui.pages.not_found import not_found


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
    try:
        whose = await asked(visit, request)
    except NotFound as error:
        not_found(visit, str(error), _("These exams are not available"))
        return None
    ui.page_title(f"Exams - {visit.portal.settings.portal_name}")
    listed = await visit.run(
        exam_list.listed,
        visit.portal,
        visit.who.account_id,
        whose.patient_id,
        cares=bool(whose.people),
    )
    with bar(visit, whose=whose):
        padlock(visit)
    with ui.element("div").classes("wide"):
        words("h1", whose.title if whose.people else "Exams")
        ui.label("The newest comes first. Choose one to see its images and report.").classes("lead")
        with ui.element("div").classes("list"):
            if not listed:
                _nothing(visit, whose)
            for exam in listed:
                _row(visit, exam)
    follow(visit, whose)
    return None


def _nothing(visit: Visit, whose: Whose) -> None:
    if visit.who.kind == "breakglass":
        sentence = "To find a patient in an emergency, break the glass: the padlock at the top."
    else:
        sentence = "There is no exam for you at the moment. Shares end after their time is over."
    with ui.element("div").classes("card"):
        ui.label(sentence)
        for person in whose.people if whose.chosen is None else ():
            name = Whose((), person).title
            ui.link(name, address(visit, "/studies", person)).classes("button-like")


def _row(visit: Visit, exam: ListedExam) -> None:
    address = study_address(visit.portal, exam.access.account_id, exam.access.study_id)
    with ui.element("a").classes("exam-row") as row:
        row.props["href"] = address
        words("span", exam.modality or "OT").classes("badge")
        with ui.element("span").classes("what"):
            words("b", exam.description or "Exam")
            words("span", f"{exam.patient}, {exam.when}").classes("quiet")
        if exam.because:
            words("span", exam.because).classes("tag")
