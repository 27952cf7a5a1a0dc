"""How final a report is, in a word and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from services.language import _


class Stage(Enum):
    """What a report's own flags make it (DICOM PS3.3 C.17.2)."""

    PRELIMINARY = auto()
    UNCHECKED = auto()
    FINAL = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class ReportStatus:
    """A status as it is shown."""

    stage: Stage
    name: str  # empty: the report does not tell
    sentence: str


def report_status(flags: str) -> ReportStatus:
    """From a document's flags in words, such as `complete, verified`; empty: none were told."""
    told = {flag.strip() for flag in flags.split(",")}
    if told & {"preliminary", "partial"}:
        sentence = _("This report is preliminary: it may still change.")
        return ReportStatus(Stage.PRELIMINARY, _("Preliminary"), sentence)
    if told & {"final", "verified"}:
        return ReportStatus(Stage.FINAL, _("Final"), _("This report was checked and is final."))
    if "not verified" in told:
        sentence = _("This report is written, and nobody has signed it yet.")
        return ReportStatus(Stage.UNCHECKED, _("Not yet signed"), sentence)
    return ReportStatus(Stage.UNKNOWN, "", "")
