"""The focus goes into a dialog, and comes back to what opened it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.conftest import Someone
from tests.journeys.people import DESKTOP, Person
from tests.journeys.served import until
from tests.journeys.test_accessibility import AT_REST, viewer

pytestmark = pytest.mark.journey


def settled(person: Person) -> None:
    """Wait until the page is there and at rest, and a dialog has taken the focus from it."""
    person.page.wait_for_load_state("networkidle")
    if person.page.get_by_role("dialog").count():
        person.page.wait_for_function("!document.activeElement.closest('.nicegui-content')")
    person.page.wait_for_function(AT_REST)


def tabbed_to(person: Person, element: Locator) -> bool:
    """Press the tab key; whether the focus is here now."""
    person.page.keyboard.press("Tab")
    return bool(element.evaluate("e => e === document.activeElement"))


def test_a_dialog_gives_the_focus_back_to_what_opened_it(someone: Someone) -> None:
    person = someone(DESKTOP)
    viewer(person)
    person.button("Share").focus()
    person.page.keyboard.press("Enter")
    entry = person.page.get_by_role("menuitem", name="Share exam")
    expect(entry).to_be_visible()
    settled(person)
    until(lambda: tabbed_to(person, entry), "the focus to be on the menu's first entry")
    person.page.keyboard.press("Enter")
    expect(person.page.get_by_role("dialog")).to_be_visible()
    settled(person)
    person.page.keyboard.press("Escape")
    expect(person.page.get_by_role("dialog")).to_have_count(0)
    expect(person.button("Share")).to_be_focused()
