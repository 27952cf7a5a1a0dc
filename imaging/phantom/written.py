"""Reports as DICOM objects: a structured report and an encapsulated PDF."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from pydicom.dataset import Dataset
from pydicom.uid import BasicTextSRStorage, EncapsulatedPDFStorage

from imaging.phantom.objects import Exam, blank

PAGE = (595, 842)  # points: A4


def code(value: str, scheme: str, meaning: str) -> Dataset:
    """A coded concept (DICOM PS3.3 8.8)."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def _text(name: Dataset, text: str) -> Dataset:
    item = Dataset()
    item.RelationshipType, item.ValueType = "CONTAINS", "TEXT"
    item.ConceptNameCodeSequence, item.TextValue = [name], text
    return item


def _section(name: Dataset, content: list[Dataset]) -> Dataset:
    item = Dataset()
    item.RelationshipType, item.ValueType = "CONTAINS", "CONTAINER"
    item.ConceptNameCodeSequence, item.ContinuityOfContent = [name], "SEPARATE"
    item.ContentSequence = content
    return item


FINDING = code("121071", "DCM", "Finding")
SECTIONS = {
    "request": code("121062", "DCM", "Request"),
    "technique": code("121064", "DCM", "Current Procedure Descriptions"),
    "findings": code("121070", "DCM", "Findings"),
    "impression": code("121076", "DCM", "Conclusions"),
}


def structured_report(
    exam: Exam, series: int, title: str, sections: dict[str, list[str]]
) -> Dataset:
    """A complete, verified Basic Text SR (DICOM PS3.3 A.35.1)."""
    dataset = blank(exam, BasicTextSRStorage, series, "Report", 1)
    dataset.Modality = "SR"
    del dataset.BodyPartExamined
    written = exam.when + timedelta(hours=3)
    dataset.ContentDate, dataset.ContentTime = (
        written.strftime("%Y%m%d"),
        written.strftime("%H%M%S"),
    )
    dataset.CompletionFlag, dataset.VerificationFlag = "COMPLETE", "VERIFIED"
    verifier = Dataset()
    verifier.VerifyingObserverName = "SOLHEIM^Ingrid^^Dr"
    verifier.VerifyingOrganization = "Riverbend District Hospital"
    verifier.VerificationDateTime = written.strftime("%Y%m%d%H%M%S")
    verifier.VerifyingObserverIdentificationCodeSequence = []
    dataset.VerifyingObserverSequence = [verifier]
    dataset.ReferencedPerformedProcedureStepSequence, dataset.PerformedProcedureCodeSequence = (
        [],
        [],
    )
    dataset.ValueType, dataset.ContinuityOfContent = "CONTAINER", "SEPARATE"
    dataset.ConceptNameCodeSequence = [code("18747-6", "LN", title)]
    dataset.ContentSequence = [
        _section(
            SECTIONS[name],
            [_text(SECTIONS[name] if name != "findings" else FINDING, text) for text in texts],
        )
        for name, texts in sections.items()
    ]
    return dataset


def pdf_report(exam: Exam, series: int, title: str, lines: Iterable[str]) -> Dataset:
    """A report as a PDF in a DICOM object (DICOM PS3.3 A.45.1)."""
    dataset = blank(exam, EncapsulatedPDFStorage, series, "Report", 1)
    dataset.Modality, dataset.ConversionType = "DOC", "WSD"
    del dataset.BodyPartExamined
    dataset.BurnedInAnnotation, dataset.DocumentTitle = "YES", title
    dataset.AcquisitionDateTime = exam.when.strftime("%Y%m%d%H%M%S")
    dataset.ConceptNameCodeSequence = [code("18748-4", "LN", "Diagnostic imaging study")]
    dataset.MIMETypeOfEncapsulatedDocument = "application/pdf"
    document = pdf(title, list(lines))
    dataset.EncapsulatedDocumentLength = len(document)
    dataset.EncapsulatedDocument = document + b"\0" * (len(document) % 2)
    return dataset


def pdf(title: str, lines: list[str]) -> bytes:
    """A plain letter of one page (ISO 32000-1), in Helvetica."""
    drawing = [
        b"0.055 0.396 0.451 rg 0 782 595 60 re f",
        _line("F2", 18, 56, 804, "Riverbend District Hospital", 1.0),
    ]
    drawing.append(_line("F2", 14, 56, 744, title, 0.1))
    height = 716.0
    for line in lines:
        bold = line.endswith(":")
        drawing.append(_line("F2" if bold else "F1", 11, 56, height, line, 0.1))
        height -= 16 if line else 9
    drawing.append(_line("F1", 9, 56, 42, "Signed electronically. Department of Radiology.", 0.4))
    stream = b"\n".join(drawing)
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R /Resources "
        b"<< /Font << /F1 5 0 R /F2 6 0 R >> >> >>" % PAGE,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        *(
            b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % face
            for face in (b"Helvetica", b"Helvetica-Bold")
        ),
    ]
    written = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(bodies) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        count,
        len(written),
    )
    return written + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + trailer


def _line(font: str, size: int, x: float, y: float, text: str, grey: float) -> bytes:
    escaped = (
        text.replace("\\", r"\\")
        .replace("(", r"\(")
        .replace(")", r"\)")
        .encode("cp1252", "replace")
    )
    return b"BT %.2f g /%s %d Tf %.1f %.1f Td (%s) Tj ET" % (
        grey,
        font.encode(),
        size,
        x,
        y,
        escaped,
    )
