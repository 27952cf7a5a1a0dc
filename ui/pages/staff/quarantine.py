"""The quarantine at the staff desk: what was not taken in, why, and what to do about it."""

from __future__ import annotations

from functools import partial

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from services import dates
from services.desk import quarantine_desk
from services.desk.quarantine_desk import DISCARDED, REASONS, RENEWED, TAKEN_IN, QuarantineRow
from services.intake.ingest import Fate
from services.language import _
from services.persons import staff_roles
from services.persons.staff_roles import Task
from ui.addresses import sealed
from ui.components.account.password_again import password_again
from ui.components.desk.desk_change import changed, secondary, sure
from ui.components.desk.desk_parts import tag
from ui.components.desk.paged_table import Choice, Column, PagedTable, text_column
from ui.components.desk.staff_frame import enter_desk, staff_frame
from ui.components.text import words
from ui.gate import PATIENCE, Visit
from ui.problems import tell, told

LIST = "/staff/quarantine"


@ui.page(LIST, response_timeout=PATIENCE)
async def quarantine_page(request: Request) -> Response | None:
    """What waits for a decision."""
    visit = await enter_desk(request, Task.SEE_QUARANTINE)
    if visit is None or isinstance(visit, Response):
        return visit
    lead = _("Nothing is lost: what could not be taken in is kept here, with the reason.")
    with staff_frame(visit, _("Quarantine"), path=LIST, lead=lead):
        await QuarantineList(visit).show(request)
    return None


class QuarantineList:
    """The table, and what its buttons do."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        zone = visit.portal.settings.zone
        columns: list[Column[QuarantineRow]] = [
            Column(_("File"), self._source),
            Column(_("Reason"), _reason),
            text_column(_("Arrived"), lambda row: dates.moment(row.received_at, zone), "received"),
            text_column(_("Size"), lambda row: _size(row.size), "size", tight=True),
            Column("", self._actions),
        ]
        reasons = {code: _(text) for code, text in REASONS.items()}
        self._table = PagedTable(
            visit, _("Quarantine"), columns,
            partial(quarantine_desk.listed, visit.portal, visit.who.account_id),
            search=_("Name of the file"), icon="task_alt",
            choices=(
                Choice("reason", _("Reason"), {"": _("Every reason"), **reasons}),
                Choice("state", _("Show"), {
                    "": _("What waits for a decision"), "settled": _("What was settled"),
                    "all": _("Everything"),
                }),
            ),
            nothing=_("Nothing waits for a decision."),
        )  # fmt: skip

    async def show(self, request: Request) -> None:
        """Build the table."""
        await self._table.show(request)

    def _source(self, row: QuarantineRow) -> None:
        words("span", row.source).style("font-weight: 600")

    def _actions(self, row: QuarantineRow) -> None:
        who = self._visit.who
        if row.outcome:
            tag(_outcome(row.outcome))
            return
        with ui.element("div").classes("row").style("gap: 6px"):
            if row.kept and staff_roles.may(who.kind, who.role, Task.TAKE_QUARANTINED_FILES):
                number = sealed(self._visit.portal, who.account_id, "quarantine", row.number)
                with ui.element("a").classes("button-quiet desk-only") as taking:
                    taking.props["href"] = f"{LIST}/{number}/file"
                    taking.props["aria-label"] = _("Download {name}").format(name=row.source)
                    ui.icon("download").props("aria-hidden=true")
            if staff_roles.may(who.kind, who.role, Task.SETTLE_QUARANTINE):
                if row.kept:
                    button = secondary(_("Try again"), "replay", partial(self._retry, row))
                    button.props["aria-label"] = _("Try {name} again").format(name=row.source)
                button = secondary(_("Discard"), "delete_outline", partial(self._discard, row))
                button.props["aria-label"] = _("Discard {name}").format(name=row.source)

    async def _retry(self, row: QuarantineRow) -> None:
        with told():
            if not await password_again(self._visit):
                return
            visit = self._visit
            outcome = await visit.run(quarantine_desk.retry, visit.portal, visit.who, row.number)
            if outcome.fate is Fate.QUARANTINED:
                tell(_("It still cannot be taken in: {reason}").format(reason=outcome.reason))
            else:
                tell(_("It is taken in now."), good=True)
        await self._table.again()

    async def _discard(self, row: QuarantineRow) -> None:
        sentence = _("{name} is deleted for good. That it was here stays in the list.")
        if await sure(
            self._visit, _("Discard this file?"), sentence.format(name=row.source), _("Discard")
        ) and await changed(
            self._visit, _("The file is discarded."), quarantine_desk.discard, row.number
        ):
            await self._table.again()


def _reason(row: QuarantineRow) -> None:
    words("span", _(REASONS[row.reason]) if row.reason in REASONS else row.reason)
    words("small", row.detail)


def _outcome(outcome: str) -> str:
    told = {
        TAKEN_IN: _("taken in"), DISCARDED: _("discarded"),
        RENEWED: _("kept under another reason"),
    }  # fmt: skip
    return told.get(outcome, outcome)


def _size(size: int) -> str:
    for unit, least in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= least:
            return f"{size / least:.1f} {unit}"
    return f"{size} B"
