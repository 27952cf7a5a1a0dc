"""The frame of the staff desk: its navigation, which has only what the role may do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from nicegui import app, ui
from starlette.requests import Request
from starlette.responses import Response

from services import logs
from services.language import N_, _
from services.persons import staff_roles
from services.persons.staff_roles import Task
from services.signing_in.sessions import SignedIn
from ui.components.header import bar
from ui.components.text import words
from ui.gate import Visit, enter
from ui.pages.not_found import not_found


@dataclass(frozen=True, slots=True)
class Place:
    """A room of the desk: where it is, what it is called, who may enter."""

    path: str
    title: str
    icon: str
    task: Task
    about: str


DESK = "/staff"
PLACES = (
    Place("/staff/applications", N_("Applications"), "assignment_ind", Task.SEE_APPLICATIONS,
          N_("People who ask for a break-glass account")),
    Place("/staff/accounts", N_("Accounts"), "group", Task.SEE_ACCOUNTS,
          N_("Make, link, disable; send the set-up again")),
    Place("/staff/patients", N_("Patients"), "badge", Task.SEE_PATIENTS,
          N_("Records, who they belong to, contradictory identity")),
    Place("/staff/exams", N_("Exams"), "photo_library", Task.SEE_EXAMS,
          N_("Find, hide from the patient, release")),
    Place("/staff/quarantine", N_("Quarantine"), "report_problem", Task.SEE_QUARANTINE,
          N_("What arrived and could not be taken in, and why")),
    Place("/staff/messages", N_("Messages"), "outgoing_mail", Task.SEE_MESSAGES,
          N_("What left, what waits, what failed")),
    Place("/staff/break-glass", N_("Break-glass reviews"), "emergency", Task.SEE_BREAK_GLASS,
          N_("Every emergency access, to be reviewed")),
    Place("/staff/audit", N_("Audit"), "fact_check", Task.SEE_AUDIT,
          N_("Who did what, and whether the record is whole")),
    Place("/staff/system", N_("System"), "monitor_heart", Task.SEE_SYSTEM,
          N_("Whether everything works, and what to do if not")),
)  # fmt: skip


def places(who: SignedIn) -> list[Place]:
    """The rooms that this person's role may enter."""
    served = {getattr(route, "path", "") for route in app.routes}
    return [
        place
        for place in PLACES
        if place.path in served and staff_roles.may(who.kind, who.role, place.task)
    ]


async def enter_desk(request: Request, task: Task | None = None) -> Visit | Response | None:
    """The visit of a staff member whose role has the task (None: of any staff member).

    A Response is the way to the log-in page, to be returned. None: the page already says that it is
    not for this person, and nothing more is to be shown. Services check again what is done.
    """
    visit = await enter(request)
    if isinstance(visit, Response):
        return visit
    who = visit.who
    if who.kind == "staff" and (task is None or staff_roles.may(who.kind, who.role, task)):
        return visit
    logs.refused(who.account_id, f"the task: {task}" if task else "the staff desk")
    sentence = _(staff_roles.REFUSED) if who.kind == "staff" else _("This page is for staff.")
    not_found(visit, sentence, _("This page is not available"))
    return None


@contextmanager
def staff_frame(
    visit: Visit, title: str, *, path: str = DESK, lead: str = ""
) -> Iterator[ui.element]:
    """A page of the desk with its title as heading; `path` is the room it belongs to.

    What the block makes stands below the heading; it gets the place for buttons at the right of it.
    """
    ui.page_title(f"{title} - {visit.portal.settings.portal_name}")
    with bar(visit):
        pass
    with ui.element("div").classes("desk"):
        _navigation(visit.who, path)
        with ui.element("main").classes("desk-main"):
            with ui.element("div").classes("desk-head"):
                with ui.element("div"):
                    words("h1", title)
                    if lead:
                        words("p", lead).classes("lead")
                actions = ui.element("div").classes("row")
            yield actions


def _navigation(who: SignedIn, here: str) -> None:
    with ui.element("nav").classes("desk-nav") as nav:
        nav.props["aria-label"] = _("Staff desk")
        _link(DESK, _("Overview"), "dashboard", here)
        for place in places(who):
            _link(place.path, _(place.title), place.icon, here)


def _link(path: str, title: str, icon: str, here: str) -> None:
    with ui.element("a") as link:
        link.props["href"] = path
        if path == here:
            link.props["aria-current"] = "page"
        ui.icon(icon).props("aria-hidden=true")
        words("span", title)
