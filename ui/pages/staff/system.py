"""System health at the staff desk: what works, what does not, and what to do; no secrets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from services import dates
from services.language import _, ngettext
from services.persons.staff_roles import Task
from services.upkeep import system_health
from services.upkeep.checkup.finding import Finding, Level
from services.upkeep.system_health import Vital
from ui.components.desk.staff_frame import enter_desk, staff_frame
from ui.components.text import words
from ui.gate import PATIENCE, Visit
from ui.problems import told

PATH = "/staff/system"
ICONS = {Level.GOOD: "check_circle", Level.WEAK: "warning", Level.BAD: "error"}


@ui.page(PATH, response_timeout=PATIENCE)
async def system_page(request: Request) -> Response | None:
    """Findings first, then figures."""
    visit = await enter_desk(request, Task.SEE_SYSTEM)
    if visit is None or isinstance(visit, Response):
        return visit
    lead = _("Whether everything works, and what to do where it does not.")
    with staff_frame(visit, _("System"), path=PATH, lead=lead) as actions:
        page = _Page(visit)
        with actions:
            again = ui.button(_("Look again"), icon="refresh", color=None, on_click=page.look)
            again.props("flat").classes("secondary")
        page.build()
        await page.figures()
    ui.timer(0.1, page.look, once=True)  # the mail server may take its time
    return None


class _Page:
    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    def build(self) -> None:
        """The places that are filled."""
        with ui.element("section").classes("card checks") as card:
            words("h2", _("Checks"))
            card.props["aria-label"] = _("Checks")
            self._checks = ui.element("div").props("role=status")
            with self._checks:
                words("p", _("Looking…")).classes("quiet")
        with ui.element("section").classes("card") as card:
            card.props["aria-label"] = _("Figures")
            words("h2", _("Figures"))
            self._figures = ui.element("dl").classes("facts")

    async def look(self) -> None:
        """Examine everything anew."""
        visit = self._visit
        with told():
            found = await visit.run(system_health.findings, visit.portal, visit.who.account_id)
            self._checks.clear()
            with self._checks:
                _findings(found)
        await self.figures()

    async def figures(self) -> None:
        """What goes on at this moment."""
        visit = self._visit
        with told():
            now = await visit.run(system_health.vitals_for, visit.portal, visit.who.account_id)
            self._figures.clear()
            with self._figures:
                _facts(visit, now)


def _findings(found: Sequence[Finding]) -> None:
    for level in (Level.BAD, Level.WEAK, Level.GOOD):
        of_level = [finding for finding in found if finding.level is level]
        if not of_level:
            continue
        with ui.element("ul").classes(f"findings {level.value}") as group:
            group.props["aria-label"] = _level(level)
            for finding in of_level:
                with ui.element("li"):
                    ui.icon(ICONS[level]).props("aria-hidden=true")
                    with ui.element("div"):
                        words("span", _level(level)).classes("unseen")
                        words("b", finding.subject)
                        words("span", finding.said)
                        if finding.todo:
                            words("small", finding.todo)


def _level(level: Level) -> str:
    match level:
        case Level.BAD:
            return _("Does not work")
        case Level.WEAK:
            return _("Should be better")
        case _:
            return _("Well")


def _facts(visit: Visit, now: Vital) -> None:
    zone = visit.portal.settings.zone
    backup = dates.moment(now.last_backup, zone) if now.last_backup else _("never")
    lag = _("{median} ms, at worst {worst} ms")
    facts = {
        _("Version"): now.version,
        _("Running for"): _span(now.uptime),
        _("Database"): f"{now.database}, {_size(now.database_bytes)}",
        _("Migrations"): now.migration,
        _("Exams"): _number(now.studies),
        _("Stored objects"): f"{_number(now.objects)}, {_size(now.object_bytes)}",
        _("Free space"): _size(now.free_bytes),
        _("Signed in"): _number(now.signed_in),
        _("Messages"): _("{waiting} waiting, {failed} failed").format(
            waiting=_number(now.waiting), failed=_number(now.failed)
        ),
        _("Audit events"): _number(now.audit_events),
        _("Last backup"): backup,
        _("Pictures in memory"): f"{_size(now.cache_used)} / {_size(now.cache_budget)}",
        _("Event loop late by"): lag.format(
            median=f"{now.lag_median:.1f}", worst=f"{now.lag_worst:.1f}"
        ),
    }
    for name, value in facts.items():
        words("dt", name)
        words("dd", value)


def _number(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")


def _size(size: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if size >= 10 or unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TB"


def _span(seconds: float) -> str:
    whole = timedelta(seconds=int(seconds))
    hours, rest = divmod(whole.seconds, 3600)
    clock = f"{hours}:{rest // 60:02d} h"
    days = ngettext("{count} day", "{count} days", whole.days).format(count=whole.days)
    return f"{days}, {clock}" if whole.days else clock
