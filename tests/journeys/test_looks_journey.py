"""A parent looks after a child's exams, shares one with a usual share, and sees who has looked."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from services.opening import open_portal
from services.persons import accounts, carers
from services.persons.accounts import NewAccount
from services.settings import Settings
from tests.factories import PASSWORD
from tests.journeys.conftest import CHESTER, Someone
from tests.journeys.people import PHONE
from tests.journeys.served import Served

pytestmark = pytest.mark.journey
MATILDA = "matilda@patients.example"
GP = "gp@practice.example"
TEAM = "team@clinic.example"


def link_matilda(served: Served) -> None:
    """Staff make Chester a carer of Matilda, on the command line of the running portal."""
    portal = open_portal(
        Settings(_env_file=None, data_dir=served.data, time_zone="Australia/Sydney")
    )
    accounts.create(portal, NewAccount("patient", MATILDA, "Matilda Okafor",
                                       patient_ids=("TEST|P2",), password=PASSWORD))  # fmt: skip
    carers.link(portal, CHESTER, "TEST|P2", date(2099, 1, 1))
    portal.database.close()
    assert "you can see and share" in served.next_mail(CHESTER, 0)


def test_a_carer_shares_sees_the_tree_and_the_patient_sees_who_looked(
    served: Served, someone: Someone
) -> None:
    link_matilda(served)
    chester = someone()
    chester.sign_in(CHESTER, PASSWORD)
    page = chester.page

    chester.goto("/studies")
    expect(page.locator(".exam-row")).to_have_count(2)
    chester.button("For whom: My exams").click()
    page.get_by_role("menuitem", name="Exams of Matilda Okafor").click()
    expect(page.get_by_role("heading", name="Exams of Matilda Okafor")).to_be_visible()
    expect(page.locator(".exam-row")).to_have_count(1)
    assert not re.search(r"P2|okafor|matilda", page.url, re.IGNORECASE)
    page.locator(".exam-row").click()
    chester.sees_image()
    expect(chester.button("For whom: Exams of Matilda Okafor")).to_be_visible()

    chester.button("Share").click()
    page.get_by_role("menuitem", name="Share exam").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Email address").fill(GP)
    dialog.get_by_role("button", name="Second opinion, 14 days, details hidden").click()
    dialog.get_by_role("button", name="Sharing options").click()
    expect(dialog.get_by_role("checkbox", name="Hide patient details")).to_be_checked()
    dialog.get_by_role("checkbox", name=re.compile("I understand the security")).click()
    dialog.get_by_role("button", name="Next").click()
    expect(dialog.get_by_text("will be available until")).to_be_visible()
    dialog.get_by_role("button", name="Done").click()

    chester.button("Account").click()
    page.get_by_role("menuitem", name="Manage existing sharing").click()
    page.wait_for_url("**/sharing?of=*")
    tree = page.get_by_role("region", name=re.compile("^OKAFOR, Matilda"))
    expect(tree.get_by_text("shared by you, as carer")).to_be_visible()
    expect(tree.get_by_text("14 days left")).to_be_visible()
    expect(tree.get_by_text("Patient details hidden")).to_be_visible()
    chester.button(f"Change the share with {GP}").click()
    dialog.get_by_role("button", name="30 days").click()
    dialog.get_by_role("button", name="Save").click()
    expect(tree.get_by_text("30 days left")).to_be_visible()

    matilda = someone(PHONE, touch=True)
    matilda.sign_in(MATILDA, PASSWORD)
    matilda.goto("/looks")
    looks = matilda.page.get_by_role("region", name="What happened")
    entry = looks.get_by_text(re.compile("changed the share of .*patient details hidden"))
    expect(entry.first).to_be_visible()
    expect(looks.get_by_text("Chester Frenchie, as carer").first).to_be_visible()

    matilda.goto("/sharing")
    matilda.sees("People who look after my exams")
    matilda.button(f"End access of {GP}").click()
    question = matilda.page.get_by_role("dialog", name="End this access?")
    expect(question.get_by_text("can no longer see it")).to_be_visible()
    question.get_by_role("button", name="End access").click()
    matilda.sees("Nothing is shared at the moment")
    chester.sees("Nothing is shared at the moment")  # at once, on the page that is open

    matilda.button("Ask to end this").click()
    matilda.page.get_by_role("dialog").get_by_role("button", name="Ask staff").click()
    matilda.sees("You asked staff to end this")


def test_the_list_is_filtered_and_saved_as_a_pdf(served: Served, someone: Someone) -> None:
    chester = someone()
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    page = chester.page
    chester.goto("/looks")
    looks = page.get_by_role("region", name="What happened")
    expect(looks.get_by_text("looked at the exam CT 03 October 2026 09:20")).to_be_visible()
    page.get_by_role("combobox", name="What", exact=True).click()
    page.get_by_role("option", name="Downloads and prints").click()
    expect(looks.get_by_text("Nothing fits this choice")).to_be_visible()
    page.get_by_role("combobox", name="What", exact=True).click()
    page.get_by_role("option", name="Looks", exact=True).click()
    expect(looks.get_by_text("looked at the exam CT 03 October 2026 09:20")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as PDF").click()
    assert saved.value.suggested_filename == "who-has-looked.pdf"
