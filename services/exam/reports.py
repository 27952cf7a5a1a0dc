"""Reports of an exam: plain text, DICOM SR as a readable document, PDF pages as pictures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pydicom.dataset import Dataset
from sqlalchemy import select
from sqlalchemy.orm import Session

from imaging.deidentify import told_by
from imaging.document import UnreadableDocument, encapsulated_pdf, page_count, page_picture
from imaging.encode import png
from imaging.redaction import Identity, redact
from imaging.structure import read_data_set
from imaging.structured_report import (
    Paragraph,
    ReportDocument,
    UnreadableReport,
    read_structured_report,
)
from services import access as decision
from services import dates
from services.access import Access
from services.audit import Action
from services.errors import Invalid, NotFound
from services.exam.report_status import ReportStatus, report_status
from services.hiding.identity_rules import refusal
from services.language import N_, _, said
from services.portal import Portal
from services.release import is_released, opening, reports_for
from storage.models import Instance, Patient, Report, Series, Study

PDF_WITHHELD = N_(
    "This report is a PDF document. It may carry the patient's details, so it is not shown: "
    "patient details are hidden."
)


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """A report in the list of an exam's reports."""

    report_id: int
    kind: str  # text, sr, pdf
    title: str
    dated: str
    author: str = ""  # empty: not told, or hidden


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report as it is shown: a document, or PDF pages, or why it is not shown."""

    entry: ReportEntry
    document: ReportDocument | None
    pages: int
    withheld: str


def add_text(
    portal: Portal, study_uid: str, *, title: str, text: str, author: str, dated: datetime
) -> None:
    """File a plain-text report under its study."""
    with portal.transaction() as tx:
        query = select(Study).where(Study.study_uid == study_uid)
        study = tx.db.execute(query).scalar_one_or_none()
        if study is None:
            raise NotFound(_("There is no such exam for this report."))
        tx.db.add(
            Report(
                study_id=study.id,
                kind="text",
                title=title,
                text=text,
                author=author,
                dated=dated,
                opens_at=opening(portal.settings, tx.now),
                received_at=tx.now,
            )
        )
        tx.record(Action.IMPORTED, account_id=None, patient_id=study.patient_id, study_id=study.id)


def listed(portal: Portal, access: Access) -> list[ReportEntry]:
    """The exam's reports, newest first."""
    access = decision.renewed(portal, access)
    with portal.reading() as db:
        query = select(Report).where(
            Report.study_id == access.study_id, reports_for(portal.clock(), early=access.early)
        )
        found = db.execute(query.order_by(Report.dated.desc().nulls_last(), Report.id)).scalars()
        return [_entry(db, report, access) for report in found]


def read(portal: Portal, access: Access, report_id: int) -> ReportView:
    """A report to be shown, and the look at it recorded."""
    access = decision.renewed(portal, access)
    with portal.transaction() as tx:
        report = _report(portal, tx.db, access, report_id)
        entry = _entry(tx.db, report, access)
        tx.record(
            Action.REPORT_VIEWED,
            account_id=access.account_id,
            patient_id=access.patient_id,
            study_id=access.study_id,
            report=report.id,
            why=str(access.why),
        )
        identity = study_identity(tx.db, access)
        instance = tx.db.get(Instance, report.instance_id) if report.instance_id else None
    if report.kind == "text":
        document = _text_document(report)
    elif report.kind == "sr":
        if instance is None:
            raise NotFound(_("There is no such report."))
        dataset = _dataset(portal, instance)
        document = _structured(dataset)
        identity = told_by(dataset, identity)
    elif access.hidden:
        return ReportView(entry, None, 0, said(refusal(PDF_WITHHELD)))
    else:
        return ReportView(entry, None, _pages(_pdf(portal, instance)), "")
    return ReportView(entry, _redacted(document, identity) if access.hidden else document, 0, "")


def status(portal: Portal, access: Access, report_id: int) -> ReportStatus:
    """How final a report says it is; unknown for kinds that do not say, and for damaged files."""
    access = decision.renewed(portal, access)
    with portal.reading() as db:
        report = _report(portal, db, access, report_id)
        instance = db.get(Instance, report.instance_id) if report.instance_id else None
    if report.kind != "sr" or instance is None:
        return report_status("")
    try:
        return report_status(_structured(_dataset(portal, instance)).status)
    except Invalid:
        return report_status("")


