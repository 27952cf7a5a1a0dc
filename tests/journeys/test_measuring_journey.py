"""Measuring on an image: drawn, read, kept, deleted, brought back."""

from __future__ import annotations

import re

import pydicom
import pytest
from playwright.sync_api import Locator, expect

from tests.factories import PASSWORD
from tests.journeys.conftest import CHESTER, Someone
from tests.journeys.people import PHONE, TABLET, Person

pytestmark = pytest.mark.journey
SIZE = 128  # image pixels of 1 mm, of the exam's square slices


def looking(person: Person) -> Person:
    person.sign_in(CHESTER, PASSWORD)
    person.sees_image()
    expect(person.page.locator(".corner.br")).to_contain_text("Zoom")
    return person


def at(person: Person, x: float, y: float) -> tuple[float, float]:
    """Where an image pixel is on the page while the whole image is shown."""
    box = person.page.locator(".canvas").bounding_box()
    assert box is not None
    scale = min(box["width"], box["height"]) / SIZE
    middle_x, middle_y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return middle_x + (x - SIZE / 2) * scale, middle_y + (y - SIZE / 2) * scale


def drag(person: Person, a: tuple[float, float], b: tuple[float, float]) -> None:
    mouse = person.page.mouse
    mouse.move(*at(person, *a))
    mouse.down()
    mouse.move(*at(person, *b), steps=5)
    mouse.up()


def marks(person: Person) -> Locator:
    return person.page.locator(".marks g.mark")


def number_before(person: Person, unit: str) -> float:
    """The first number with that unit beside the only mark."""
    text = marks(person).locator("text").text_content() or ""
    found = re.search(rf"([\d.]+){unit}", text)
    assert found is not None, text
    return float(found[1])


def listed(person: Person) -> Locator:
    return person.page.locator(".measured")  # the priors are a list as well


def test_a_length_is_drawn_read_kept_deleted_and_brought_back(someone: Someone) -> None:
    chester = looking(someone())
    chester.page.keyboard.press("l")
    expect(chester.button("Length (l)")).to_have_attribute("aria-pressed", "true")
    drag(chester, (34, 64), (94, 64))
    expect(marks(chester)).to_have_count(1)
    expect(listed(chester)).to_contain_text("mm")  # what is kept has been measured
    length = number_before(chester, " mm")
    assert length == pytest.approx(60, abs=0.5)  # a CSS pixel is a fifth of a millimetre here
    expect(listed(chester)).to_have_count(1)
    expect(listed(chester)).to_contain_text(f"Length, {length:.1f} mm")
    expect(listed(chester)).to_contain_text("image 1")

    chester.page.reload()
    chester.sees_image()
    expect(marks(chester).locator("text")).to_have_text(f"{length:.1f} mm")
    chester.page.locator(".canvas").hover()
    chester.page.mouse.wheel(0, 120)
    expect(marks(chester)).to_have_count(0)
    listed(chester).get_by_role("button").first.click()
    expect(chester.page.locator(".corner.bl")).to_contain_text("Image 1 of 12")
    expect(marks(chester).locator(".handle")).to_have_count(2)

    listed(chester).get_by_role("button", name="Delete").click()
    expect(marks(chester)).to_have_count(0)
    expect(listed(chester)).to_have_count(0)
    chester.button("Undo (Ctrl+Z)").click()
    expect(marks(chester)).to_have_count(1)
    chester.page.reload()
    chester.sees_image()
    expect(marks(chester)).to_have_count(1)


def test_a_handle_is_dragged_and_the_keys_undo_it(someone: Someone) -> None:
    chester = looking(someone())
    chester.page.keyboard.press("l")
    drag(chester, (34, 64), (64, 64))
    chester.page.keyboard.press("s")
    expect(marks(chester).locator(".handle")).to_have_count(2)
    expect(listed(chester)).to_contain_text("30.")
    drag(chester, (64, 64), (94, 64))
    expect(listed(chester)).to_contain_text("60.")
    expect(chester.page.locator(".corner.bl")).to_contain_text("Image 1 of 12")
    chester.page.keyboard.press("Control+z")
    expect(listed(chester)).to_contain_text("30.")
    chester.page.keyboard.press("Control+y")
    expect(listed(chester)).to_contain_text("60.")
    chester.page.keyboard.press("Delete")
    expect(marks(chester)).to_have_count(0)


def test_a_region_tells_its_area_and_values(someone: Someone) -> None:
    chester = looking(someone())
    chester.button("Ellipse (e)").click()
    drag(chester, (54, 54), (74, 74))
    expect(listed(chester)).to_contain_text("mean 10.0 ± 0.0 HU")
    assert number_before(chester, " mm²") == pytest.approx(314, rel=0.03)


def test_measurements_are_saved_as_a_dicom_file(someone: Someone) -> None:
    chester = looking(someone())
    expect(chester.button("Save as DICOM file")).to_be_hidden()
    chester.page.keyboard.press("l")
    drag(chester, (34, 64), (94, 64))
    expect(listed(chester)).to_contain_text("mm")
    with chester.page.expect_download() as download:
        chester.button("Save as DICOM file").click()
    report = pydicom.dcmread(download.value.path())
    assert report.Modality == "SR"
    assert str(report.PatientName) == "FRENCHIE^Chester"


def test_an_arrow_carries_exactly_the_words_that_were_typed(someone: Someone) -> None:
    chester = looking(someone())
    chester.page.keyboard.press("y")
    drag(chester, (40, 40), (60, 60))
    words = '<img src=x onerror="document.title=1">&amp;'
    chester.page.get_by_role("dialog").get_by_label("Text", exact=True).fill(words)
    chester.button("Save").click()
    expect(marks(chester).locator("text")).to_have_text(words)
    expect(chester.page.locator(".marks img")).to_have_count(0)
    expect(listed(chester)).to_contain_text(words)
    expect(chester.page.get_by_role("dialog")).to_have_count(0)
    chester.page.keyboard.press("t")
    chester.page.mouse.click(*at(chester, 90, 90))
    chester.button("Cancel").click()
    expect(marks(chester)).to_have_count(1)


def test_fingers_on_a_tablet_measure_by_taps(someone: Someone) -> None:
    chester = looking(someone(TABLET, touch=True))
    chester.button("Length (l)").tap()
    for x in (34, 94):
        chester.page.touchscreen.tap(*at(chester, x, 64))
    expect(listed(chester)).to_contain_text("mm")
    assert number_before(chester, " mm") == pytest.approx(60, abs=0.5)
    chester.button("Value (p)").tap()
    chester.page.touchscreen.tap(*at(chester, 64, 74))
    expect(listed(chester).nth(1)).to_contain_text("Value, 10 HU")


def test_a_phone_shows_what_was_measured_and_no_tools_for_it(someone: Someone) -> None:
    chester = looking(someone())
    chester.page.keyboard.press("l")
    drag(chester, (34, 64), (94, 64))
    expect(listed(chester)).to_have_count(1)
    phone = someone(PHONE, touch=True)
    looking(phone)
    expect(marks(phone)).to_have_count(1)
    expect(phone.button("Length (l)")).to_be_hidden()
    expect(listed(phone).first).to_be_hidden()
