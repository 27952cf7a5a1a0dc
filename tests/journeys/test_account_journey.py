"""My account: authenticator app, recovery codes, new address, own browsers, staying signed in."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.factories import PASSWORD
from tests.journeys.conftest import CHESTER, Someone, fill
from tests.journeys.people import DESKTOP, Person, somebody
from tests.journeys.served import Served, code_in, free_port, serving

pytestmark = pytest.mark.journey
NEW_ADDRESS = "chester@new.example"


def gives_password_again(person: Person) -> None:
    dialog = person.page.get_by_role("dialog", name="Your password again")
    dialog.get_by_label("Password", exact=True).fill("not the right one")
    dialog.get_by_role("button", name="Continue").click()
    expect(dialog.get_by_text("The password is not right")).to_be_visible()
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    dialog.get_by_role("button", name="Continue").click()
    expect(dialog).to_have_count(0)


def turn_app_on(person: Person) -> pyotp.TOTP:
    """Turn the authenticator app on; the recovery codes are on screen then."""
    person.goto("/account")
    person.button("Use an authenticator app").click()
    gives_password_again(person)
    dialog = person.page.get_by_role("dialog", name="Authenticator app")
    expect(dialog.get_by_role("img", name="QR code for an authenticator app")).to_be_visible()
    dialog.get_by_text("I cannot scan it").click()
    secret = dialog.locator(".secret").inner_text().replace(" ", "")
    app = pyotp.TOTP(secret)
    dialog.get_by_label("Code", exact=True).fill(app.now())
    dialog.get_by_role("button", name="Turn on").click()
    expect(dialog.locator("ol.recovery li")).to_have_count(10)
    return app


def set_up_app(person: Person) -> tuple[pyotp.TOTP, list[str]]:
    """Turn the authenticator app on and keep the recovery codes: the app, and these."""
    app = turn_app_on(person)
    dialog = person.page.get_by_role("dialog", name="Authenticator app")
    codes = dialog.locator("ol.recovery li").all_inner_texts()
    with person.page.expect_download() as download:
        dialog.get_by_role("button", name="Download as text").click()
    assert set(codes) <= set(Path(download.value.path()).read_text().splitlines())
    dialog.get_by_role("button", name="I have kept them").click()
    person.sees("From your authenticator app")
    return app, codes


def asked_for_code(person: Person) -> Locator:
    person.log_in(CHESTER, PASSWORD)
    dialog = person.page.get_by_role("dialog", name="One-Time Password")
    expect(dialog).to_be_visible()
    return dialog


def answer(dialog: Locator, code: str, label: str = "Password") -> None:
    dialog.get_by_label(label, exact=True).fill(code)
    dialog.get_by_role("button", name="Continue").click()


def test_an_app_shows_the_one_time_passwords_and_a_recovery_code_helps_without_it(
    served: Served, someone: Someone
) -> None:
    chester = someone()
    chester.sign_in(CHESTER, PASSWORD)
    app, codes = set_up_app(chester)

    elsewhere = someone()
    dialog = asked_for_code(elsewhere)
    expect(dialog.get_by_text("Please open your authenticator app")).to_be_visible()
    used = app.now()
    answer(dialog, app.at(int(time.time()) - 30))
    expect(dialog.get_by_text("not right, or it was used already")).to_be_visible()
    answer(dialog, app.at(int(time.time()) + 30))
    elsewhere.sees_image()
    assert used

    lost = someone()
    dialog = asked_for_code(lost)
    dialog.get_by_role("button", name="Use a recovery code").click()
    answer(dialog, codes[3].lower(), "Recovery code")
    lost.sees_image()
    seen = served.mails_to(CHESTER)
    assert "recovery code" in served.next_mail(CHESTER, len(seen) - 1)
    lost.goto("/account")
    lost.sees("9 recovery codes are left")


def session_of(person: Person) -> str:
    """The id of the session in somebody's browser."""
    [found] = [c["value"] for c in person.context.cookies() if c["name"] == "myimaging_session"]
    return found


def test_a_new_address_is_confirmed_by_a_code_and_the_old_one_is_told(
    served: Served, someone: Someone
) -> None:
    chester, elsewhere, thief = someone(), someone(), someone()
    elsewhere.sign_in(CHESTER, PASSWORD)
    chester.sign_in(CHESTER, PASSWORD)
    told = len(served.mails_to(CHESTER))
    other_tab = Person(served, chester.context, chester.context.new_page())
    other_tab.goto("/")
    other_tab.sees_image()
    thief.context.add_cookies(chester.context.cookies())  # type: ignore[arg-type]
    thief.goto("/account")
    thief.sees("c•••@p•••.example")
    chester.goto("/account")
    old = session_of(chester)
    chester.button("Change: Email address").click()
    gives_password_again(chester)

    # the session has a new id: the other tab goes on with it, whoever knew the old one does not
    assert session_of(chester) not in (old, "")
    expect(thief.page).to_have_url(re.compile("/login"), timeout=40_000)
    thief.goto("/account")
    expect(thief.page).to_have_url(re.compile("/login"))
    other_tab.page.locator(".canvas").click()
    other_tab.page.keyboard.press("ArrowDown")
    other_tab.sees("Image 2 of 12")

    dialog = chester.page.get_by_role("dialog", name="Change email address")
    dialog.get_by_label("New email address").fill(NEW_ADDRESS)
    dialog.get_by_role("button", name="Continue").click()
    expect(dialog.get_by_text("A code is on its way")).to_be_visible()
    answer(dialog, code_in(served.next_mail(NEW_ADDRESS, 0)), "Code")
    chester.sees("Your email address is changed")
    chester.sees("c•••@n•••.example")
    assert "was changed to" in served.next_mail(CHESTER, told)
    elsewhere.sees("You are signed out")
    elsewhere.sign_in(NEW_ADDRESS, PASSWORD)
    elsewhere.sees_image()


