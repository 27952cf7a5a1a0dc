"""Manage existing sharing, as a page of its own, and who has looked."""

from __future__ import annotations

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from services import looks
from services.language import _
from ui.components.header import bar
from ui.components.sharing_table import SharingTable
from ui.components.text import words
from ui.gate import enter


@ui.page("/sharing")
async def sharing_page(request: Request) -> Response | None:
    """Everything this person shares, over all exams."""
    visit = await enter(request)
    if isinstance(visit, Response):
        return visit
    ui.page_title(f"{_('Manage existing sharing')} - {visit.portal.settings.portal_name}")
    with bar(visit):
        pass
    with ui.element("div").classes("wide"):
        words("h1", _("Manage existing sharing"))
        ui.label(
            _(
                "Everybody who can see exams because of you, and those they shared them on to. The "
                "trash icon ends a person's access at once, with everything they shared on."
            )
        ).classes("lead")
        with ui.element("section").classes("card"):
            table = SharingTable(visit)
            await table.fill()
        ui.link(_("Back to my exams"), "/studies").style("display: inline-block; margin-top: 18px")
    return None


@ui.page("/looks")
async def looks_page(request: Request) -> Response | None:
    """Who has looked at this person's exams."""
    visit = await enter(request)
    if isinstance(visit, Response):
        return visit
    ui.page_title(f"{_('Who has looked')} - {visit.portal.settings.portal_name}")
    entries = await visit.run(looks.looks, visit.portal, visit.who.account_id)
    with bar(visit):
        pass
    with ui.element("div").classes("wide"):
        words("h1", _("Who has looked"))
        ui.label(_("Looks at your exams and everything that was shared, newest first.")).classes(
            "lead"
        )
        with ui.element("section").classes("card"):
            if not entries:
                ui.label(_("Nobody has looked at exams of yours yet.")).classes("quiet")
            with ui.element("table").classes("plain"):
                for entry in entries:
                    with ui.element("tr"):
                        words("td", entry.when).style("white-space: nowrap")
                        with ui.element("td"):
                            words("b", entry.who)
                            words("span", f" {entry.what}")
                            if entry.emergency:
                                words("span", _("emergency")).classes("tag").style(
                                    "margin-left: 8px"
                                )
        ui.link(_("Back to my exams"), "/studies").style("display: inline-block; margin-top: 18px")
    return None
