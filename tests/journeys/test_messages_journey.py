"""What people see of messages: a mail server that is away, a letter sent again, what was opened."""

from __future__ import annotations

import re
import urllib.request
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, expect

from tests.factories import PASSWORD
from tests.journeys.conftest import CHESTER, Someone, fill
from tests.journeys.people import DESKTOP, Person, somebody
from tests.journeys.served import Served, code_in, free_port, link_in, serving, text_of, until
from tests.mail_server import MailServer

pytestmark = pytest.mark.journey
ROOMS = "rooms@cardiology.example"


def share(person: Person, address: str) -> None:
    person.button("Share").click()
    person.page.get_by_role("menuitem", name="Share exam").click()
    dialog = person.page.get_by_role("dialog")
    dialog.get_by_label("Email address").fill(address)
    dialog.get_by_role("checkbox", name=re.compile("I understand")).click()
    dialog.get_by_role("button", name="Next").click()
    expect(dialog.get_by_text("will be available until")).to_be_visible()
    dialog.get_by_role("button", name="Done").click()


def test_signing_in_while_the_mail_server_is_away_says_so_and_goes_on_once_it_is_back(
    browser: Browser, tmp_path: Path
) -> None:
    server, data, port = MailServer(), tmp_path / "data", free_port()
    fill(data, port)
    with serving(data, port, smtp_url=f"smtp://127.0.0.1:{server.port}") as served:
        chester = somebody(browser, served, DESKTOP)
        chester.log_in(CHESTER, PASSWORD)
        chester.sees("The mail server cannot be reached at the moment.")
        controller = Controller(server, hostname="127.0.0.1", port=server.port)
        controller.start()
        try:
            until(lambda: server.received, "the mail")
        finally:
            controller.stop()
        trouble = chester.page.get_by_text("The mail server cannot be reached at the moment.")
        expect(trouble).to_be_hidden()
        dialog = chester.page.get_by_role("dialog")
        dialog.get_by_label("Password", exact=True).fill(code_in(text_of(server.received[0][1])))
        dialog.get_by_role("button", name="Continue").click()
        chester.sees_image()
        chester.context.close()


def test_a_sharer_sends_again_and_sees_when_it_was_opened(someone: Someone, served: Served) -> None:
    chester, rooms = someone(), someone()
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    share(chester, ROOMS)
    first = link_in(served.next_mail(ROOMS, 0))
    for method in ("HEAD", "GET", "HEAD", "GET"):  # a link scanner, and a preview
        with urllib.request.urlopen(urllib.request.Request(first, method=method)) as answer:  # noqa: S310
            assert answer.status == 200
    chester.goto("/sharing")
    chester.sees("Has not set up an account yet")
    chester.button(f"Send again to {ROOMS}").click()
    chester.sees(f"The e-mail to {ROOMS} is sent again")
    second = link_in(served.next_mail(ROOMS, 1))
    assert first != second
    rooms.goto(first)  # the letter that was late works as well
    rooms.button("Create my guest account").click()
    rooms.field("Your name").fill("Harbour Cardiology")
    rooms.field("New password").fill(PASSWORD)
    rooms.field("New password again").fill(PASSWORD)
    rooms.page.get_by_role("checkbox", name="I accept the terms of use").click()
    rooms.button("Finish").click()
    rooms.sees("Your account is ready")
    chester.goto("/sharing")
    chester.sees("Not opened yet")
    rooms.sign_in(ROOMS, PASSWORD)
    rooms.sees_image()
    chester.goto("/sharing")
    chester.sees("opened on")
    rooms.goto(second)
    rooms.sees("already used")
