"""The exam's reports as PDF: those written as PDF as they are, the others laid out."""

from __future__ import annotations

from collections.abc import Iterator

from services.downloads.paper import Paper
from services.downloads.permit import Permit
from services.downloads.zip_stream import ZipStream
from services.errors import NotFound, PortalError
from services.exam import reports
from services.exam.exams import Exam
from services.language import N_, _
from services.portal import Portal

PAGE_WIDTH = 1240  # pixels of the picture of a PDF page: 150 to the inch of A4
NOTHING = N_("There is no report of this exam to download yet.")


def report_files(portal: Portal, permit: Permit, exam: Exam) -> Iterator[bytes]:
    """One report as a PDF, several as a zip of them."""
    if not exam.reports:
        raise NotFound(_(NOTHING))
    if len(exam.reports) == 1:
        yield _pdf(portal, permit, exam, exam.reports[0].report_id)
        return
    packed = ZipStream()
    for number, entry in enumerate(exam.reports, 1):
        yield from packed.member(
            f"report-{number:02d}.pdf", [_pdf(portal, permit, exam, entry.report_id)], shrink=True
        )
    yield packed.end()


def add_reports(paper: Paper, portal: Portal, permit: Permit, exam: Exam) -> Iterator[None]:
    """Put every report on paper; a PDF as pictures of its pages. Pauses after each page."""
    for entry in exam.reports:
        try:
            view = reports.read(portal, permit.still(), entry.report_id)
            if view.withheld:
                paper.sentence(f"{entry.title}: {view.withheld}")
            elif view.document is not None:
                paper.report(view.document)
            for number in range(view.pages):
                paper.whole_page(
                    reports.page(portal, permit.still(), entry.report_id, number, PAGE_WIDTH)
                )
                yield
        except PortalError as error:
            permit.still()  # if that is the reason, it ends here
            paper.sentence(f"{entry.title}: {error}")
        yield


def _pdf(portal: Portal, permit: Permit, exam: Exam, report_id: int) -> bytes:
    access = permit.still()
    view = reports.read(portal, access, report_id)
    if view.pages:
        return reports.original_pdf(portal, permit.still(), report_id)
    paper = Paper(exam.title, exam.patient_line, foot_of(portal, permit))
    if view.document is not None:
        paper.report(view.document)
    else:
        paper.sentence(f"{view.entry.title}: {view.withheld}")
    return paper.finished()


def foot_of(portal: Portal, permit: Permit) -> str:
    """What stands at the foot of each page."""
    if permit.hidden:
        return _("Patient details are hidden.")
    return portal.settings.portal_name
