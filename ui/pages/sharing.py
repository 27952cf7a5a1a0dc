"""Manage existing sharing, as a page of its own: a person's own picture of who sees what."""

from __future__ import annotations

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from services.errors import NotFound
from services.language import _
from ui.components.header import bar
from ui.components.sharing.carer_list import CarerList
from ui.components.sharing.sharing_trees import SharingTrees
from ui.components.sharing.whose import address, asked, follow
from ui.components.text import words
from ui.gate import PATIENCE, enter
from ui.pages.not_found import not_found


@ui.page("/sharing", response_timeout=PATIENCE)
async def sharing_page(request: Request) -> Response | None:
    """Everything this person shares, or what is shared of one they care for."""
    visit = await enter(request)
    if isinstance(visit, Response):
        return visit
    try:
        whose = await asked(visit, request)
    except NotFound as error:
        not_found(visit, str(error), _("These exams are not available"))
        return None
    ui.page_title(f"{_('Manage existing sharing')} - {visit.portal.settings.portal_name}")
    with bar(visit, whose=whose):
        pass
    with ui.element("div").classes("wide"):
        words("h1", _("Manage existing sharing"))
        ui.label(
            _(
                "Everybody who can see these exams, and those they shared them on to. The trash "
                "icon ends a person's access at once, with everything they shared on."
            )
        ).classes("lead")
        trees = SharingTrees(visit, whose)
        await trees.fill()
        await CarerList(visit, whose).fill()
        exams = ui.link(whose.title, address(visit, "/studies", whose.chosen))
        exams.style("display: inline-block; margin-top: 18px")
    follow(visit, whose)
    return None
