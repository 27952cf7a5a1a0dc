"""Looking through an exam with wheel, keys, mouse and fingers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.factories import PASSWORD
from tests.journeys.conftest import CHESTER, Someone
from tests.journeys.people import FRONT, PHONE, Person

pytestmark = pytest.mark.journey


def signed_in(person: Person) -> Locator:
    person.sign_in(CHESTER, PASSWORD)
    person.sees_image()
    return person.page.locator(".corner.bl")


def drag(person: Person, dx: int, dy: int) -> None:
    box = person.page.locator(".canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    person.page.mouse.move(x, y)
    person.page.mouse.down()
    person.page.mouse.move(x + dx, y + dy, steps=6)
    person.page.mouse.up()


def test_wheel_and_keys_scroll_the_stack(someone: Someone) -> None:
    chester = someone()
    place = signed_in(chester)
    expect(place).to_contain_text("Image 1 of 12")
    chester.page.locator(".canvas").hover()
    chester.page.mouse.wheel(0, 120)
    expect(place).to_contain_text("Image 2 of 12")
    chester.page.keyboard.press("ArrowDown")
    expect(place).to_contain_text("Image 3 of 12")
    chester.page.keyboard.press("End")
    expect(place).to_contain_text("Image 12 of 12")
    chester.page.keyboard.press("ArrowDown")
    expect(place).to_contain_text("Image 12 of 12")


def test_a_slice_at_rest_is_shown_without_loss(someone: Someone) -> None:
    chester = someone()
    signed_in(chester)
    expect(chester.page.locator(FRONT).first).to_have_attribute(
        "src", re.compile("^data:image/png")
    )
    expect(chester.page.locator(".lossy")).to_be_hidden()


def test_dragging_changes_the_window_and_reset_brings_it_back(someone: Someone) -> None:
    chester = someone()
    signed_in(chester)
    window = chester.page.locator(".corner.br")
    expect(window).to_contain_text("Window 400 at 40")
    drag(chester, 60, 0)
    expect(window).not_to_contain_text("Window 400 at 40")
    chester.page.keyboard.press("0")
    expect(window).to_contain_text("Window 400 at 40")


def test_the_zoom_tool_zooms(someone: Someone) -> None:
    chester = someone()
    signed_in(chester)
    before = chester.page.locator(".corner.br").inner_text()
    chester.page.keyboard.press("z")
    drag(chester, 0, -80)
    expect(chester.page.locator(".corner.br")).not_to_have_text(before)


def test_a_prior_opens_in_the_same_window(someone: Someone) -> None:
    chester = someone()
    signed_in(chester)
    chester.page.locator(".side .prior").first.click()
    chester.sees("FRENCHIE, Chester - CT 05 February 2024 09:20")
    chester.sees_image()
    assert len(chester.context.pages) == 1


def test_a_phone_shows_the_image_first_and_no_sharing(someone: Someone) -> None:
    chester = someone(PHONE, touch=True)
    signed_in(chester)
    for name in ("Priors", "Report", "Actions"):
        expect(chester.page.get_by_role("button", name=name)).to_be_visible()
    expect(chester.button("Share")).to_be_hidden()
    stage = chester.page.locator(".stage").bounding_box()
    assert stage is not None
    assert stage["width"] == PHONE["width"]
    assert stage["height"] > PHONE["height"] * 0.6


def test_the_first_picture_is_part_of_the_page_itself(someone: Someone) -> None:
    chester = someone()
    signed_in(chester)
    page = chester.context.request.get(chester.page.url)
    assert "data:image/jpeg;base64," in page.text()


def test_paging_through_slices_does_not_scroll_the_page(someone: Someone) -> None:
    chester = someone()
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    chester.page.keyboard.press("PageDown")
    chester.sees("Image 11 of 12")
    assert chester.page.evaluate("window.scrollY") == 0
