"""What a person chooses to take away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from services.errors import Invalid
from services.language import _

PER_PAGE = {1: (1, 1), 2: (1, 2), 4: (2, 2), 6: (2, 3), 9: (3, 3), 12: (3, 4)}  # across, down


class Form(StrEnum):
    """How pictures are written; the last two move."""

    JPEG = "jpeg"
    PNG = "png"
    GIF = "gif"
    WEBP = "webp"

    @property
    def moves(self) -> bool:
        """Whether a series becomes one moving picture."""
        return self in (Form.GIF, Form.WEBP)


@dataclass(frozen=True, slots=True)
class DicomFiles:
    """All objects of the exam as a file-set with a DICOMDIR."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """The images as pictures; `series` counts from 1, 0: every series."""

    form: Form = Form.JPEG
    texts: bool = True
    series: int = 0


@dataclass(frozen=True, slots=True)
class Reports:
    """The exam's reports as PDF."""


@dataclass(frozen=True, slots=True)
class Print:
    """Images and report laid out on pages; `series` counts from 1, 0: every series."""

    per_page: int = 6
    texts: bool = True
    series: int = 0
    report: bool = True

    def __post_init__(self) -> None:
        if self.per_page not in PER_PAGE:
            raise Invalid(_("1, 2, 4, 6, 9 or 12 images fit on a page."))


Wanted = DicomFiles | Pictures | Reports | Print


class Pieces(Iterator[bytes]):
    """The bytes of a download, piece by piece; `close` it however it ends."""

    def unchanged(self) -> bool:
        """Whether nothing happened that might end it; asks no database."""
        return True

    def check(self) -> None:
        """A portal error once it may not go on."""

    def close(self) -> None:
        """Give back what the download holds; once more does nothing."""


@dataclass(frozen=True, slots=True)
class Download:
    """A download that has begun."""

    name: str  # of the file
    media_type: str
    pieces: Pieces
