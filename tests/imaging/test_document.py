"""Encapsulated PDF documents and pictures of their pages."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from fpdf import FPDF
from fpdf.enums import EncryptionMethod
from PIL import Image
from pydicom.dataset import Dataset

from imaging.document import (
    MOST_PIXELS,
    UnreadableDocument,
    encapsulated_pdf,
    page_count,
    page_picture,
    page_text,
)


def pdf(*colours: str, size: tuple[int, int] = (120, 200)) -> bytes:
    """A PDF with a page of every colour."""
    pages = [Image.new("RGB", size, colour) for colour in colours]
    buffer = io.BytesIO()
    pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:], resolution=72, quality=95)
    return buffer.getvalue()


def letter(text: str) -> FPDF:
    """A PDF page with words on it."""
    written = FPDF()
    written.add_page()
    written.set_font("Helvetica", size=16)
    written.multi_cell(0, text=text)
    return written


def encapsulated(data: bytes, **others: object) -> Dataset:
    dataset = Dataset()
    dataset.MIMETypeOfEncapsulatedDocument = "application/pdf"
    dataset.EncapsulatedDocument = data + b"\0" * (len(data) % 2)
    for keyword, value in others.items():
        setattr(dataset, keyword, value)
    return dataset


def test_a_pdf_comes_out_as_it_went_in() -> None:
    data = pdf("red")
    data += b"\n" * (1 - len(data) % 2)  # of odd length, so that it is padded
    assert encapsulated_pdf(encapsulated(data)) == data
    assert encapsulated_pdf(encapsulated(data, EncapsulatedDocumentLength=len(data))) == data


def test_a_pdf_without_a_stated_type_is_still_a_pdf() -> None:
    data = pdf("red")
    dataset = encapsulated(data)
    del dataset.MIMETypeOfEncapsulatedDocument
    assert page_count(encapsulated_pdf(dataset)) == 1


@pytest.mark.parametrize(
    ("kind", "told"),
    [("text/XML", "CDA"), ("model/stl", "STL"), ("model/obj", "OBJ"), ("image/png", "image/png")],
)
def test_documents_of_another_kind_are_named(kind: str, told: str) -> None:
    with pytest.raises(UnreadableDocument, match=told):
        encapsulated_pdf(encapsulated(pdf("red"), MIMETypeOfEncapsulatedDocument=kind))


@pytest.mark.parametrize(
    ("dataset", "told"),
    [
        (Dataset(), "empty"),
        (encapsulated(b""), "empty"),
        (encapsulated(b"hello, this is text"), "not"),
        (encapsulated(b" " * 1024 + pdf("red")), "not"),
        (encapsulated(pdf("red"), EncapsulatedDocumentLength=10**7), "incomplete"),
    ],
)
def test_what_is_no_complete_pdf_is_refused(dataset: Dataset, told: str) -> None:
    with pytest.raises(UnreadableDocument, match=told):
        encapsulated_pdf(dataset)


def test_pages_are_counted() -> None:
    assert page_count(pdf("red", "green", "blue")) == 3


def test_each_page_has_its_own_picture_in_rgb() -> None:
    data = pdf("red", "lime", "blue")
    for number, colour in enumerate([(255, 0, 0), (0, 255, 0), (0, 0, 255)]):
        picture = page_picture(data, number, 300)
        assert picture.shape == (500, 300, 3)
        assert picture.dtype == np.uint8
        assert np.abs(picture[250, 150].astype(int) - colour).max() <= 3


def test_words_are_black_on_white() -> None:
    picture = page_picture(bytes(letter("Finding").output()), 0, 600)
    assert tuple(picture[0, 0]) == (255, 255, 255)
    assert picture.min() < 60


@pytest.mark.parametrize(("wanted", "got"), [(1, 64), (-5, 64), (777, 777), (10**9, 4000)])
def test_the_width_is_held_within_bounds(wanted: int, got: int) -> None:
    assert page_picture(pdf("red", size=(100, 100)), 0, wanted).shape[1] == got


def test_a_very_tall_page_is_shown_smaller() -> None:
    height, width, _ = page_picture(pdf("red", size=(100, 5000)), 0, 4000).shape
    assert height * width <= MOST_PIXELS * 1.01
    assert width < 4000


@pytest.mark.parametrize("number", [-1, 1, 10**6])
def test_a_page_that_is_not_there_is_told(number: int) -> None:
    with pytest.raises(UnreadableDocument, match="no page"):
        page_picture(pdf("red"), number, 200)
    with pytest.raises(UnreadableDocument, match="no page"):
        page_text(pdf("red"), number)


def test_the_words_of_a_page_are_read() -> None:
    data = bytes(letter("No abnormality\nSigned").output())
    assert page_text(data, 0).split() == ["No", "abnormality", "Signed"]
    assert page_text(pdf("red"), 0) == ""


def test_a_protected_document_is_refused() -> None:
    written = letter("secret")
    written.set_encryption("owner", "user", encryption_method=EncryptionMethod.RC4)
    with pytest.raises(UnreadableDocument, match="password"):
        page_count(bytes(written.output()))


NO_PAGES = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\nnothing else", pdf("red")[:40], NO_PAGES])
def test_a_damaged_document_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="damaged"):
        page_count(data)


def test_a_filled_in_form_field_is_shown() -> None:
    data = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Annots[4 0 R]>>endobj\n"
        b"4 0 obj<</Type/Annot/Subtype/Widget/FT/Tx/T(f)/F 4/Rect[20 20 80 80]"
        b"/AP<</N 5 0 R>>>>endobj\n"
        b"5 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 60 60]/Length 24>>stream\n"
        b"0 0 1 rg 0 0 60 60 re f \nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )
    assert tuple(page_picture(data, 0, 100)[50, 50]) == (0, 0, 255)


def test_pages_may_be_asked_for_by_several_threads_at_once() -> None:
    data = pdf("red", "lime", "blue")
    with ThreadPoolExecutor(4) as pool:
        pictures = list(pool.map(lambda number: page_picture(data, number % 3, 200), range(24)))
    for number, picture in enumerate(pictures):
        assert picture[100, 100].argmax() == number % 3


def test_after_a_refusal_other_documents_still_open() -> None:
    with pytest.raises(UnreadableDocument):
        page_count(b"%PDF-1.7 broken")
    with pytest.raises(UnreadableDocument):
        page_picture(pdf("red"), 9, 100)
    assert page_count(pdf("red")) == 1
