"""Patients at the staff desk: looked for, and one with everything that hangs on the record."""

from __future__ import annotations

from functools import partial

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from services import dates
from services.desk import link_desk, patient_desk
from services.desk.patient_desk import Holder, PatientDetails, PatientRow
from services.errors import NotFound
from services.language import _
from services.persons import patients, staff_roles
from services.persons.staff_roles import Task
from ui.addresses import sealed, unsealed
from ui.components.desk.desk_change import changed, secondary, sure
from ui.components.desk.desk_parts import back, cell, facts, link, part, short_table, tag
from ui.components.desk.identity_dialogs import DoubtDialog, MergeDialog
from ui.components.desk.paged_table import Choice, Column, PagedTable, link_column, text_column
from ui.components.desk.staff_frame import enter_desk, staff_frame
from ui.components.text import words
from ui.gate import PATIENCE, Visit
from ui.pages.not_found import not_found

LIST = "/staff/patients"


@ui.page(LIST, response_timeout=PATIENCE)
async def patients_page(request: Request) -> Response | None:
    """A search, and the records in doubt."""
    visit = await enter_desk(request, Task.SEE_PATIENTS)
    if visit is None or isinstance(visit, Response):
        return visit
    columns: list[Column[PatientRow]] = [
        link_column(_("Name"), lambda row: row.name, lambda row: patient_address(
            visit, row.patient_id), "name"),
        text_column(_("Date of birth"), lambda row: row.born, "born", tight=True),
        text_column(_("Sex"), lambda row: row.sex),
        text_column(_("Patient ID"), lambda row: row.number),
        Column("", _marks),
    ]  # fmt: skip
    with staff_frame(visit, _("Patients"), path=LIST):
        await PagedTable(
            visit, _("Patients"), columns,
            partial(patient_desk.listed, visit.portal, visit.who.account_id),
            search=_("Name, patient ID or date of birth"),
            search_hint=_("Frenchie Chester 14/03/1958"), icon="person_search",
            choices=(
                Choice("mark", _("Show"), {
                    "": _("What is searched for"), "doubt": _("Contradictory identity"),
                    "well_known": _("Marked as well known"),
                }),
            ),
            nothing=_("Search for a patient by name, patient ID or date of birth."),
        ).show(request)  # fmt: skip
    return None


@ui.page("/staff/patients/{address}", response_timeout=PATIENCE)
async def patient_page(request: Request, address: str) -> Response | None:
    """One record."""
    visit = await enter_desk(request, Task.SEE_PATIENTS)
    if visit is None or isinstance(visit, Response):
        return visit
    try:
        number = unsealed(visit.portal, visit.who.account_id, "patient", address)
        found = await visit.run(patient_desk.details, visit.portal, visit.who.account_id, number)
    except NotFound:
        not_found(visit, _(patients.NO_RECORD), _("This page is not available"))
        return None
    with staff_frame(visit, found.row.name, path=LIST) as actions:
        OnePatient(visit, found, actions).show()
    return None


