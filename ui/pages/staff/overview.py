"""The staff desk's front page: the rooms that the role may enter, and what waits in them."""

from __future__ import annotations

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from services.desk import desk_overview
from services.desk.desk_overview import MOST
from services.language import _, ngettext
from services.persons.staff_roles import Task
from ui.components.desk.staff_frame import Place, enter_desk, places, staff_frame
from ui.components.text import words
from ui.gate import PATIENCE


@ui.page("/staff", response_timeout=PATIENCE)
async def staff_page(request: Request) -> Response | None:
    """The rooms of the desk."""
    visit = await enter_desk(request)
    if visit is None or isinstance(visit, Response):
        return visit
    waiting = await visit.run(desk_overview.waiting, visit.portal, visit.who.account_id)
    lead = _("What your role may do. Everything you look at and change is in the audit trail.")
    with staff_frame(visit, _("Staff desk"), lead=lead), ui.element("div").classes("desk-cards"):
        for place in places(visit.who):
            _card(place, waiting.get(place.task, 0))
    return None


def _card(place: Place, waiting: int) -> None:
    with ui.element("a") as card:
        card.props["href"] = place.path
        ui.icon(place.icon).props("aria-hidden=true")
        with ui.element("span"):
            words("b", _(place.title))
            words("small", _(place.about))
            if waiting:
                words("span", _waits(place.task, waiting)).classes("tag waiting")


def _waits(task: Task, count: int) -> str:
    match task:
        case Task.SEE_PATIENTS:
            text = ngettext(
                "{count} exam of contradictory identity", "{count} exams of contradictory identity",
                count,
            )  # fmt: skip
        case Task.SEE_ACCOUNTS:
            text = ngettext(
                "{count} patient asks to end a carer", "{count} patients ask to end a carer", count
            )
        case Task.SEE_MESSAGES:
            text = ngettext("{count} failed", "{count} failed", count)
        case _:
            text = ngettext("{count} waits", "{count} wait", count)
    return text.format(count=f"{MOST}+" if count >= MOST else count)
