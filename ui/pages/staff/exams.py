"""Exams at the staff desk: found, and released to the patient or withheld."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from services import dates
from services.desk import exam_desk
from services.desk.exam_desk import ExamDetails, ExamRow, Release
from services.errors import NotFound
from services.language import _
from services.persons import staff_roles
from services.persons.staff_roles import Task
from ui.addresses import sealed, study_address, unsealed
from ui.components.desk.desk_parts import back, facts, link, part, tag
from ui.components.desk.paged_table import Choice, Column, PagedTable, link_column, text_column
from ui.components.desk.staff_frame import enter_desk, staff_frame
from ui.components.exam.release_control import ReleaseControl, state
from ui.components.text import words
from ui.gate import PATIENCE, Visit
from ui.pages.not_found import not_found
from ui.pages.staff.patients import patient_address

LIST = "/staff/exams"


@ui.page(LIST, response_timeout=PATIENCE)
async def exams_page(request: Request) -> Response | None:
    """Every exam, those that came last first."""
    visit = await enter_desk(request, Task.SEE_EXAMS)
    if visit is None or isinstance(visit, Response):
        return visit
    zone = visit.portal.settings.zone
    columns: list[Column[ExamRow]] = [
        link_column(_("Exam"), lambda row: row.title, partial(_address, visit), "performed",
                    under=lambda row: row.description),
        link_column(_("Patient"), lambda row: row.patient,
                    lambda row: patient_address(visit, row.patient_id),
                    under=lambda row: row.number),
        text_column(_("Accession number"), lambda row: row.accession_number),
        text_column(_("Arrived"), lambda row: dates.moment(row.received_at, zone), "received"),
        Column(_("For the patient"), partial(_state, visit)),
    ]  # fmt: skip
    with staff_frame(visit, _("Exams"), path=LIST):
        await PagedTable(
            visit, _("Exams"), columns,
            partial(exam_desk.listed, visit.portal, visit.who.account_id),
            search=_("Patient, patient ID or accession number"), icon="photo_library",
            choices=(
                Choice("state", _("Show"), {
                    "": _("Every exam"), "withheld": _("Withheld from the patient"),
                    "waiting": _("Not released yet"), "doubt": _("Contradictory identity"),
                }),
            ),
        ).show(request)  # fmt: skip
    return None


@ui.page("/staff/exams/{address}", response_timeout=PATIENCE)
async def exam_page(request: Request, address: str) -> Response | None:
    """One exam with its reports."""
    visit = await enter_desk(request, Task.SEE_EXAMS)
    if visit is None or isinstance(visit, Response):
        return visit
    try:
        number = unsealed(visit.portal, visit.who.account_id, "exam", address)
        found = await visit.run(exam_desk.details, visit.portal, visit.who.account_id, number)
    except NotFound:
        not_found(visit, _(exam_desk.NO_EXAM))
        return None
    with staff_frame(visit, found.row.title, path=LIST) as actions:
        with actions, ui.element("a").classes("button-like") as images:
            images.props["href"] = study_address(visit.portal, found.access)
            words("span", _("Open images and report"))
        back(LIST, _("Exams"))
        _about(visit, found)
        _release(visit, found)
    return None


def _about(visit: Visit, found: ExamDetails) -> None:
    row = found.row
    with part(_("Exam")):
        with ui.element("p").style("margin-bottom: 12px"):
            link(row.patient, patient_address(visit, row.patient_id))
            if row.in_doubt:
                words("span", " ")
                tag(_("contradictory identity"), waiting=True)
        facts(
            (
                (_("Patient ID"), row.number),
                (_("Description"), row.description),
                (_("Accession number"), row.accession_number),
                (_("Arrived"), dates.moment(row.received_at, visit.portal.settings.zone)),
            )
        )


def _release(visit: Visit, found: ExamDetails) -> None:
    changes = staff_roles.may(visit.who.kind, visit.who.role, Task.RELEASE_EXAMS)
    with part(_("What the patient sees")):
        ui.label(
            _(
                "Withheld from the patient means also from carers and from everybody they share "
                "with. Staff and emergency access see everything."
            )
        ).classes("quiet")
        study = found.row.study_id
        ReleaseControl(visit, _("The exam"), found.row.release, study, None, changes=changes)
        for report in found.reports:
            name = ", ".join(filter(None, (report.title, _written(report.dated))))
            ReleaseControl(visit, name, report.release, study, report.report_id, changes=changes)


def _written(dated: datetime | None) -> str:
    return dates.local_time(dated)


def _state(visit: Visit, row: ExamRow) -> None:
    release: Release = row.release
    if row.in_doubt:
        tag(_("contradictory identity"), waiting=True)
        return
    text, waits = state(visit, release)
    tag(text, waiting=waits)


def _address(visit: Visit, row: ExamRow) -> str:
    return f"{LIST}/{sealed(visit.portal, visit.who.account_id, 'exam', row.study_id)}"
