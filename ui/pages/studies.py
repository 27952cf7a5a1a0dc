"""The list of exams, and the way to the newest one."""

from __future__ import annotations

from itertools import groupby

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.errors import NotFound
from services.exam import exam_list, exams, plain_names
from services.exam.exam_list import MOST, ListedExam, Scope
from services.language import _, ngettext
from services.publisher import AccessChanged
from ui.addresses import study_address
from ui.components.account.padlock import padlock
from ui.components.header import bar
from ui.components.modality_mark import modality_mark
from ui.components.sharing.whose import Whose, address, asked, follow
from ui.components.text import words
from ui.gate import PATIENCE, Visit, enter
from ui.pages.not_found import not_found
from ui.problems import told


@ui.page("/", response_timeout=PATIENCE)
async def front(request: Request) -> Response:
    """To the most recent exam, or to where this person starts."""
    visit = await enter(request)
    if isinstance(visit, Response):
        return visit
    who = visit.who
    newest = await visit.run(exams.newest, visit.portal, who.account_id)
    if newest is None or who.kind == "staff":
        return RedirectResponse("/studies", status_code=303)
    return RedirectResponse(study_address(visit.portal, newest), status_code=303)


@ui.page("/studies", response_timeout=PATIENCE)
async def studies_page(request: Request) -> Response | None:
    """Every exam this person may see, newest first."""
    visit = await enter(request)
    if isinstance(visit, Response):
        return visit
    try:
        whose = await asked(visit, request)
    except NotFound as error:
        not_found(visit, str(error), _("These exams are not available"))
        return None
    ui.page_title(f"{_('Exams')} - {visit.portal.settings.portal_name}")
    scope = Scope(whose.patient_id, apart=bool(whose.people))
    listed = await visit.run(exam_list.listed, visit.portal, visit.who.account_id, scope)
    with bar(visit, whose=whose):
        padlock(visit)
    with ui.element("div").classes("wide"):
        words("h1", whose.title if whose.people else _("Exams"))
        if listed:
            lead = _("The newest comes first. Choose one to see its images and report.")
            ui.label(lead).classes("lead")
            ExamTable(visit, listed, scope)
        else:
            _nothing(visit, whose)
    follow(visit, whose)
    return None


class ExamTable:
    """The exams with a search and, where there are several, a choice of their kinds."""

    def __init__(self, visit: Visit, listed: list[ListedExam], scope: Scope) -> None:
        self._visit, self._scope = visit, scope
        self._listed = listed
        self._kind = ""
        self._chips: dict[str, ui.element] = {}
        with ui.element("div").classes("exam-list-head").props("role=search"):
            field = ui.input(_("Search exams"), on_change=lambda e: self._search(e.value or ""))
            field.props("outlined clearable debounce=250 type=search")
            field.props["placeholder"] = _("Name, kind of exam, body part or date")
            with field.add_slot("prepend"):
                ui.icon("search")
            self._count = ui.label().classes("quiet").props("role=status")
        self._chip_row = ui.element("div").classes("chips").props("role=group")
        self._chip_row.props["aria-label"] = _("Kind of exam")
        self._place = ui.element("div").classes("exam-years")
        self._typed = ""
        self._offer_kinds()
        self._show()
        visit.listen(AccessChanged(visit.who.account_id), self._again)

    def _again(self) -> None:
        """What may be seen became more or less: an exam that is gone leaves the list at once."""
        ui.timer(0, lambda: self._search(self._typed), once=True)

    async def _search(self, typed: str) -> None:
        self._typed = typed
        with told():
            visit, scope = self._visit, self._scope
            portal, who = visit.portal, visit.who.account_id
            if typed.strip():
                found = await visit.run(exam_list.found, portal, who, typed, scope)
            else:
                found = await visit.run(exam_list.listed, portal, who, scope)
            self._listed = found
            self._offer_kinds()
            self._show()

    def _offer_kinds(self) -> None:
        kinds = list(dict.fromkeys(exam.kind for exam in self._listed))
        self._chip_row.clear()
        self._chips = {}
        self._kind = self._kind if self._kind in kinds else ""
        if len(kinds) < 2:
            return
        with self._chip_row:
            for kind in ("", *kinds):
                chip = words("button", kind or _("All")).props("type=button")
                chip.on("click", lambda _, chosen=kind: self._choose(chosen))
                self._chips[kind] = chip

    def _choose(self, kind: str) -> None:
        self._kind = kind
        self._show()

    def _show(self) -> None:
        for kind, chip in self._chips.items():
            chip.props["aria-pressed"] = "true" if kind == self._kind else "false"
        shown = [exam for exam in self._listed if self._kind in ("", exam.kind)]
        self._count.set_text(_counted(len(shown)))
        self._place.clear()
        ends = [exam.access.changes_at for exam in self._listed if exam.access.changes_at]
        if ends:
            self._visit.at(min(ends), self._again)
        with self._place:
            if not shown:
                sentence = _("No exam has these words. Try fewer of them, or another spelling.")
                ui.label(sentence).classes("card")
            for year, those in groupby(shown, key=lambda exam: exam.year):
                with ui.element("section"):
                    words("h2", year or _("No date"))
                    with ui.element("div").classes("list"):
                        for exam in those:
                            _row(self._visit, exam)
            if len(self._listed) >= MOST:
                words("p", _("Older exams are not listed: search to find them.")).classes("quiet")


def _counted(count: int) -> str:
    if count >= MOST:
        return _("the newest {count} exams").format(count=count)
    return ngettext("{count} exam", "{count} exams", count).format(count=count)


def _nothing(visit: Visit, whose: Whose) -> None:
    if visit.who.kind == "breakglass":
        sentence = _("To find a patient in an emergency, break the glass: the padlock at the top.")
    else:
        sentence = _("There is no exam for you at the moment. Shares end after their time is over.")
    with ui.element("div").classes("card"):
        ui.label(sentence)
        if visit.who.kind == "breakglass":
            ui.link(_("Break glass"), "/break-glass").classes("button-like")
        for person in whose.people if whose.chosen is None else ():
            name = Whose((), person).title
            ui.link(name, address(visit, "/studies", person)).classes("button-like")


def _row(visit: Visit, exam: ListedExam) -> None:
    address = study_address(visit.portal, exam.access)
    with ui.element("a").classes("exam-row") as row:
        row.props["href"] = address
        modality_mark(exam.modality)
        with ui.element("span").classes("what"):
            words("b", exam.description or plain_names.modality(exam.modality)).classes("name")
            words("span", f"{exam.patient}, {exam.when}").classes("quiet")
            with ui.element("span").classes("tags"):
                if exam.reported:
                    with ui.element("span").classes("tag"):
                        ui.icon("description")
                        words("span", _("report"))
                if exam.because:
                    words("span", exam.because).classes("tag")
        ui.icon("chevron_right").classes("go")
