"""The papers that anybody may take: the application, blank and filled in, and the leaflet."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2
import segno

from services.downloads.application_paper import application_paper
from services.downloads.leaflet import BAND, CODE, leaflet
from services.downloads.paper import MARGIN
from services.glass.application_form import Form
from services.language import speaking
from services.settings import Settings
from tests.factories import House

FORM = Form(
    "Dr Zoë Łukasz", "zoe@x.example", "+61491570156", "2426621B", "Harbour Street",
    "On call for the island's emergency room. " * 20, declared=True,
)  # fmt: skip
SETTINGS = Settings(
    _env_file=None, portal_name="Coast Images", organisation="Coast Hospital",
    base_url="https://images.coast.example", support_phone="+61 2 5550 1234",
    support_email="help@coast.example", support_hours="always",
)  # fmt: skip


def read(pdf: bytes) -> tuple[int, str]:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    texts = [page.get_textpage().get_text_bounded() for page in document]
    return len(document), " ".join(" ".join(texts).split())


def test_the_blank_form_asks_for_everything_on_one_page(house: House) -> None:
    pages, text = read(application_paper(house.portal))
    assert pages == 1
    for asked in ("Contact mobile number", "Provider number", "Practice or hospital", "Signature",
                  "Identity checked"):  # fmt: skip
        assert asked in text
    assert house.portal.settings.support_email in text


def test_the_filled_form_says_what_was_typed(house: House) -> None:
    pages, text = read(application_paper(house.portal, FORM))
    for typed in ("Dr Zoë Łukasz", "zoe@x.example", "2426621B", "Harbour Street", "island's"):
        assert typed in text
    assert "02 November 2026" in text
    assert pages <= 2


def test_what_is_half_typed_can_be_printed_too(house: House) -> None:
    assert "Dr Half" in read(application_paper(house.portal, Form(name="Dr Half")))[1]
    assert read(application_paper(house.portal, Form(reason="x" * 100_000)))[0] == 1


def test_the_leaflet_is_the_organisations_own_and_fits_one_page() -> None:
    pages, text = read(leaflet(SETTINGS))
    assert pages == 1
    for told in ("Coast Images", "Coast Hospital", "https://images.coast.example",
                 "+61 2 5550 1234", "help@coast.example", "always", "/apply"):  # fmt: skip
        assert told in text


def test_the_leaflets_code_is_that_of_the_portals_address() -> None:
    page = pypdfium2.PdfDocument(io.BytesIO(leaflet(SETTINGS)))[0]
    grey = np.asarray(page.render(scale=6).to_pil().convert("L"))
    code = np.array([*segno.make("https://images.coast.example", error="m").matrix_iter(border=4)])
    dots_per_mm = 6 * 72 / 25.4
    centres = (np.arange(len(code)) + 0.5) * CODE / len(code)
    rows = ((BAND + 10 + centres) * dots_per_mm).astype(int)
    columns = ((MARGIN + centres) * dots_per_mm).astype(int)
    assert np.array_equal(grey[np.ix_(rows, columns)] < 128, code.astype(bool))


def test_the_leaflet_fits_one_page_in_german() -> None:
    with speaking("de"):
        assert read(leaflet(SETTINGS))[0] == 1
