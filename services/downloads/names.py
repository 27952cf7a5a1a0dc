"""What downloaded files are called: after the exam, or after nothing where details are hidden."""

from __future__ import annotations

import re

from services.downloads.wanted import DicomFiles, Pictures, Print, Reports, Wanted
from services.exam.exams import Exam

ZIP, PDF = "application/zip", "application/pdf"
LONGEST = 80


def of(exam: Exam, wanted: Wanted, *, hidden: bool) -> tuple[str, str]:
    """Name and media type of the file."""
    match wanted:
        case DicomFiles():
            kind, media_type = "DICOM", ZIP
        case Pictures():
            kind, media_type = "pictures", ZIP
        case Reports():
            kind, media_type = "report", PDF if len(exam.reports) == 1 else ZIP
        case Print():
            kind, media_type = "print", PDF
    ending = "pdf" if media_type == PDF else "zip"
    if hidden:
        return f"exam-{kind.lower()}.{ending}", media_type
    title = re.sub(r"[^\w.-]+", "_", exam.title.replace(":", ".")).strip("_.-")
    return f"{title[:LONGEST]}_{kind}.{ending}", media_type
