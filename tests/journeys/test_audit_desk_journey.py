"""Staff at the desk: the audit trail searched, checked and saved; messages; the system's health."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from services.opening import open_portal
from services.persons import accounts
from services.persons.accounts import NewAccount
from services.settings import Settings
from tests.factories import PASSWORD
from tests.journeys.conftest import CHESTER, fill
from tests.journeys.people import DESKTOP, Person, somebody
from tests.journeys.served import Served, free_port, serving

pytestmark = pytest.mark.journey
ADMIN, AUDITOR = "pacs@hospital.example", "auditor@hospital.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Served]:
    """Chester's portal with an administrator, an auditor and somebody who was invited."""
    data, port = tmp_path / "data", free_port()
    fill(data, port)
    portal = open_portal(
        Settings(_env_file=None, data_dir=data, port=port, time_zone="Australia/Sydney")
    )
    for new in (
        NewAccount("staff", ADMIN, "Jules Moreau", role="administrator", password=PASSWORD),
        NewAccount("staff", AUDITOR, "Odile Renard", role="auditor", password=PASSWORD),
        NewAccount("guest", "rosa@practice.example", "Rosa Referrer"),
    ):
        accounts.create(portal, new)
    portal.database.close()
    with serving(data, port) as running:
        yield running


def rows(person: Person) -> list[str]:
    return person.page.locator(".paged tbody tr").all_inner_texts()


def test_an_auditor_searches_checks_and_saves_the_trail(browser: Browser, desk: Served) -> None:
    chester, auditor = somebody(browser, desk, DESKTOP), somebody(browser, desk, DESKTOP)
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    auditor.sign_in(AUDITOR, PASSWORD)
    auditor.goto("/staff")
    links = auditor.page.get_by_role("navigation", name="Staff desk").get_by_role("link")
    expect(links.filter(has_text="Audit")).to_be_visible()
    expect(links.filter(has_text="Messages")).to_have_count(0)
    links.filter(has_text="Audit").click()
    auditor.sees("The newest events are linked as they were.")
    auditor.page.get_by_label("Search", exact=True).fill(CHESTER)
    expect(auditor.page.locator(".paged tbody tr").first).to_contain_text("Chester Frenchie")
    expect(auditor.page.get_by_text("looked at an exam").first).to_be_visible()
    auditor.page.get_by_role("combobox", name="Kind").click()
    auditor.page.get_by_role("option", name="Looks").click()
    expect(auditor.page.get_by_text("signed in", exact=True)).to_have_count(0)
    assert rows(auditor)
    assert all("Chester" in row for row in rows(auditor))
    assert CHESTER not in auditor.page.url

    with auditor.page.expect_download() as saved:
        auditor.button("Save as CSV").click()
    lines = list(csv.DictReader(saved.value.path().open()))
    assert {line["action"] for line in lines} >= {"exam.viewed"}
    assert len({line["account"] for line in lines}) == 1
    with auditor.page.expect_download() as saved:
        auditor.button("Save as JSON Lines").click()
    told = [json.loads(line) for line in saved.value.path().read_text().splitlines()]
    assert [t["seq"] for t in told] == [int(line["seq"]) for line in lines]

    auditor.button("Check the whole trail").click()
    auditor.sees("Whole on")
    auditor.goto("/staff/system")
    auditor.sees("This page is not available")
    for person in (chester, auditor):
        person.context.close()


def test_an_administrator_sends_a_message_again_and_sees_how_the_system_is(
    browser: Browser, desk: Served
) -> None:
    admin = somebody(browser, desk, DESKTOP)
    admin.sign_in(ADMIN, PASSWORD)
    admin.goto("/staff/messages")
    row = admin.page.locator(".paged tbody tr").filter(has_text="rosa@practice.example").first
    expect(row).to_contain_text("account set-up")
    seen = len(desk.mails_to("rosa@practice.example"))
    row.get_by_role("button", name="Send again").click()
    again = admin.page.get_by_role("dialog", name="Your password again")
    again.get_by_label("Password", exact=True).fill(PASSWORD)
    again.get_by_role("button", name="Continue").click()
    admin.sees("It is being sent again.")
    desk.next_mail("rosa@practice.example", seen)

    admin.goto("/staff/system")
    admin.sees("No backup was ever made.")
    admin.sees("No mail server is set")
    expect(admin.page.locator("dl.facts")).to_contain_text("sqlite")
    expect(admin.page.locator(".desk-main")).not_to_contain_text(PASSWORD)
    admin.context.close()
