"""The viewer's tools at a desk: windows, turns, magnifier, cine, key images, the sheet of keys."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.factories import PASSWORD
from tests.journeys.conftest import CHESTER, Someone
from tests.journeys.people import Person
from ui.components.viewer.commands import written
from ui.components.viewer.keys import KEYS

pytestmark = pytest.mark.journey


def looking(someone: Someone) -> Person:
    chester = someone()
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    expect(corner(chester, "br")).to_contain_text("Zoom")
    return chester


def corner(person: Person, place: str) -> Locator:
    return person.page.locator(f".corner.{place}").first


def place_of_layers(person: Person) -> str:
    layers = person.page.locator(".canvas > .layers").first
    expect(layers).to_have_attribute("style", re.compile("matrix"))
    return layers.get_attribute("style") or ""


def test_windows_are_chosen_by_menu_and_by_number(someone: Someone) -> None:
    chester = looking(someone)
    chester.button("Window presets").click()
    chester.page.get_by_role("menuitemradio", name=re.compile("Lung")).click()
    expect(corner(chester, "br")).to_contain_text("Window 1500 at -600")
    expect(chester.page.get_by_role("menu")).to_have_count(0)
    chester.button("Window presets").click()
    expect(chester.page.get_by_role("menuitemradio", name=re.compile("Lung"))).to_have_attribute(
        "aria-checked", "true"
    )
    chester.page.keyboard.press("Escape")
    expect(chester.page.get_by_role("menu")).to_have_count(0)
    chester.page.keyboard.press("1")
    expect(corner(chester, "br")).to_contain_text("Window 400 at 40")


def test_size_turn_and_mirror_have_keys_and_reset_takes_all_back(someone: Someone) -> None:
    chester = looking(someone)
    fitted = place_of_layers(chester)
    chester.page.keyboard.press("o")
    expect(corner(chester, "br")).to_contain_text("Zoom 100 %")
    chester.page.keyboard.press("h")
    expect(chester.page.locator(".canvas > .layers").first).to_have_attribute("style", fitted)
    left = chester.page.locator(".edge.l").first
    expect(left).to_have_text("R")
    chester.page.keyboard.press("f")
    expect(left).to_have_text("L")
    chester.page.keyboard.press("Shift+F")
    expect(chester.page.locator(".edge.t").first).to_have_text("P")
    chester.page.keyboard.press("r")
    chester.page.keyboard.press("0")
    expect(left).to_have_text("R")
    expect(chester.page.locator(".canvas > .layers").first).to_have_attribute("style", fitted)


def test_the_magnifier_shows_the_image_while_it_is_held(someone: Someone) -> None:
    chester = looking(someone)
    chester.page.keyboard.press("g")
    loupe = chester.page.locator(".loupe").first
    expect(loupe).to_be_hidden()
    box = chester.page.locator(".canvas").first.bounding_box()
    assert box is not None
    mouse = chester.page.mouse
    mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    mouse.down()
    expect(loupe).to_be_visible()
    expect(loupe.locator("img").first).to_have_attribute("src", re.compile("^data:image/"))
    mouse.up()
    expect(loupe).to_be_hidden()


def test_cine_plays_pauses_and_stops_for_whoever_scrolls(someone: Someone) -> None:
    chester = looking(someone)
    place = corner(chester, "bl")
    expect(place).to_contain_text("Image 1 of 12")
    play = chester.button("Play or pause (x)")
    expect(play).to_have_attribute("aria-pressed", "false")
    chester.button("Cine speed").click()
    chester.page.get_by_role("menuitemradio", name="20 frames a second").click()
    play.click()
    expect(play).to_have_attribute("aria-pressed", "true")
    expect(place).not_to_contain_text("Image 1 of 12")
    chester.page.keyboard.press("Home")
    expect(play).to_have_attribute("aria-pressed", "false")
    expect(place).to_contain_text("Image 1 of 12")


def test_a_key_image_is_starred_found_and_let_go(someone: Someone) -> None:
    chester = looking(someone)
    chester.page.keyboard.press("PageDown")
    expect(corner(chester, "bl")).to_contain_text("Image 11 of 12")
    chester.page.keyboard.press("k")
    tiles = chester.page.locator(".key-image")
    expect(tiles).to_have_count(1)
    expect(chester.button("Key image (k)")).to_have_attribute("aria-pressed", "true")
    chester.page.reload()
    chester.sees_image()
    expect(corner(chester, "bl")).to_contain_text("Image 1 of 12")
    expect(tiles).to_have_count(1)
    chester.page.keyboard.press("n")
    expect(corner(chester, "bl")).to_contain_text("Image 11 of 12")
    chester.page.keyboard.press("Home")
    tiles.get_by_role("button").first.click()
    expect(corner(chester, "bl")).to_contain_text("Image 11 of 12")
    tiles.get_by_role("button", name=re.compile("Take the star off")).click()
    expect(tiles).to_have_count(0)
    expect(chester.button("Key image (k)")).to_have_attribute("aria-pressed", "false")


def test_the_sheet_shows_every_key_and_keeps_keys_from_the_viewer(someone: Someone) -> None:
    chester = looking(someone)
    chester.page.keyboard.press("?")
    sheet = chester.page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_be_visible()
    expect(sheet.locator("kbd").first).to_be_visible()
    assert sorted(sheet.locator("kbd").all_text_contents()) == sorted(map(written, KEYS))
    chester.page.keyboard.press("PageDown")
    chester.button("Close").click()
    expect(sheet).to_have_count(0)
    expect(corner(chester, "bl")).to_contain_text("Image 1 of 12")


def test_the_right_click_menu_shares_and_holds_the_tools(someone: Someone) -> None:
    chester = looking(someone)
    canvas = chester.page.locator(".canvas").first
    canvas.click(button="right", position={"x": 200, "y": 200})
    chester.page.get_by_role("menuitem", name="Length").click()
    expect(chester.button("Length (l)")).to_have_attribute("aria-pressed", "true")
    canvas.click(button="right", position={"x": 200, "y": 200})
    chester.page.get_by_role("menuitem", name="Share exam").click()
    expect(chester.page.get_by_role("dialog", name="Share Exam")).to_be_visible()
