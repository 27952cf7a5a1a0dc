"""Signing in and out as people do it, right and wrong."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD
from tests.journeys.conftest import CHESTER, Someone
from tests.journeys.people import DESKTOP, PHONE, PICTURE, TABLET, Person
from tests.journeys.served import Served, code_in

pytestmark = pytest.mark.journey


def one_time_password(person: Person) -> object:
    return person.page.get_by_role("dialog").get_by_label("Password", exact=True)


@pytest.mark.parametrize("size", [DESKTOP, TABLET, PHONE], ids=["desktop", "tablet", "phone"])
def test_after_signing_in_the_newest_exam_is_on_screen(
    someone: Someone, size: dict[str, int]
) -> None:
    chester = someone(size, moving=True)
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    chester.sees("FRENCHIE, Chester - CT 03 October 2026 09:20")
    width = chester.page.evaluate("document.documentElement.scrollWidth")
    assert width <= size["width"]

    # the first picture was there before any script had run, where the viewer then showed it
    expect(chester.page.locator(".poster")).to_be_hidden()
    place = chester.page.locator(".stage").bounding_box()
    early = chester.context.new_page()
    early.route("**/nicegui.js", lambda request: request.abort())
    early.goto(chester.page.url)
    poster = early.locator(".poster img")
    expect(poster).to_be_visible()
    assert PICTURE.match(poster.get_attribute("src") or "")
    assert poster.bounding_box() == pytest.approx(place, abs=16)  # a title may take another line


def test_the_pop_up_has_the_words_of_the_leaflet(someone: Someone) -> None:
    chester = someone()
    chester.log_in(CHESTER, PASSWORD)
    chester.sees("A one-time password has been sent to your email address")
    chester.sees("Please enter this password in the text box below and click Continue.")
    chester.sees(
        "* The password is valid for the next 20 minutes. After that, you will need to login again."
    )
    assert CHESTER not in chester.page.get_by_role("dialog").inner_text()


def test_a_wrong_password_gets_one_plain_sentence(someone: Someone) -> None:
    chester = someone()
    chester.log_in(CHESTER, "not-the-password")
    chester.sees("is not right")
    expect(chester.field("Email/User Name")).to_have_value(CHESTER)


def test_a_wrong_one_time_password_can_be_tried_again(served: Served, someone: Someone) -> None:
    chester = someone()
    chester.log_in(CHESTER, PASSWORD)
    dialog = chester.page.get_by_role("dialog")
    field = dialog.get_by_label("Password", exact=True)
    field.fill("AAAAAAAA")
    dialog.get_by_role("button", name="Continue").click()
    expect(dialog.get_by_text("not right")).to_be_visible()
    field.fill(code_in(served.next_mail(CHESTER, 0)))
    dialog.get_by_role("button", name="Continue").click()
    chester.sees_image()


def test_cancel_ends_the_attempt(served: Served, someone: Someone) -> None:
    chester = someone()
    chester.log_in(CHESTER, PASSWORD)
    dialog = chester.page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Continue")).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    chester.goto("/studies")
    expect(chester.page).to_have_url(f"{served.url}/login?next=/studies")


def test_signing_out_closes_every_open_page_of_the_session(someone: Someone) -> None:
    chester = someone()
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    second = chester.context.new_page()
    second.goto(chester.served.url + "/studies")
    second.get_by_role("button", name="Account").click()
    second.get_by_role("menuitem", name="Sign out").click()
    chester.sees("You are signed out")
    chester.sees_no_image()
    chester.page.go_back()
    expect(chester.page.get_by_text("FRENCHIE")).to_have_count(0)


def test_a_foreign_exams_address_looks_like_none(someone: Someone) -> None:
    chester = someone()
    chester.sign_in(CHESTER, PASSWORD)
    chester.goto("/study/aaaaaaaaaaaaaaaaaaaaaaaaaa")
    chester.sees("There is no such exam, or it is not shared with you.")


def test_the_back_button_shows_nothing_after_signing_out(someone: Someone) -> None:
    """Nothing was kept: the browser has to ask, and is led to the log-in page."""
    chester = someone()
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    chester.goto("/studies")
    chester.sees("FRENCHIE")
    chester.button("Account").click()
    chester.page.get_by_role("menuitem", name="Sign out").click()
    chester.sees("You are signed out")
    chester.page.get_by_role("link", name="Log in again").click()
    expect(chester.button("Log In")).to_be_visible()
    for _ in range(2):
        chester.page.go_back()
        expect(chester.button("Log In")).to_be_visible()
        assert "FRENCHIE" not in chester.page.content()
        expect(chester.page.locator(".layers img")).to_have_count(0)