def page(portal: Portal, access: Access, report_id: int, number: int, width: int) -> bytes:
    """Page `number` (from 0) of a PDF report as a PNG of that width in pixels."""
    access = decision.renewed(portal, access)
    if access.hidden:
        raise NotFound(said(refusal(PDF_WITHHELD)))
    with portal.reading() as db:
        report = _report(portal, db, access, report_id)
        instance = db.get(Instance, report.instance_id) if report.instance_id else None
    try:
        return png(page_picture(_pdf(portal, instance), number, width))
    except UnreadableDocument as error:
        raise Invalid(str(error)) from error


def original_pdf(portal: Portal, access: Access, report_id: int) -> bytes:
    """A PDF report as its author wrote it; NotFound where details are hidden."""
    access = decision.renewed(portal, access)
    if access.hidden:
        raise NotFound(said(refusal(PDF_WITHHELD)))
    with portal.reading() as db:
        report = _report(portal, db, access, report_id)
        instance = db.get(Instance, report.instance_id) if report.instance_id else None
    return _pdf(portal, instance)


def study_identity(db: Session, access: Access) -> Identity:
    """Everything that names the patient of this study, for redaction."""
    study = db.get_one(Study, access.study_id)
    patient: Patient = study.patient
    links = select(Series.series_uid).where(Series.study_id == study.id)
    authors = select(Report.author).where(Report.study_id == study.id).distinct()
    born: tuple[date, ...] = (patient.birth_date,) if patient.birth_date else ()
    return Identity(
        names=tuple(filter(None, (patient.family, patient.given))),
        patient_ids=(patient.patient_id,),
        accession_numbers=tuple(filter(None, (study.accession_number,))),
        dates=born,
        people=tuple(filter(None, (study.referrer, *db.execute(authors).scalars()))),
        institutions=tuple(filter(None, (study.institution,))),
        uids=(study.study_uid, *db.execute(links).scalars()),
    )


def _report(portal: Portal, db: Session, access: Access, report_id: int) -> Report:
    report = db.get(Report, report_id)
    if (
        report is None
        or report.study_id != access.study_id
        or not (access.early or is_released(report, portal.clock()))
    ):
        raise NotFound(_("There is no such report."))
    return report


def _entry(db: Session, report: Report, access: Access) -> ReportEntry:
    title = report.title or _("Report")
    if access.hidden:
        title = redact(title, study_identity(db, access))
    author = "" if access.hidden else report.author
    return ReportEntry(report.id, report.kind, title, dates.local_time(report.dated), author)


def _redacted(document: ReportDocument, identity: Identity) -> ReportDocument:
    """The document without anything that names the patient, the author or the time of writing."""

    def clean(text: str) -> str:
        return redact(text, identity)

    return document.redacted(clean)


def _text_document(report: Report) -> ReportDocument:
    paragraphs = [part.strip() for part in report.text.split("\n\n")]
    return ReportDocument(
        title=report.title or _("Report"),
        status="",
        author=report.author,
        dated=report.dated,
        blocks=tuple(Paragraph(part) for part in paragraphs if part),
    )


def _structured(dataset: Dataset) -> ReportDocument:
    try:
        return read_structured_report(dataset)
    except UnreadableReport as error:
        raise Invalid(str(error)) from error


def _pdf(portal: Portal, instance: Instance | None) -> bytes:
    if instance is None:
        raise NotFound(_("There is no such report."))
    try:
        return encapsulated_pdf(_dataset(portal, instance))
    except UnreadableDocument as error:
        raise Invalid(str(error)) from error


def _pages(data: bytes) -> int:
    try:
        return page_count(data)
    except UnreadableDocument as error:
        raise Invalid(str(error)) from error


def _dataset(portal: Portal, instance: Instance) -> Dataset:
    try:
        with portal.objects.open(instance.object_sha256) as file:
            return read_data_set(file, deferring=False)
    except Exception as error:  # a parser meets bytes from outside: any failure is theirs
        raise Invalid(_("This report cannot be read: its file is damaged.")) from error
