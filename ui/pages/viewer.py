"""The viewer: an exam's images, its report and its priors in one window."""

from __future__ import annotations

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from services.errors import PortalError
from services.exam import exams
from ui.addresses import exam_at
from ui.components.exam.reading_room import Room
from ui.gate import PATIENCE, Visit, enter
from ui.pages.not_found import not_found


@ui.page("/study/{address}", response_timeout=PATIENCE)
async def study_page(request: Request, address: str) -> Response | None:
    """An exam; what this person may not see looks like what does not exist."""
    visit = await enter(request)
    if isinstance(visit, Response):
        return visit
    try:
        access = await visit.run(exam_at, visit.portal, visit.who.account_id, address)
        exam = await visit.run(exams.open_exam, visit.portal, access)
    except PortalError as error:
        not_found(visit, str(error))
        return None
    ui.page_title(f"{exam.page_title} - {visit.portal.settings.portal_name}")
    await Room(visit, exam, on_lost=lambda error: _close(visit, error)).furnish()
    return None


def _close(visit: Visit, error: PortalError) -> None:
    """The exam may no longer be seen: everything of it leaves the page at once."""
    if visit.over:
        visit.end()
        return
    visit.blank()
    with visit.client.content:
        not_found(visit, str(error))
