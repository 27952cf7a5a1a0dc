"""The staff desk's front page: the rooms that the role may enter, and what waits in them."""

from __future__ import annotations

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from services.language import _
from ui.components.staff_frame import enter_desk, places, staff_frame
from ui.components.text import words


@ui.page("/staff")
async def staff_page(request: Request) -> Response | None:
    """The rooms of the desk."""
    visit = await enter_desk(request)
    if visit is None or isinstance(visit, Response):
        return visit
    lead = _("What your role may do. Everything you look at and change is in the audit trail.")
    with staff_frame(visit, _("Staff desk"), lead=lead), ui.element("div").classes("desk-cards"):
        for place in places(visit.who):
            with ui.element("a") as card:
                card.props["href"] = place.path
                ui.icon(place.icon).props("aria-hidden=true")
                with ui.element("span"):
                    words("b", _(place.title))
                    words("small", _(place.about))
    return None
