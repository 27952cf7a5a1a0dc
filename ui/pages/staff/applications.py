"""Applications for break-glass accounts: the list, and one application to be decided."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from services import dates
from services.errors import PortalError
from services.glass import application_list, applications
from services.glass.application_list import Details, Row
from services.language import _
from services.persons.staff_roles import Task
from ui.components.desk.application_deeds import Deeds
from ui.components.desk.paged_table import Choice, PagedTable, link_column, text_column
from ui.components.desk.staff_frame import enter_desk, staff_frame
from ui.components.facts import facts, section
from ui.components.text import words
from ui.gate import PATIENCE, Visit
from ui.pages.not_found import not_found

PATH = "/staff/applications"


@ui.page(PATH, response_timeout=PATIENCE)
async def applications_page(request: Request) -> Response | None:
    """The list, those that wait first."""
    visit = await enter_desk(request, Task.SEE_APPLICATIONS)
    if visit is None or isinstance(visit, Response):
        return visit
    zone = visit.portal.settings.zone
    columns = [
        link_column(
            _("Name"), lambda r: r.name, lambda r: f"{PATH}/{r.number}", "name",
            under=lambda r: r.email,
        ),
        text_column(_("Practice or hospital"), lambda r: r.practice, "practice"),
        text_column(_("Provider number"), lambda r: r.provider_number, tight=True),
        text_column(
            _("Submitted"), lambda r: dates.moment(r.submitted_at, zone), "submitted", tight=True
        ),
        text_column(_("State"), _state, "status"),
    ]  # fmt: skip
    table: PagedTable[Row] = PagedTable(
        visit, _("Applications"), columns,
        lambda wanted: application_list.listed(visit.portal, visit.who.account_id, wanted),
        search=_("Search"), search_hint=_("Name, address, practice or number"),
        choices=[
            Choice("status", _("State"), {
                "": _("All"),
                "open": _("To be decided"),
                **{key: _(name) for key, name in application_list.STATES.items()},
            }),
        ],
        nothing=_("Nobody has applied so far."), icon="assignment_ind",
    )  # fmt: skip
    lead = _("People outside the hospital who ask for a break-glass account.")
    with staff_frame(visit, _("Applications"), path=PATH, lead=lead) as actions:
        with actions:
            ui.link(_("Application form"), "/apply", new_tab=True)
        await table.show(request)
    return None


def _state(row: Row) -> str:
    state = _(application_list.STATES[row.status])
    if row.status in application_list.OPEN and row.identity_checked:
        return _("{state}, identity checked").format(state=state)
    return state


@ui.page(PATH + "/{number}", response_timeout=PATIENCE)
async def application_page(request: Request, number: int) -> Response | None:
    """One application."""
    visit = await enter_desk(request, Task.SEE_APPLICATIONS)
    if visit is None or isinstance(visit, Response):
        return visit
    try:
        found = await visit.run(
            application_list.details, visit.portal, visit.who.account_id, number
        )
    except PortalError as error:
        not_found(visit, str(error), _("This application is not available"))
        return None
    with staff_frame(visit, found.row.name, path=PATH):
        place = ui.element("div").classes("sections")
    _fill(visit, place, found)
    return None


def _fill(visit: Visit, place: ui.element, found: Details) -> None:
    async def again() -> None:
        newer = await visit.run(
            application_list.details, visit.portal, visit.who.account_id, found.row.number
        )
        _fill(visit, place, newer)

    place.clear()
    with place:
        with ui.link("", PATH).classes("back"):
            ui.icon("arrow_back").props("aria-hidden=true")
            words("span", _("All applications"))
        _about(visit, found)
        _identity(visit, found, again)
        if found.exchanges:
            _exchanges(visit, found)
        _decision(visit, found, again)


def _about(visit: Visit, found: Details) -> None:
    row = found.row
    with section(_("Application")):
        facts(
            (
                (_("State"), _state(row)),
                (_("Submitted"), dates.moment(row.submitted_at, visit.portal.settings.zone)),
                (_("Email address"), row.email),
                (_("Contact mobile number"), found.mobile),
                (_("Provider number"), row.provider_number),
                (_("Practice or hospital"), row.practice),
                (_("Why"), found.reason),
            )
        )
        for remark in _remarks(found):
            words("p", remark).classes("note").style("margin-top: 12px")


def _remarks(found: Details) -> list[str]:
    remarks = []
    if found.is_open and found.account_kind == "guest":
        remarks.append(
            _(
                "This address has a guest account. If you approve, it becomes the break-glass "
                "account: what is shared with it stays to be looked at, but not to be shared on, "
                "downloaded or printed."
            )
        )
    elif found.is_open and found.account_kind == "breakglass":
        remarks.append(
            _("This address has a break-glass account. If you approve, it goes on for a year.")
        )
    elif found.is_open and found.account_kind:
        remarks.append(_(applications.TAKEN).format(kind=found.account_kind))
    if found.others:
        remarks.append(_("There are more applications from this address: please compare them."))
    return remarks


def _identity(visit: Visit, found: Details, again: Callable[[], Awaitable[None]]) -> None:
    with section(_("Identity check")):
        if found.identity_at is not None:
            facts(
                (
                    (_("How"), application_list.way_name(found.identity_way)),
                    (_("Note"), found.identity_note),
                    (_("By"), found.identity_by),
                    (_("When"), dates.moment(found.identity_at, visit.portal.settings.zone)),
                )
            )
        elif found.is_open:
            words("p", _("Not checked so far. An account is made only after this.")).classes(
                "quiet"
            )
        if found.is_open:
            Deeds(visit, found.row.number, again).identity_form(bool(found.identity_at))


def _exchanges(visit: Visit, found: Details) -> None:
    zone = visit.portal.settings.zone
    with section(_("Questions to the applicant")):
        for exchange in found.exchanges:
            answered = exchange.answered_at
            facts(
                (
                    (_("Asked"), exchange.question),
                    (_("By"), exchange.asked_by),
                    (_("When"), dates.moment(exchange.asked_at, zone)),
                    (_("Answer"), exchange.answer or _("None so far")),
                    (_("Answered"), dates.moment(answered, zone) if answered else ""),
                )
            )


def _decision(visit: Visit, found: Details, again: Callable[[], Awaitable[None]]) -> None:
    if found.is_open:
        with section(_("Decision")):
            Deeds(visit, found.row.number, again).decision(ready=found.identity_at is not None)
        return
    with section(_("Decision")):
        decided = found.decided_at
        facts(
            (
                (_("Outcome"), _(application_list.STATES[found.row.status])),
                (_("By"), found.decided_by),
                (_("When"), dates.moment(decided, visit.portal.settings.zone) if decided else ""),
                (_("Reason"), found.decline_reason),
            )
        )
