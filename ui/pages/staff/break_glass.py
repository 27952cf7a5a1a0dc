"""Broken glass to be reviewed: the queue, and one event with its outcome."""

from __future__ import annotations

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from services import dates
from services.errors import PortalError
from services.glass import glass_flags, glass_reviews
from services.glass.glass_reasons import reason_name
from services.glass.glass_reviews import OUTCOMES, Details, Row
from services.language import _
from services.persons import staff_roles
from services.persons.staff_roles import Task
from ui.components.account.password_again import password_again
from ui.components.card import text_area
from ui.components.desk.paged_table import Choice, Column, PagedTable, link_column, text_column
from ui.components.desk.staff_frame import enter_desk, staff_frame
from ui.components.facts import facts, section
from ui.components.text import words
from ui.gate import PATIENCE, Visit
from ui.pages.not_found import not_found
from ui.problems import Field, tell, told

PATH = "/staff/break-glass"


@ui.page(PATH, response_timeout=PATIENCE)
async def reviews_page(request: Request) -> Response | None:
    """The queue, newest first."""
    visit = await enter_desk(request, Task.SEE_BREAK_GLASS)
    if visit is None or isinstance(visit, Response):
        return visit
    zone = visit.portal.settings.zone
    columns = [
        link_column(
            _("Broken"), lambda r: dates.moment(r.opened_at, zone), lambda r: f"{PATH}/{r.number}",
            "opened",
        ),
        Column(_("By"), _by, "name"),
        text_column(_("Patient opened"), lambda r: "; ".join(r.patients)),
        Column(_("Reason"), _why),
        Column(_("Unusual"), _flags),
        text_column(_("Outcome"), _outcome, "outcome"),
    ]  # fmt: skip
    table: PagedTable[Row] = PagedTable(
        visit, _("Break-glass reviews"), columns,
        lambda wanted: glass_reviews.listed(visit.portal, visit.who.account_id, wanted),
        search=_("Search"), search_hint=_("Who broke the glass"),
        choices=[
            Choice("state", _("State"), {
                "": _("All"), "waiting": _("To be reviewed"),
                **{key: _(name) for key, name in OUTCOMES.items()},
                "nothing": _("No patient opened"),
            }),
            Choice("flag", _("Unusual"), {
                "": _("All"), "any": _("Anything unusual"),
                **{str(flag): _(name) for flag, name in glass_flags.NAMES.items()},
            }),
        ],
        nothing=_("Nobody has broken the glass so far."), icon="emergency",
    )  # fmt: skip
    lead = _("Every emergency access is reviewed. What is marked as unusual accuses nobody.")
    with staff_frame(visit, _("Break-glass reviews"), path=PATH, lead=lead):
        await table.show(request)
    return None


def _by(row: Row) -> None:
    words("span", row.name)
    if row.practice:
        words("small", row.practice)


def _why(row: Row) -> None:
    words("span", reason_name(row.reason_code))
    words("small", row.reason)


def _flags(row: Row) -> None:
    with ui.element("span").classes("flags"):
        for flag in row.flags:
            words("span", _(glass_flags.NAMES[flag])).classes("tag waiting")
        if not row.flags:
            words("span", "–")


def _outcome(row: Row) -> str:
    if row.outcome:
        return _(OUTCOMES[row.outcome])
    return _("To be reviewed") if row.patients else _("No patient opened")


@ui.page(PATH + "/{number}", response_timeout=PATIENCE)
async def review_page(request: Request, number: int) -> Response | None:
    """One broken glass."""
    visit = await enter_desk(request, Task.SEE_BREAK_GLASS)
    if visit is None or isinstance(visit, Response):
        return visit
    try:
        found = await visit.run(glass_reviews.details, visit.portal, visit.who.account_id, number)
    except PortalError as error:
        not_found(visit, str(error), _("This event is not available"))
        return None
    title = _("Emergency access {number}").format(number=number)
    with staff_frame(visit, title, path=PATH):
        place = ui.element("div").classes("sections")
    _fill(visit, place, found)
    return None