def test_another_browser_is_signed_out_from_the_list(someone: Someone) -> None:
    chester, elsewhere = someone(), someone()
    elsewhere.sign_in(CHESTER, PASSWORD)
    elsewhere.sees_image()
    chester.sign_in(CHESTER, PASSWORD)
    chester.goto("/account")
    expect(chester.page.get_by_text("Chrome on Linux")).to_have_count(2)
    chester.button("Sign out Chrome on Linux").click()
    gives_password_again(chester)
    chester.sees("That browser is signed out")
    elsewhere.sees("You are signed out")
    elsewhere.sees_no_image()
    expect(chester.page.get_by_text("Chrome on Linux")).to_have_count(1)

    # and after logging in again the same exam is there
    exam = elsewhere.page.url
    elsewhere.page.get_by_role("link", name="Log in again").click()
    assert "next=%2Fstudy%2F" in elsewhere.page.url or "next=/study/" in elsewhere.page.url
    seen = len(elsewhere.served.mails_to(CHESTER))
    elsewhere.field("Email/User Name").fill(CHESTER)
    elsewhere.field("Password").fill(PASSWORD)
    elsewhere.button("Log In").click()
    dialog = elsewhere.page.get_by_role("dialog", name="One-Time Password")
    answer(dialog, code_in(elsewhere.served.next_mail(CHESTER, seen)))
    expect(elsewhere.page).to_have_url(exam)
    elsewhere.sees_image()


def test_a_weak_password_is_told_while_it_is_typed(someone: Someone) -> None:
    chester = someone()
    chester.sign_in(CHESTER, PASSWORD)
    chester.goto("/password")
    meter = chester.page.get_by_role("meter", name="Strength of the password")
    chester.field("New password").fill("chester")
    expect(meter).to_have_attribute("aria-valuetext", re.compile("^Very easy to guess"))
    chester.field("New password").fill("an otter ignores umbrellas")
    expect(meter).to_have_attribute("aria-valuetext", "Very good.")


@contextmanager
def configured(folder: Path, **settings: str) -> Iterator[Served]:
    """Chester's portal with other settings."""
    data, port = folder / "data", free_port()
    fill(data, port)
    with serving(data, port, **settings) as running:
        yield running


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[Served]:
    """A portal that signs people out after half a minute."""
    with configured(tmp_path, session_idle_minutes="0.5") as running:
        yield running


@pytest.fixture
def remembering(tmp_path: Path) -> Iterator[Served]:
    """A portal that may remember browsers."""
    with configured(tmp_path, remember_browser_days="30") as running:
        yield running


def test_somebody_idle_is_warned_may_stay_and_is_signed_out_in_the_end(
    browser: Browser, impatient: Served
) -> None:
    chester = somebody(browser, impatient, DESKTOP)
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    warning = chester.page.get_by_role("alertdialog")
    expect(warning).to_be_visible(timeout=60_000)
    expect(warning).to_contain_text("You will be signed out in")
    warning.get_by_role("button", name="Stay signed in").click()
    expect(warning).to_have_count(0)
    chester.sees_image()
    expect(chester.page.get_by_text("You are signed out")).to_be_visible(timeout=100_000)
    chester.sees_no_image()
    expect(warning).to_have_count(0)
    chester.context.close()


def test_a_remembered_browser_needs_the_password_alone_until_it_is_forgotten(
    browser: Browser, remembering: Served
) -> None:
    chester = somebody(browser, remembering, DESKTOP)
    dialog = asked_for_code(chester)
    dialog.get_by_role("checkbox", name="Remember this browser for 30 days").click()
    answer(dialog, code_in(remembering.next_mail(CHESTER, 0)))
    chester.sees_image()
    chester.button("Account").click()
    chester.page.get_by_role("menuitem", name="Sign out").click()
    chester.sees("You are signed out")
    chester.log_in(CHESTER, PASSWORD)
    chester.sees_image()
    assert len(remembering.mails_to(CHESTER)) == 1
    chester.goto("/account")
    chester.button("Forget Chrome on Linux").click()
    expect(chester.page.get_by_text("Remembered browsers")).to_have_count(0)
    asked_for_code(chester)
    chester.context.close()
