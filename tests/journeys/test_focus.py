"""The tab key: it reaches everything, one always sees where it is, and nothing holds it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys import focus
from tests.journeys.conftest import Someone
from tests.journeys.people import DESKTOP, Person
from tests.journeys.served import until
from tests.journeys.test_accessibility import AT_REST, PLACES, viewer

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


@pytest.mark.parametrize("place", PLACES)
def test_one_sees_where_the_focus_is(someone: Someone, place: str) -> None:
    """A ring as long as the element is around, in three times the contrast of what it covers."""
    dark = sorted(PLACES).index(place) % 2 == 1  # every other page in the dark
    person = someone(DESKTOP, dark=dark)
    PLACES[place](person)
    settled(person)
    stops = [(stop, focus.clearness(person, stop)) for stop in focus.stops(person.page)]
    assert len(stops) >= 2
    assert [stop.name for stop, _ in stops if not stop.reachable] == []
    assert [stop.name for stop, _ in stops if not stop.name] == []
    assert [(stop.name, clearness) for stop, clearness in stops if clearness < 1] == []


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
