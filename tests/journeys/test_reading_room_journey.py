"""Around the image: priors, exam information, help, announcements, the list, and half the width."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD
from tests.journeys.conftest import CHESTER, STAFF, Someone
from tests.journeys.people import PHONE
from tests.journeys.test_sharing_journey import NEW_PASSWORD, set_up, share_with

pytestmark = pytest.mark.journey
GUEST = "rooms@practice.example"
HALF = {"width": 720, "height": 450}  # a page of 1440 by 900 at 200 % zoom


def test_a_patient_reads_what_stands_around_the_image(someone: Someone) -> None:
    chester = someone()
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    page, side = chester.page, chester.page.locator(".side")

    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowDown")
    live = page.locator("[aria-live=polite]", has_text="slice 12 of 12, window 400 at 40")
    expect(live).to_have_count(1)
    expect(page.locator(".thumb")).to_contain_text(re.compile(r"\d+ of 12 seen"))

    chester.button("Exam information").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Patient's Name (0010,0010)")).to_be_visible()
    dialog.get_by_label("Search the exam information").fill("thickness")
    expect(dialog.locator("dt")).to_have_text(["Slice thickness"])
    expect(dialog.get_by_text("2 mm")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()

    side.get_by_role("button", name="What am I looking at?").click()
    expect(dialog.get_by_text("your doctor will explain")).to_be_visible()
    dialog.get_by_label("Search for a word").fill("hounsfield")
    expect(dialog.locator("dt")).to_have_text(["HU (Hounsfield unit)"])
    dialog.get_by_role("button", name="Close").click()

    side.get_by_role("link", name="Priors (1)").click()
    expect(side.locator(".prior-here")).to_contain_text("this exam")
    side.get_by_role("link", name=re.compile("CT 05 February 2024")).click()
    expect(page).to_have_title(re.compile("CT 05 February 2024"))
    chester.sees_image()
    expect(chester.page.locator(".exam-head")).to_contain_text("CT chest, earlier")


def test_a_guest_finds_no_name_in_the_exam_information(someone: Someone) -> None:
    chester, robin = someone(), someone()
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    share_with(chester, GUEST, "Hide patient details")
    set_up(robin, chester.served, GUEST)
    robin.sign_in(GUEST, NEW_PASSWORD)
    robin.sees_image()
    robin.button("Exam information").click()
    dialog = robin.page.get_by_role("dialog")
    expect(dialog.get_by_text("What could name the patient")).to_be_visible()
    expect(dialog.get_by_text("Slice Thickness (0018,0050)")).to_be_visible()
    robin.page.get_by_role("button", name="Close").click()
    html = robin.page.content().lower()
    for detail in ("frenchie", "chester", "14 march 1958", "acc-1", "1.2.826"):
        assert detail not in html, detail


def test_exams_are_found_by_searching_the_list(someone: Someone) -> None:
    ana = someone()
    ana.sign_in(STAFF, PASSWORD)
    rows = ana.page.locator(".exam-row")
    expect(rows).to_have_count(3)
    ana.field("Search exams").fill("okafor")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("OKAFOR, Matilda")
    ana.field("Search exams").fill("nobody of that name")
    expect(ana.page.get_by_text("No exam has these words.")).to_be_visible()
    expect(ana.field("Search exams")).to_have_value("nobody of that name")


def test_at_half_the_width_everything_is_there(someone: Someone) -> None:
    chester = someone(HALF)
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    page = chester.page
    stage = page.locator(".stage").bounding_box()
    assert stage is not None
    assert stage["height"] >= 300
    for part, least in ((".tools", 40), (".strip", 100), (".thumb", 100)):
        box = page.locator(part).first.bounding_box()
        assert box is not None
        assert box["height"] >= least, part
    assert page.evaluate("document.documentElement.scrollWidth") <= HALF["width"]
    page.locator(".canvas").click()
    page.keyboard.press("PageDown")
    expect(page.get_by_text("Image 11 of 12")).to_be_in_viewport()
    page.get_by_role("link", name="Priors (1)").click()
    expect(page.locator(".side").get_by_text("05 February 2024").first).to_be_in_viewport()


def test_a_phone_has_priors_and_help_within_reach(someone: Someone) -> None:
    chester = someone(PHONE, touch=True)
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    page = chester.page
    chester.button("Priors").click()
    expect(page.locator(".sheet .prior-here")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".sheet .prior-here")).to_be_hidden()
    chester.button("What am I looking at?").first.click()
    expect(page.get_by_role("dialog").get_by_text("your doctor will explain")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Exam information").click()
    expect(page.get_by_text("KVP").or_(page.get_by_text("Pixel Spacing")).last).to_be_visible()


def test_the_links_of_the_side_column_scroll_the_column_and_never_the_page(
    someone: Someone,
) -> None:
    chester = someone()
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    whole = "() => document.documentElement.scrollHeight - window.innerHeight"
    assert chester.page.evaluate(whole) == 0
    parts = chester.page.get_by_role("navigation", name="Parts of this column")
    parts.get_by_role("link", name="Measurements").click()
    expect(chester.page.get_by_role("heading", name="Measurements")).to_be_in_viewport()
    expect(chester.page.locator(".viewer > .bar")).to_be_in_viewport()
    assert chester.page.evaluate("() => window.scrollY") == 0