def _fill(visit: Visit, place: ui.element, found: Details) -> None:
    place.clear()
    with place:
        with ui.link("", PATH).classes("back"):
            ui.icon("arrow_back").props("aria-hidden=true")
            words("span", _("All reviews"))
        _about(visit, found)
        _what_was_done(visit, found)
        _review(visit, place, found)
        _accepted(found)


def _about(visit: Visit, found: Details) -> None:
    row, zone = found.row, visit.portal.settings.zone
    closed = found.closed_at
    with section(_("What happened")):
        if row.flags:
            with ui.element("div").classes("flags").style("margin-bottom: 12px"):
                for flag in row.flags:
                    words("span", _(glass_flags.NAMES[flag])).classes("tag waiting")
        facts(
            (
                (_("Patient opened"), "; ".join(row.patients) or _("None")),
                (_("By"), ", ".join(filter(None, (row.name, row.practice)))),
                (_("Email address"), found.email),
                (_("Mobile number"), found.mobile),
                (_("Provider number"), found.provider_number),
                (_("Kind of emergency"), reason_name(row.reason_code)),
                (_("Reason given"), row.reason),
                (_("Broken"), dates.moment(row.opened_at, zone)),
                (_("Closed"), dates.moment(min(closed or found.until, found.until), zone)),
                (_("Breaks in the 30 days before"), str(found.breaks_before)),
            )
        )


def _what_was_done(visit: Visit, found: Details) -> None:
    zone = visit.portal.settings.zone
    with section(_("What was done")), ui.element("ol").classes("timeline"):
        for step in found.steps:
            with ui.element("li"):
                words("time", step.at.astimezone(zone).strftime("%H:%M:%S")).classes("quiet")
                words("span", step.what)


def _review(visit: Visit, place: ui.element, found: Details) -> None:
    may = staff_roles.may(visit.who.kind, visit.who.role, Task.REVIEW_BREAK_GLASS)
    with section(_("Review")):
        if found.reviewed_at is not None:
            facts(
                (
                    (_("Outcome"), _outcome(found.row)),
                    (_("Note"), found.review_note),
                    (_("By"), found.reviewed_by),
                    (_("When"), dates.moment(found.reviewed_at, visit.portal.settings.zone)),
                )
            )
        if may:
            with ui.expansion(
                _("Change the outcome") if found.row.outcome else _("Write down the outcome"),
                value=not found.row.outcome,
            ).classes("full"):
                _review_form(visit, place, found)


def _review_form(visit: Visit, place: ui.element, found: Details) -> None:
    outcome = ui.radio({key: _(name) for key, name in OUTCOMES.items()})
    outcome.value = found.row.outcome or None
    outcome.props["inline"] = True
    outcome.props["aria-label"] = _("Outcome")
    note = text_area(_("Note"))
    note.value = found.review_note

    async def save() -> None:
        with told(Field("note", note)):
            if not await password_again(visit):
                return
            portal, who, number = visit.portal, visit.who, found.row.number
            await visit.run(
                glass_reviews.review, portal, who, number, outcome.value or "", note.value or ""
            )
            tell(_("The outcome is recorded. The patient reads it under 'Who has looked'."),
                 good=True)  # fmt: skip
            _fill(
                visit, place, await visit.run(glass_reviews.details, portal, who.account_id, number)
            )

    ui.button(_("Save the outcome"), on_click=save, color="accent").classes("primary").style(
        "margin-top: 12px"
    )


def _accepted(found: Details) -> None:
    title = _("Conditions that were accepted (version {version})").format(
        version=found.conditions_version
    )
    with section(title):
        if found.conditions is None:
            words("p", _("The text of this version is not kept on this machine.")).classes("quiet")
            return
        with ui.element("ul").style("margin: 0; padding-left: 20px"):
            for sentence in found.conditions.sentences:
                words("li", sentence)