class OnePatient:
    """A record with what can be done about it."""

    def __init__(self, visit: Visit, found: PatientDetails, actions: ui.element) -> None:
        self._visit, self._found, self._actions = visit, found, actions

    def show(self) -> None:
        """The whole page below its heading."""
        back(LIST, _("Patients"))
        with self._actions:
            self._buttons()
        self._about()
        if self._found.row.merged:
            return
        self._alike()
        self._holders()
        self._exams()

    def _buttons(self) -> None:
        if self._may(Task.MARK_WELL_KNOWN):
            if self._found.row.well_known:
                secondary(_("Not well known"), "star", partial(self._mark, False))
            else:
                secondary(_("Mark as well known"), "star_outline", partial(self._mark, True))
        if self._may(Task.SETTLE_IDENTITY) and not self._found.row.merged:
            secondary(_("Merge with another record"), "merge", self._merge)

    def _about(self) -> None:
        row = self._found.row
        with part(_("Record")):
            facts(
                (
                    (_("Name"), row.name),
                    (_("Date of birth"), row.born),
                    (_("Sex"), row.sex),
                    (_("Patient ID"), row.number),
                    (_("Also known as"), ", ".join(self._found.merged_from)),
                )
            )
            with ui.element("div").style("margin-top: 10px"):
                _marks(row)
            if self._found.merged_into is not None:
                sentence = _("This record was merged into another, which has its exams now:")
                with ui.element("p"):
                    words("span", f"{sentence} ")
                    link(_("open that record"), patient_address(
                        self._visit, self._found.merged_into))  # fmt: skip

    def _alike(self) -> None:
        if not self._found.alike:
            return
        with part(_("Perhaps the same person")):
            ui.label(_("These records have the same name and date of birth.")).classes("quiet")
            titles = (_("Name"), _("Date of birth"), _("Patient ID"), "")
            with short_table(_("Perhaps the same person"), titles):
                for other in self._found.alike:
                    with ui.element("tr"):
                        with cell():
                            link(other.name, patient_address(self._visit, other.patient_id))
                        for label, text in (
                            (_("Date of birth"), other.born), (_("Patient ID"), other.number),
                        ):  # fmt: skip
                            with cell(label):
                                words("span", text)
                        with cell():
                            if self._may(Task.SETTLE_IDENTITY):
                                secondary(
                                    _("Compare"), "compare",
                                    partial(self._merge, other.patient_id),
                                ).props["aria-label"] = _("Compare with {number}").format(
                                    number=other.number
                                )  # fmt: skip

    def _holders(self) -> None:
        with part(_("Accounts")):
            if not self._found.holders:
                ui.label(_("No account is linked to this record.")).classes("quiet")
                return
            titles = (_("Account"), _("As"), "")
            with short_table(_("Accounts"), titles):
                for holder in self._found.holders:
                    self._holder(holder)

    def _holder(self, holder: Holder) -> None:
        visit = self._visit
        with ui.element("tr"):
            with cell():
                name = holder.name or holder.email
                if self._may(Task.SEE_ACCOUNTS):
                    to = sealed(visit.portal, visit.who.account_id, "account", holder.account_id)
                    link(name, f"/staff/accounts/{to}")
                else:
                    words("b", name)
                words("small", holder.email)
            with cell(_("As")):
                text = _("carer") if holder.carer else _("the patient")
                if holder.until is not None:
                    last = dates.last_day(holder.until, visit.portal.settings.zone)
                    text = _("{what} until {day}").format(what=text, day=last)
                words("span", text)
                if holder.end_asked:
                    tag(_("the patient asked to end it"), waiting=True)
            with cell():
                if self._may(Task.LINK_PEOPLE):
                    button = secondary(_("Unlink"), "link_off", partial(self._unlink, holder))
                    button.props["aria-label"] = _("Unlink {name}").format(name=name)

    def _exams(self) -> None:
        with part(_("Exams")):
            if not self._found.exams:
                ui.label(_("There is no exam under this record.")).classes("quiet")
                return
            with short_table(_("Exams"), (_("Exam"), _("Description"), "")):
                for exam in self._found.exams:
                    with ui.element("tr"):
                        with cell():
                            to = sealed(
                                self._visit.portal, self._visit.who.account_id, "exam",
                                exam.study_id,
                            )  # fmt: skip
                            link(exam.title, f"/staff/exams/{to}")
                        with cell(_("Description")):
                            words("span", exam.description or "–")
                        with cell():
                            if exam.in_doubt:
                                tag(_("contradictory identity"), waiting=True)
                                show = partial(self._doubt, exam.study_id)
                                secondary(_("Compare"), "compare", show).props["aria-label"] = _(
                                    "Compare {exam}"
                                ).format(exam=exam.title)
                            elif not exam.released:
                                tag(_("not released"), waiting=True)

    async def _doubt(self, study_id: int) -> None:
        await DoubtDialog(self._visit, study_id).open()

    async def _merge(self, other: int | None = None) -> None:
        await MergeDialog(self._visit, self._found.row.patient_id, other).open()

    async def _mark(self, well_known: bool) -> None:
        done = _("The patient is marked.") if well_known else _("The mark is taken off.")
        if await changed(
            self._visit, done, patient_desk.mark_well_known, self._found.row.patient_id,
            well_known=well_known,
        ):  # fmt: skip
            ui.navigate.reload()

    async def _unlink(self, holder: Holder) -> None:
        sentence = _(
            "{who} no longer sees the exams of {patient}. Everything shared because of it ends as "
            "well."
        ).format(who=holder.name or holder.email, patient=self._found.row.name)
        if await sure(self._visit, _("Unlink this record?"), sentence, _("Unlink")) and (
            await changed(
                self._visit, _("The record is unlinked."), link_desk.unlink, holder.account_id,
                self._found.row.patient_id,
            )
        ):  # fmt: skip
            ui.navigate.reload()

    def _may(self, task: Task) -> bool:
        return staff_roles.may(self._visit.who.kind, self._visit.who.role, task)


def patient_address(visit: Visit, patient_id: int) -> str:
    """A record's page, as this person's addresses name it."""
    return f"{LIST}/{sealed(visit.portal, visit.who.account_id, 'patient', patient_id)}"


def _marks(row: PatientRow) -> None:
    if row.in_doubt:
        tag(_("contradictory identity"), waiting=True)
    if row.well_known:
        tag(_("well known"))
    if row.merged:
        tag(_("merged into another"))
