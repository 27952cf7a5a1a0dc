"""The audit trail to take away: a line for each event, as JSON or as CSV, however long it is."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC
from enum import StrEnum

from sqlalchemy.orm import Session

from services import audit
from storage.models import AuditEvent

COLUMNS = ("seq", "at", "action", "account", "patient", "study", "detail", "digest")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would calculate


class Form(StrEnum):
    """How events are written; their lines carry numbers, not names."""

    JSON = "jsonl"
    CSV = "csv"

    @property
    def media_type(self) -> str:
        """Of the file."""
        return "application/jsonl" if self is Form.JSON else "text/csv"


def lines(db: Session, form: Form) -> Iterator[str]:
    """Each with its line feed; CSV begins with the names of its columns (RFC 4180)."""
    if form is Form.CSV:
        yield head()
    for event in audit.events(db):
        yield line(event, form)


def head() -> str:
    """The first line of CSV."""
    return _row(COLUMNS)


def line(event: AuditEvent, form: Form) -> str:
    """An event with its line feed."""
    return audit.as_json(event) + "\n" if form is Form.JSON else _row(_cells(event))


def _cells(event: AuditEvent) -> tuple[object, ...]:
    at = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    return (
        event.seq, at, event.action, event.account_id, event.patient_id, event.study_id,
        json.dumps(event.detail, sort_keys=True), event.digest,
    )  # fmt: skip


def _row(cells: tuple[object, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([_harmless(cell) for cell in cells])
    return out.getvalue()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
