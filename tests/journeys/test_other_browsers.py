"""The main journey in Firefox and in WebKit, the engine of iPad and iPhone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.exam.reports import add_text
from services.opening import open_portal
from services.settings import Settings
from tests.browser_needed import lacking
from tests.factories import PASSWORD
from tests.journeys.conftest import CHESTER, fill
from tests.journeys.engines import Engine, firefox, webkit
from tests.journeys.served import Served, code_in, free_port, link_in, serving, until

pytestmark = pytest.mark.journey
GUEST, GUEST_PASSWORD = "rooms@practice.example", "a-lamp-in-the-harbour"
PICTURE = "//*[contains(@class, 'layers')]/img[contains(@class, 'base')]"
CANVAS = "//*[contains(@class, 'canvas')]"
DIALOG = "//*[@role='dialog']"
NEWEST, DATED = "1.2.826.0.1.3680043.10.1", datetime(2026, 10, 4, tzinfo=UTC)
FINDING = "No nodule. The heart is of normal size."
END, HOME, DOWN = "\ue010", "\ue011", "\ue015"
MAKERS = {"Firefox": firefox, "WebKit": webkit}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """The portal of the other journeys, with a report to the newest exam."""
    data, port = tmp_path / "data", free_port()
    fill(data, port)
    portal = open_portal(Settings(_env_file=None, data_dir=data, port=port))
    add_text(portal, NEWEST, title="CT chest", text=FINDING, author="Reyes^Ana", dated=DATED)
    portal.database.close()
    with serving(data, port) as running:
        yield running


@pytest.fixture(params=MAKERS)
def maker(request: pytest.FixtureRequest) -> str:
    """The name of a browser; where it is not to be had the journey is skipped, and says so."""
    name = str(request.param)
    if missing := lacking(name):
        pytest.skip(f"NO {name.upper()} on this machine ({missing}): its journey is SKIPPED")
    return name


def sign_in(person: Engine, served: Served, email: str, password: str) -> None:
    seen = len(served.mails_to(email))
    person.goto(f"{served.url}/login")
    person.field("Email/User Name").send_keys(email)
    person.field("Password").send_keys(password)
    person.press_button("Log In")
    person.text("One-Time Password")
    code = code_in(served.next_mail(email, seen))
    person.field("Password", DIALOG).send_keys(code)
    person.press_button("Continue")
    until(lambda: "/study/" in person.url, f"the newest exam in {person.name}")


def sees_image(person: Engine, number: int) -> None:
    """The picture of this image is drawn: a disc of 10 HU a slice in the window 400 at 40."""
    person.text(f"Image {number} of 12")
    grey = round((10 * number - 40 + 200) / 400 * 255)
    until(
        lambda: abs(person.grey(person.seen(CANVAS)) - grey) <= 6,
        f"the grey {grey} of image {number} in {person.name}",
    )
    until(
        lambda: person.seen(PICTURE).get_property("naturalWidth") == 128,
        f"every pixel of image {number} in {person.name}",
    )


def share(person: Engine) -> None:
    person.press_button("Share")
    person.press_button("Share exam")
    person.field("Email address", DIALOG).send_keys(GUEST)
    person.seen(f"{DIALOG}//*[@role='checkbox'][starts-with(@aria-label, 'I understand')]").click()
    person.press_button("Next", DIALOG)
    person.text("The exam information will be available until")
    person.press_button("Done")
    person.gone(DIALOG)


def gives_password_again(person: Engine, served: Served) -> None:
    """The session gets its new id through a hidden form, and the page stays as it is."""
    exam = person.url
    person.goto(f"{served.url}/account")
    person.press_button("Change: Email address")
    person.field("Password", DIALOG).send_keys(PASSWORD)
    person.press_button("Continue", DIALOG)
    person.field("New email address", DIALOG)
    person.goto(exam)
    sees_image(person, 1)


def set_up(person: Engine, served: Served) -> None:
    person.goto(link_in(served.next_mail(GUEST, 0)))
    person.press_button("Create my guest account")
    person.field("Your name").send_keys("Robin Lindqvist")
    person.field("New password").send_keys(GUEST_PASSWORD)
    person.field("New password again").send_keys(GUEST_PASSWORD)
    person.seen("//*[@role='checkbox']").click()
    person.press_button("Finish")
    person.text("Your account is ready")


def test_the_main_journey_is_the_same_in_another_browser(
    served: Served, maker: str, tmp_path: Path
) -> None:
    with MAKERS[maker](tmp_path) as chester:
        sign_in(chester, served, CHESTER, PASSWORD)
        sees_image(chester, 1)
        chester.wheel(chester.seen(CANVAS), 2)
        until(lambda: re.search(r"Image [23] of 12", chester.content), "the wheel to scroll")
        chester.press(END)
        sees_image(chester, 12)
        chester.press(HOME)
        chester.press(DOWN)
        sees_image(chester, 2)
        chester.text(FINDING)
        share(chester)
        gives_password_again(chester, served)

        with MAKERS[maker](tmp_path) as robin:
            set_up(robin, served)
            sign_in(robin, served, GUEST, GUEST_PASSWORD)
            sees_image(robin, 1)

            chester.press_button("Share")
            chester.press_button("Manage existing sharing")
            chester.text("Shared with")
            chester.still("//*[@aria-label='End access of Robin Lindqvist']")
            chester.press_button("End access of Robin Lindqvist")
            chester.press_button("End access")
            robin.text("no longer shared with you")
            robin.gone("//*[contains(@class, 'layers')]//img")
        chester.text("Nothing is shared at the moment")
