"""Sticky notes: written by staff at a desk, read by the patient on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD
from tests.journeys.conftest import CHESTER, STAFF, Someone
from tests.journeys.people import PHONE

pytestmark = pytest.mark.journey


def test_a_note_written_at_the_desk_is_read_on_a_phone(someone: Someone) -> None:
    ana, chester = someone(), someone(PHONE, touch=True)
    ana.sign_in(STAFF, PASSWORD)
    ana.page.locator(".exam-row", has_text="FRENCHIE, Chester, 03 October").click()
    ana.sees_image()
    notes = ana.page.locator(".side .notes")
    ana.page.get_by_label("New note").fill("Please bring the old films.")
    ana.button("Add note").click()
    expect(notes.get_by_text("Please bring the old films.")).to_be_visible()
    expect(notes.get_by_text("staff only")).to_be_visible()
    ana.page.get_by_role("button", name="Let the patient read this note").click()
    expect(notes.get_by_text("staff only")).to_have_count(0)

    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    chester.button("Notes").click()
    expect(chester.page.get_by_text("Please bring the old films.").last).to_be_visible()
    expect(chester.page.get_by_label("New note")).to_have_count(0)
