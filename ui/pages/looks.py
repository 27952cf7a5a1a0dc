"""Who has looked: everything that happened to a person's exams, in plain words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from services import dates
from services.errors import NotFound
from services.language import _, ngettext
from services.trail import looks
from services.trail.looks import Asked, Choices, Kind, Line
from ui.components.header import bar
from ui.components.sharing.whose import Whose, asked, follow
from ui.components.text import words
from ui.gate import PATIENCE, Visit, enter
from ui.look_address import pdf_address
from ui.pages.not_found import not_found
from ui.problems import told

ICONS = {
    Kind.LOOKS: "visibility", Kind.SHARING: "share", Kind.TAKEN: "download",
    Kind.EMERGENCY: "emergency", Kind.RECORDS: "description",
}  # fmt: skip
EVERYBODY, OTHERS = -1, -2


def _kinds() -> dict[str, str]:
    return {
        "": _("Everything"),
        Kind.LOOKS: _("Looks"),
        Kind.SHARING: _("Sharing"),
        Kind.TAKEN: _("Downloads and prints"),
        Kind.EMERGENCY: _("Emergency access (break glass)"),
        Kind.STAFF: _("Hospital staff"),
        Kind.PROGRAMS: _("Programs"),
        Kind.RECORDS: _("Records, notes and carers"),
    }


@ui.page("/looks", response_timeout=PATIENCE)
async def looks_page(request: Request) -> Response | None:
    """Who has looked at this person's exams, or at those of one they care for."""
    visit = await enter(request)
    if isinstance(visit, Response):
        return visit
    try:
        whose = await asked(visit, request)
    except NotFound as error:
        not_found(visit, str(error), _("These exams are not available"))
        return None
    ui.page_title(f"{_('Who has looked')} - {visit.portal.settings.portal_name}")
    choices = await visit.run(looks.choices, visit.portal, visit.who.account_id, whose.patient_id)
    with bar(visit, whose=whose):
        pass
    with ui.element("div").classes("wide"):
        words("h1", _("Who has looked"))
        ui.label(_lead(whose)).classes("lead")
        await Looks(visit, whose, choices).show()
    follow(visit, whose)
    return None


def _lead(whose: Whose) -> str:
    if whose.chosen is None:
        return _(
            "Every look at your exams, every share, change, download and print, and everything "
            "the hospital did. The newest comes first."
        )
    return _(
        "Every look at the exams of {name}, every share, change, download and print, and "
        "everything the hospital did. The newest comes first."
    ).format(name=whose.chosen.name)


class Looks:
    """The filter, the list below it, and the way to older entries."""

    def __init__(self, visit: Visit, whose: Whose, choices: Choices) -> None:
        self._visit, self._whose, self._choices = visit, whose, choices
        self._asked = Asked(whose.patient_id)
        self._last: date | None = None

    async def show(self) -> None:
        """Everything, from the newest entry on."""
        self._filter()
        self._list = ui.element("section").classes("card looks")
        self._list.props["aria-label"] = _("What happened")
        self._older = ui.button(_("Show older"), on_click=self._go_on, color=None)
        self._older.props("flat").classes("secondary").style("margin-top: 16px")
        await self._fill()

    def _filter(self) -> None:
        exams = {0: _("All exams"), **self._choices.exams}
        people = {
            EVERYBODY: _("Everybody"), OTHERS: _("Everybody but me"),
            **self._choices.people, self._visit.who.account_id: _("Only me"),
        }  # fmt: skip
        with ui.element("div").classes("filter") as place:
            place.props["role"] = "search"
            self._exam = _choice(_("Exam"), exams, 0, self._fill)
            self._person = _choice(_("Person"), people, EVERYBODY, self._fill)
            self._kind = _choice(_("What"), _kinds(), "", self._fill)
            self._paper = ui.element("a").classes("button-quiet desk-only")
            with self._paper:
                ui.icon("picture_as_pdf")
                words("span", _("Save as PDF"))

    async def _fill(self) -> None:
        by = int(self._person.value)
        self._asked = Asked(
            whose=self._whose.patient_id,
            study_id=int(self._exam.value) or None,
            by=None if by in (EVERYBODY, OTHERS) else by,
            not_me=by == OTHERS,
            kind=Kind(self._kind.value) if self._kind.value else None,
        )
        who = self._visit.who.account_id
        self._paper.props["href"] = pdf_address(self._visit.portal, who, self._asked)
        self._list.clear()
        self._last = None
        await self._add(self._asked)

    async def _go_on(self) -> None:
        if self._next is not None:
            await self._add(self._next)

    async def _add(self, wanted: Asked) -> None:
        with told():
            portal, who = self._visit.portal, self._visit.who.account_id
            page = await self._visit.run(looks.page, portal, who, wanted)
            with self._list:
                for day, lines in looks.by_day(page.entries):
                    self._day(day, lines)
                if not page.entries:
                    self._nothing()
            self._next = page.older
            self._older.set_visibility(page.older is not None)

    def _day(self, day: date, lines: list[Line]) -> None:
        if day != self._last:
            words("h2", dates.day(day))
            self._rows = ui.element("ul")
        self._last = day
        with self._rows:
            for line in lines:
                _row(line)

    def _nothing(self) -> None:
        with ui.element("div").classes("empty"):
            ui.icon("visibility_off")
            if self._asked == replace(Asked(), whose=self._asked.whose):
                words(
                    "b",
                    _("Nobody has looked yet")
                    if self._choices.exams
                    else _("You have no exams of your own here"),
                )
                sentence = _(
                    "As soon as somebody opens, shares or downloads an exam, it stands here."
                )
                if not self._choices.exams:
                    sentence = _(
                        "This list is about exams of your own, and of people you care for. There "
                        "are none yet. Who looks at an exam that was shared with you is on the "
                        "list of its patient."
                    )
                ui.label(sentence).classes("quiet")
            else:
                words("b", _("Nothing fits this choice"))
                ui.label(_("Choose another exam, person or kind above.")).classes("quiet")


def _choice(label: str, options: dict, value: object, on_change: object) -> ui.select:  # type: ignore[type-arg]
    select = ui.select(options, label=label, value=value, on_change=on_change)  # type: ignore[arg-type]
    select.props("outlined dense options-dense behavior=menu").props["aria-label"] = label
    return select


def _row(line: Line) -> None:
    entry = line.entry
    with ui.element("li").classes("emergency" if entry.emergency else ""):
        icon = ICONS[Kind.EMERGENCY if entry.emergency else entry.kind]
        ui.icon(icon).props("aria-hidden=true")
        with ui.element("div").classes("what"):
            with ui.element("p"):
                words("b", entry.who)
                words("span", f" {entry.what}")
            if entry.where:
                words("small", entry.where)
        with ui.element("div").classes("when"):
            words(
                "span", entry.time if line.first == entry.time else f"{line.first} – {entry.time}"
            )
            if line.times > 1:
                counted = ngettext("{count} time", "{count} times", line.times)
                words("small", counted.format(count=line.times))
