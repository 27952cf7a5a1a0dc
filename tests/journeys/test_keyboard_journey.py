"""Everything is done with the keyboard alone: nothing here touches a mouse or sets a focus."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.factories import PASSWORD
from tests.journeys.conftest import CHESTER, GLASS, STAFF, Someone
from tests.journeys.people import Person
from tests.journeys.served import Served, code_in, free_port, link_in, serving, until
from tests.journeys.test_accessibility import AT_REST
from tests.journeys.test_measuring_journey import listed, marks
from tests.journeys.test_staff_desk_journey import FINDINGS, file_report, furnish

pytestmark = pytest.mark.journey
ROOMS = "rooms@practice.example"
NEW_PASSWORD = "a-lamp-in-the-harbour"
HERE = "e => e.contains(document.activeElement)"
MOST_STOPS = 120


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One portal for all of them, with a report of Chester's newest exam."""
    data, port = tmp_path_factory.mktemp("keyboard") / "data", free_port()
    furnish(data, port)
    file_report(data)
    with serving(data, port) as running:
        yield running


def to(person: Person, element: Locator, key: str = "Tab") -> None:
    """Press the tab key until the focus is there."""
    expect(element).to_be_visible()
    for _ in range(MOST_STOPS):
        if element.evaluate(HERE):
            return
        person.page.keyboard.press(key)
    raise AssertionError(f"{MOST_STOPS} tabs do not lead to {element}")


def press(person: Person, *keys: str) -> None:
    for key in keys:
        person.page.keyboard.press(key)


def fill(person: Person, label: str, text: str) -> None:
    to(person, person.page.get_by_label(label, exact=True))
    press(person, "Control+a")
    person.page.keyboard.type(text)


def pushed(person: Person, element: Locator, key: str = "Enter") -> None:
    to(person, element)
    expect(element).to_be_enabled()
    press(person, key)


def dialog(person: Person, name: str | re.Pattern[str]) -> Locator:
    """A dialog that has opened and taken the focus."""
    opened = person.page.get_by_role("dialog", name=name)
    expect(opened).to_be_visible()
    until(lambda: bool(opened.evaluate(HERE)), "the dialog to have the focus")
    person.page.wait_for_function(AT_REST)
    return opened


def chosen(person: Person, button: Locator, name: str) -> None:
    """Open a menu, go down to an entry, choose it."""
    pushed(person, button)
    entry = person.page.get_by_role("menuitem", name=name).or_(
        person.page.get_by_role("menuitemradio", name=name)
    )
    expect(person.page.get_by_role("menu").locator("[data-autofocus]")).to_be_focused()
    place = int(
        entry.evaluate(
            "e => [...e.closest('[role=menu]').querySelectorAll('[role^=menuitem]')].indexOf(e)"
        )
    )
    press(person, *["ArrowDown"] * place)
    expect(entry).to_be_focused()
    press(person, "Enter")


def sign_in(person: Person, email: str, password: str) -> None:
    seen = len(person.served.mails_to(email))
    person.goto("/login")
    fill(person, "Email/User Name", email)
    fill(person, "Password", password)
    press(person, "Enter")
    dialog(person, "One-Time Password")
    person.page.keyboard.type(code_in(person.served.next_mail(email, seen)))
    press(person, "Enter")
    person.page.wait_for_url(
        lambda url: "/login" not in url and not url.endswith("/session"), wait_until="commit"
    )


def corner(person: Person, place: str) -> Locator:
    return person.page.locator(f".corner.{place}").first


def looks_and_measures(chester: Person) -> None:
    page = chester.page
    press(chester, "ArrowDown", "ArrowDown")
    expect(corner(chester, "bl")).to_contain_text("Image 3 of 12")
    press(chester, "Home")
    before = corner(chester, "br").text_content() or ""
    chosen(chester, chester.button("Window presets"), "Lung")
    expect(corner(chester, "br")).not_to_have_text(before)
    expect(chester.button("Window presets")).to_be_focused()

    page.reload()
    chester.sees_image()
    page.wait_for_load_state("networkidle")
    pushed(chester, chester.button("To the image"))
    canvas = page.get_by_role("application")
    expect(canvas).to_be_focused()
    expect(canvas).to_have_accessible_name(re.compile("image 1 of 12"))
    press(chester, "l", "Enter")
    hint = page.get_by_role("status").filter(has_text="Arrow keys move the cross")
    expect(hint).to_be_visible()
    press(chester, *["ArrowLeft"] * 10, "Enter", *["ArrowRight"] * 20, "Enter")
    expect(listed(chester)).to_contain_text("mm")
    drawn = listed(chester).text_content() or ""
    press(chester, "Enter", *["ArrowRight"] * 5, "Enter")  # its end is taken up, and put down
    expect(listed(chester)).not_to_have_text(drawn)
    press(chester, "Escape")
    expect(hint).to_have_count(0)
    press(chester, "ArrowDown")
    expect(corner(chester, "bl")).to_contain_text("Image 2 of 12")
    press(chester, "ArrowUp")
    expect(marks(chester)).to_have_count(1)
    press(chester, "Delete")
    expect(listed(chester)).to_have_count(0)


def reads(chester: Person) -> None:
    large = chester.button("Read large")
    pushed(chester, large)
    expect(dialog(chester, "Report")).to_contain_text(FINDINGS)
    press(chester, "Escape")
    expect(large).to_be_focused()


