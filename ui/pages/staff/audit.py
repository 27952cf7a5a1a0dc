"""The audit trail at the staff desk: searched, checked, taken away."""

from __future__ import annotations

from functools import partial

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from services import dates
from services.desk import audit_desk
from services.desk.audit_desk import Chain, Line
from services.language import _, ngettext
from services.persons.staff_roles import Task
from services.trail import audit_words
from services.trail.audit_export import Form
from ui.components.desk.paged_table import Choice, Column, PagedTable
from ui.components.desk.staff_frame import enter_desk, staff_frame
from ui.components.text import words
from ui.gate import PATIENCE, Visit
from ui.problems import told

PATH = "/staff/audit"
EXPORT = f"{PATH}/export"
EVERY = 0.5  # seconds between looks at how far a check got


@ui.page(PATH, response_timeout=PATIENCE)
async def audit_page(request: Request) -> Response | None:
    """Events, newest first, and how the trail is."""
    visit = await enter_desk(request, Task.SEE_AUDIT)
    if visit is None or isinstance(visit, Response):
        return visit
    lead = _("Who did what, and when. Your searches are recorded as well.")
    with staff_frame(visit, _("Audit"), path=PATH, lead=lead) as actions:
        table = _table(visit)
        with actions:
            for form, title in ((Form.CSV, _("Save as CSV")), (Form.JSON, _("Save as JSON Lines"))):
                button = ui.button(title, icon="download", color=None).props("flat")
                button.classes("secondary").on_click(partial(_save, table, form))
        await _ChainCard(visit).show()
        await table.show(request)
    return None


def _save(table: PagedTable[Line], form: Form) -> None:
    _path, _mark, query = table.address.partition("?")
    ui.navigate.to(f"{EXPORT}.{form.value}" + (f"?{query}" if query else ""))


def _table(visit: Visit) -> PagedTable[Line]:
    zone = visit.portal.settings.zone

    def who(line: Line) -> None:
        nobody = visit.portal.settings.organisation or _("The hospital")
        words("span", line.who or nobody).style("font-weight: 600")
        if line.where:
            words("small", line.where)

    def what(line: Line) -> None:
        words("span", line.what)
        if line.detail:
            words("small", line.detail)

    def about(line: Line) -> None:
        words("span", line.patient or "–")
        if line.exam:
            words("small", line.exam)

    def when(line: Line) -> None:
        words("span", dates.moment(line.at, zone))
        words("small", _("event {number}").format(number=line.number))

    kinds = {"": _("all")} | {key: _(name) for key, (name, _all) in audit_words.KINDS.items()}
    periods = {
        "": _("all"), "1": _("the last day"), "7": _("the last 7 days"),
        "30": _("the last 30 days"), "365": _("the last year"),
    }  # fmt: skip
    return PagedTable(
        visit, _("Events"),
        [
            Column(_("When"), when, tight=True), Column(_("Who"), who), Column(_("What"), what),
            Column(_("Patient and exam"), about),
        ],
        partial(audit_desk.page, visit.portal, visit.who.account_id),
        search=_("Search"),
        search_hint=_("Person, patient, exam number or day, separated by commas"),
        choices=(Choice("kind", _("Kind"), kinds), Choice("period", _("Time"), periods)),
        nothing=_("Nothing was recorded yet."), icon="fact_check",
    )  # fmt: skip


class _ChainCard:
    """How the trail is, and the button that checks all of it."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._done = 0

    async def show(self) -> None:
        """Build the card."""
        with ui.element("section").classes("card chain") as card:
            card.props["aria-label"] = _("Audit trail")
            self._body = ui.element("div").props("role=status")
            self._button = ui.button(_("Check the whole trail"), color=None, on_click=self._check)
            self._button.props("flat").classes("secondary")
        await self._tell()

    async def _tell(self) -> None:
        visit = self._visit
        chain = await visit.run(audit_desk.chain, visit.portal, visit.who.account_id)
        self._body.clear()
        with self._body:
            self._lines(chain)

    def _lines(self, chain: Chain) -> None:
        count = ngettext("{count} event", "{count} events", chain.events)
        words("h2", count.format(count=f"{chain.events:,}".replace(",", "\u202f")))
        flaw = chain.flaw or chain.checked
        if flaw:
            sentence = _("The audit trail is damaged: {flaw}.").format(flaw=flaw)
            words("p", sentence).classes("note").props("role=alert")
        elif chain.events:
            words("p", _("The newest events are linked as they were."))
        if chain.checked_at is None:
            words("p", _("The whole trail was never checked.")).classes("quiet")
            return
        when = dates.moment(chain.checked_at, self._visit.portal.settings.zone)
        last = _("Checked as a whole on {when}.") if chain.checked else _("Whole on {when}.")
        words("p", last.format(when=when)).classes("quiet")

    async def _check(self) -> None:
        self._done = 0
        self._button.set_enabled(False)
        self._body.clear()
        with self._body:
            progress = words("p", _("Checking…"))

        def tell() -> None:
            progress.set_text(_("Checking… {count} events so far").format(count=self._done))

        def note(done: int) -> None:
            self._done = done

        timer = ui.timer(EVERY, tell)
        try:
            with told():
                visit = self._visit
                await visit.run(audit_desk.check, visit.portal, visit.who.account_id, note)
        finally:
            timer.cancel()
        self._button.set_enabled(True)
        await self._tell()
