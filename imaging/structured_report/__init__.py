"""DICOM structured reports (PS3.3 A.35, C.17) as documents people can read."""

from imaging.structured_report.document import (
    Block,
    Heading,
    Item,
    Paragraph,
    ReportDocument,
    Table,
    UnreadableReport,
)
from imaging.structured_report.reading import read_structured_report

__all__ = [
    "Block",
    "Heading",
    "Item",
    "Paragraph",
    "ReportDocument",
    "Table",
    "UnreadableReport",
    "read_structured_report",
]
