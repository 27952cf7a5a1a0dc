"""Forgotten and changed passwords, and forms that are sent or opened twice."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD
from tests.journeys.conftest import CHESTER, Someone
from tests.journeys.served import Served, link_in

pytestmark = pytest.mark.journey
FRESH = "a-kettle-on-the-veranda"


def test_a_forgotten_password_is_replaced_by_the_mailed_link(
    served: Served, someone: Someone
) -> None:
    chester = someone()
    chester.goto("/login")
    chester.page.get_by_role("link", name="Forgot password").click()
    chester.field("Email address").fill(CHESTER)
    chester.button("Send the link").click()
    chester.sees("If this address has an account")

    link = link_in(served.next_mail(CHESTER, 0))
    chester.goto(link)
    chester.field("New password").fill(FRESH)
    chester.field("New password again").fill("something else altogether")
    chester.button("Change password").click()
    chester.sees("The two passwords differ")
    expect(chester.field("New password")).to_have_value(FRESH)
    chester.field("New password again").fill(FRESH)
    chester.button("Change password").click()
    chester.sees("Your password is changed")

    chester.goto(link)
    chester.sees("This link does not work any more")
    chester.log_in(CHESTER, PASSWORD)
    chester.sees("is not right")
    chester.sign_in(CHESTER, FRESH)
    chester.sees_image()


def test_changing_the_password_asks_for_the_old_one_and_signs_other_browsers_out(
    someone: Someone,
) -> None:
    chester, elsewhere = someone(), someone()
    elsewhere.sign_in(CHESTER, PASSWORD)
    elsewhere.sees_image()
    chester.sign_in(CHESTER, PASSWORD)
    chester.goto("/password")
    chester.field("Current password").fill("not the current one")
    chester.field("New password").fill(FRESH)
    chester.field("New password again").fill(FRESH)
    chester.button("Change password").click()
    chester.sees("not right")
    chester.field("Current password").fill(PASSWORD)
    chester.button("Change password").click()
    chester.sees("Your password is changed")
    elsewhere.sees("You are signed out")
    elsewhere.sees_no_image()


def test_next_pressed_twice_shares_once(served: Served, someone: Someone) -> None:
    chester = someone()
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    chester.button("Share").click()
    chester.page.get_by_role("menuitem", name="Share exam").click()
    dialog = chester.page.get_by_role("dialog")
    dialog.get_by_label("Email address").fill("rooms@practice.example")
    dialog.get_by_role("checkbox", name=re.compile("I understand the security")).click()
    dialog.get_by_role("button", name="Next").dblclick()
    expect(dialog.get_by_text("will be available until")).to_be_visible()
    chester.goto("/sharing")
    expect(chester.page.get_by_role("button", name=re.compile("^End access of"))).to_have_count(1)
    assert served.next_mail("rooms@practice.example", 0)
    assert len(served.mails_to("rooms@practice.example")) == 1


def test_the_back_button_after_signing_out_shows_nothing(someone: Someone) -> None:
    chester = someone()
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    chester.goto("/support")
    chester.goto("/studies")
    chester.button("Account").click()
    chester.page.get_by_role("menuitem", name="Sign out").click()
    chester.sees("You are signed out")
    chester.page.go_back()
    chester.page.go_back()
    expect(chester.page).to_have_url(re.compile("/login"))
    expect(chester.page.get_by_text("FRENCHIE")).to_have_count(0)
