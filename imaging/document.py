"""Encapsulated PDF documents (DICOM PS3.3 C.24) and pictures of their pages.

pdfium is not safe to use from several threads at once, so one lock is held around every use.
Forms are never initialised, and with them no script of a document ever runs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from pydicom.dataset import Dataset

from imaging import attributes

MOST_PAGES = 5000
NARROWEST, WIDEST = 64, 4000  # pixels across a page's picture
MOST_PIXELS = 24_000_000
LONGEST_TEXT = 200_000  # characters of a page

_PDF_TYPE, _SIGNATURE, _SIGNATURE_WITHIN = "application/pdf", b"%PDF", 1024
_OTHER_TYPES = {
    "text/xml": "a clinical document in CDA format",
    "application/xml": "a clinical document in CDA format",
    "model/stl": "a three-dimensional model in STL format",
    "application/sla": "a three-dimensional model in STL format",
    "model/obj": "a three-dimensional model in OBJ format",
    "model/mtl": "the materials of a three-dimensional model (MTL format)",
}
_pdfium = Lock()


class UnreadableDocument(ValueError):
    """The document cannot be shown; the message says why in one sentence."""


def encapsulated_pdf(dataset: Dataset) -> bytes:
    """The PDF inside a data set, without padding (DICOM PS3.3 C.24.2).

    Raises `UnreadableDocument` where there is none, it is incomplete, or it is of another kind.
    """
    kind = attributes.text(dataset, "MIMETypeOfEncapsulatedDocument").partition(";")[0]
    kind = kind.strip().lower()
    if kind and kind != _PDF_TYPE:
        name = _OTHER_TYPES.get(kind, f"of the type “{kind[:64]}”")
        raise UnreadableDocument(f"This document is {name}, not a PDF, and cannot be shown here.")
    data = attributes.value(dataset, "EncapsulatedDocument")
    if not isinstance(data, bytes) or not data:
        raise UnreadableDocument("This document is empty.")
    length = attributes.whole(dataset, "EncapsulatedDocumentLength")
    if length > len(data):
        raise UnreadableDocument("This document is incomplete: its end is missing.")
    # An older object states no length; a PDF never ends in zero bytes of its own.
    data = data[:length] if length > 0 else data.rstrip(b"\0")
    if _SIGNATURE not in data[:_SIGNATURE_WITHIN]:
        raise UnreadableDocument("This document says it is a PDF, but it is not.")
    return data


def page_count(data: bytes) -> int:
    """How many pages the PDF has, 1 to 5000; `UnreadableDocument` otherwise."""
    with _opened(data) as document:
        return _pages(document)


def page_picture(data: bytes, page: int, width: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Page `page` (from 0) as uint8 RGB of shape (h, w, 3), on white.

    `width` in pixels is held within 64 to 4000, and made less where a very tall page would have
    more than 24 million pixels. Raises `UnreadableDocument`.
    """
    with _page(data, page) as opened:
        across, down = opened.get_size()
        if not (across > 0 and down > 0):
            raise UnreadableDocument("This page of the document has no size.")
        wide = min(max(width, NARROWEST), WIDEST)
        # Half a pixel less, because pdfium's binding rounds the picture's sides up.
        scale = min((wide - 0.5) / across, (MOST_PIXELS / (across * down)) ** 0.5)
        if max(down, across) * scale > MOST_PIXELS / NARROWEST:
            raise UnreadableDocument("This page of the document is too long to be shown.")
        bitmap = opened.render(scale=scale, may_draw_forms=False, rev_byteorder=True)
        try:
            return np.array(bitmap.to_numpy()[..., :3], np.uint8, copy=True, order="C")
        finally:
            bitmap.close()


def page_text(data: bytes, page: int) -> str:
    """The words on page `page` (from 0), lines separated by newlines; "" for a scanned page."""
    with _page(data, page) as opened:
        words = opened.get_textpage()
        try:
            found: str = words.get_text_bounded()[:LONGEST_TEXT]
        finally:
            words.close()
    return found.replace("\r\n", "\n").replace("\r", "\n")


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    """The document, with pdfium locked while it is open."""
    with _pdfium:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise UnreadableDocument(_why(error)) from error
        try:
            yield document
        except pypdfium2.PdfiumError as error:
            raise UnreadableDocument("This document is damaged and cannot be shown.") from error
        finally:
            document.close()


@contextmanager
def _page(data: bytes, number: int) -> Iterator[Any]:
    with _opened(data) as document:
        if not 0 <= number < _pages(document):
            raise UnreadableDocument(f"This document has no page {number + 1}.")
        if document.get_formtype() != pdfium.FORMTYPE_NONE:
            _fill_in(document, number)
        page = document[number]
        try:
            yield page
        finally:
            page.close()


def _fill_in(document: Any, number: int) -> None:
    """Make the values of form fields part of the page: without a form they are not drawn.

    Where pdfium cannot, the page stays as it is.
    """
    page = document[number]
    try:
        pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
    finally:
        page.close()


def _pages(document: Any) -> int:
    count = len(document)
    if count < 1:
        raise UnreadableDocument("This document has no pages.")
    if count > MOST_PAGES:
        raise UnreadableDocument(f"This document has more than {MOST_PAGES} pages.")
    return count


def _why(error: Exception) -> str:
    if "password" in str(error).lower():
        return "This document is protected with a password and cannot be shown."
    return "This document is damaged and cannot be shown."
