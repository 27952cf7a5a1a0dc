"""A report as headings, paragraphs, labelled values and tables."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

WITHHELD = "not shown"


class UnreadableReport(ValueError):
    """The report cannot be shown; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 stands directly under the report's title."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; it may have several lines."""

    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """A value with its label; an identifying one names a person, place or object by itself."""

    label: str
    value: str
    identifying: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of equally many cells; the first row has the columns' headings."""

    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Item | Table


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """A report: its title, completion and verification in words, and what it says."""

    title: str
    status: str
    author: str
    dated: datetime | None  # local time at the place of writing, without a zone
    blocks: tuple[Block, ...]

    def redacted(self, clean: Callable[[str], str]) -> "ReportDocument":
        """The same with `clean` applied to every text in it, without author and date.

        Values that identify somebody whatever their wording are withheld as a whole.
        """
        return replace(
            self,
            title=clean(self.title),
            status=clean(self.status),
            author="",
            dated=None,
            blocks=tuple(_redacted(block, clean) for block in self.blocks),
        )


def _redacted(block: Block, clean: Callable[[str], str]) -> Block:
    match block:
        case Heading(level, text):
            return Heading(level, clean(text))
        case Paragraph(text):
            return Paragraph(clean(text))
        case Item(label, value, identifying):
            return Item(clean(label), WITHHELD if identifying else clean(value), identifying)
        case Table(rows):
            return Table(tuple(tuple(clean(cell) for cell in row) for row in rows))
