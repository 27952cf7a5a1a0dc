"""Looking at other planes through a series."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.factories import PASSWORD
from tests.journeys.conftest import CHESTER, Someone
from tests.journeys.people import Person

pytestmark = pytest.mark.journey


def choose(person: Person, name: str) -> None:
    person.button("Planes").click()
    menu = person.page.locator(".q-menu")
    menu.get_by_role("menuitemradio", name=name, exact=True).click()
    expect(menu).to_have_count(0)


def edges(person: Person) -> Locator:
    return person.page.locator(".canvas .edge")


def test_planes_and_slabs_are_chosen_from_the_menu(someone: Someone) -> None:
    chester = someone()
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    place, what = (chester.page.locator(f".corner.{corner}") for corner in ("bl", "tr"))
    expect(place).to_contain_text("Image 1 of 12")
    choose(chester, "Coronal")
    expect(what).to_contain_text("Axial, Coronal")
    expect(place).to_contain_text("Image 65 of 128")
    expect(edges(chester)).to_have_text(["R", "L", "H", "F"])
    chester.sees_image()
    chester.page.locator(".canvas").hover()
    chester.page.mouse.wheel(0, 120)
    expect(place).to_contain_text("Image 66 of 128")
    choose(chester, "MIP (brightest)")
    expect(what).to_contain_text("Coronal, MIP of 10 mm")
    expect(place).to_contain_text("Image 66 of 128")
    choose(chester, "20 mm thick")
    expect(what).to_contain_text("Coronal, MIP of 20 mm")
    choose(chester, "Sagittal")
    expect(what).to_contain_text("Sagittal, MIP of 20 mm")
    expect(edges(chester)).to_have_text(["A", "P", "H", "F"])
    choose(chester, "Acquired")
    expect(what).not_to_contain_text("Sagittal")
    expect(place).to_contain_text("of 12")
    expect(edges(chester)).to_have_text(["R", "L", "A", "P"])