def shares(chester: Person) -> None:
    chosen(chester, chester.button("Share"), "Share exam")
    opened = dialog(chester, re.compile("Share Exam"))
    fill(chester, "Email address", ROOMS)
    pushed(chester, opened.get_by_role("checkbox", name=re.compile("I understand")), "Space")
    pushed(chester, opened.get_by_role("button", name="Next"))
    expect(opened.get_by_text("will be available until")).to_be_visible()
    pushed(chester, opened.get_by_role("button", name="Done"))
    expect(chester.button("Share")).to_be_focused()


def sets_up(robin: Person) -> None:
    robin.goto(link_in(robin.served.next_mail(ROOMS, 0)))
    pushed(robin, robin.button("Create my guest account"))
    robin.sees("Set up your account")
    fill(robin, "Your name", "Robin Lindqvist")
    fill(robin, "New password", NEW_PASSWORD)
    fill(robin, "New password again", NEW_PASSWORD)
    terms = robin.page.get_by_role("checkbox", name="I accept the terms of use")
    pushed(robin, terms, "Space")
    pushed(robin, robin.button("Finish"))
    robin.sees("Your account is ready")
    sign_in(robin, ROOMS, NEW_PASSWORD)
    robin.sees_image()


def ends_the_share(chester: Person) -> None:
    chosen(chester, chester.button("Share"), "Manage existing sharing")
    table = dialog(chester, "Manage existing sharing")
    pushed(chester, table.get_by_role("button", name=re.compile("End access of")))
    question = dialog(chester, "End this access?")
    pushed(chester, question.get_by_role("button", name="End access"))
    expect(table.get_by_role("button", name=re.compile("End access of"))).to_have_count(0)
    press(chester, "Escape")
    expect(chester.page.get_by_role("dialog")).to_have_count(0)
    expect(chester.button("Share")).to_be_focused()


def test_a_key_held_down_chooses_once_and_opens_no_menu_again(someone: Someone) -> None:
    chester = someone()
    sign_in(chester, CHESTER, PASSWORD)
    chester.sees_image()
    button, keyboard = chester.button("Window presets"), chester.page.keyboard
    before = corner(chester, "br").text_content() or ""
    pushed(chester, button)
    entry = chester.page.get_by_role("menuitemradio", name="Lung")
    expect(chester.page.get_by_role("menu").locator("[data-autofocus]")).to_be_focused()
    while not entry.evaluate(HERE):
        press(chester, "ArrowDown")
    keyboard.down("Enter")
    keyboard.down("Enter")  # a key that is held repeats itself
    chester.page.wait_for_function(AT_REST)
    expect(entry).to_be_focused()
    keyboard.up("Enter")
    expect(corner(chester, "br")).not_to_have_text(before)
    expect(button).to_be_focused()
    chester.page.wait_for_function(AT_REST)
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(chester.page.get_by_role("menu")).to_have_count(0)


def test_a_patient_and_a_guest_do_everything_with_keys(served: Served, someone: Someone) -> None:
    chester, robin = someone(), someone()
    sign_in(chester, CHESTER, PASSWORD)
    chester.sees_image()
    looks_and_measures(chester)
    reads(chester)
    shares(chester)
    sets_up(robin)
    ends_the_share(chester)
    robin.sees("no longer shared with you")
    chosen(chester, chester.button("Account"), "Sign out")
    chester.sees("You are signed out")


def test_staff_find_an_exam_with_keys(served: Served, someone: Someone) -> None:
    ana = someone()
    sign_in(ana, STAFF, PASSWORD)
    pushed(ana, ana.page.get_by_role("link", name="Staff desk"))
    nav = ana.page.get_by_role("navigation", name="Staff desk")
    pushed(ana, nav.get_by_role("link", name="Exams"))
    fill(ana, "Patient, patient ID or accession number", "okafor")
    rows = ana.page.get_by_role("row").filter(has_text="OKAFOR")
    expect(ana.page.get_by_text("1 to 1 of 1")).to_be_visible()
    pushed(ana, rows.get_by_role("link").first)
    expect(ana.button("Withhold: The exam")).to_be_visible()


def test_the_glass_is_broken_with_keys(served: Served, someone: Someone) -> None:
    amara = someone()
    sign_in(amara, GLASS, PASSWORD)
    pushed(amara, amara.button("Break glass"))
    amara.page.wait_for_url("**/break-glass")
    page = amara.page
    pushed(amara, page.get_by_role("checkbox", name=re.compile("I acknowledge")), "Space")
    pushed(amara, page.get_by_role("radio", name="Emergency treatment"), "Space")
    fill(amara, "Reason for breaking the glass", "Unconscious after a fall, head injury")
    fill(amara, "Re-type your password", PASSWORD)
    pushed(amara, amara.button("Break"))
    fill(amara, "Last Name", "okafor")
    fill(amara, "First Name", "Matilda")
    fill(amara, "DOB", "22/07/1983")
    press(amara, "Enter")
    amara.sees("OKAFOR, Matilda")
    pushed(amara, amara.button("Open exams"))
    amara.sees_image()
    opened = page.get_by_role("button", name=re.compile("The glass is broken"))
    chosen(amara, opened, "Close the glass")
    amara.sees_no_image()
