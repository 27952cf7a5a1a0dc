"""From the application form to a break-glass account that its owner sets up."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from services.opening import open_portal
from services.persons import accounts
from services.persons.accounts import NewAccount
from services.settings import Settings
from tests.factories import PASSWORD
from tests.journeys.conftest import GLASS, Someone
from tests.journeys.people import PHONE, Person
from tests.journeys.served import Served, link_in, until

pytestmark = pytest.mark.journey
INES = "ines.caldeira@islands.example"
ADMINISTRATOR = "pacs@hospital.example"


def administrator(served: Served) -> None:
    """An imaging administrator, beside those who are there."""
    portal = open_portal(
        Settings(_env_file=None, data_dir=served.data, port=int(served.url.rsplit(":", 1)[1]))
    )
    accounts.create(portal, NewAccount("staff", ADMINISTRATOR, "Jules Moreau", password=PASSWORD))
    portal.database.close()


def ends_soon(served: Served) -> None:
    """The right of the break-glass account ends within the last thirty days."""
    portal = open_portal(
        Settings(_env_file=None, data_dir=served.data, port=int(served.url.rsplit(":", 1)[1]))
    )
    with portal.transaction() as tx:
        accounts.find(tx.db, GLASS).glass_until = tx.now + timedelta(days=9)  # type: ignore[union-attr]
    portal.database.close()


def fill_in(ines: Person) -> None:
    ines.goto("/apply")
    for label, text in (
        ("Your name", "Dr Ines Caldeira"),
        ("Email address", INES),
        ("Contact mobile number", "+61 491 570 156"),
        ("Provider number", "5160447K"),
        ("Practice or hospital", "Harbour Street Practice"),
        ("Why you need emergency access", "On call for the island hospital's emergency room."),
    ):
        ines.field(label).fill(text)


def renewed(jules: Person, served: Served) -> None:
    """A right that is nearly over goes on for a year, and its owner is told."""
    ends_soon(served)
    assert "ends" in served.next_mail(GLASS, 0)
    told = len(served.mails_to(GLASS))
    jules.goto("/staff/accounts")
    jules.page.get_by_role("link", name="Dr Amara Diallo").click()
    jules.sees("Emergency access until")
    jules.button("Renew for a year").click()
    again = jules.page.get_by_role("dialog", name="Your password again")
    until(lambda: again.is_visible() or len(served.mails_to(GLASS)) > told, "an answer")
    if again.is_visible():  # the steps before took longer than five minutes
        again.get_by_label("Password", exact=True).fill(PASSWORD)
        again.get_by_role("button", name="Continue").click()
    assert "may be used for emergency access until" in served.next_mail(GLASS, told)
    expect(jules.button("Renew for a year")).to_have_count(0)


def test_an_application_is_asked_about_answered_checked_and_approved(
    served: Served, someone: Someone
) -> None:
    administrator(served)
    ines, jules = someone(), someone()
    fill_in(ines)
    ines.page.get_by_role("checkbox").click()
    with ines.page.expect_download() as printed:
        ines.button("Print it").click()
    assert printed.value.path().read_bytes().startswith(b"%PDF")
    ines.button("Send the application").click()
    ines.sees("Your application is on its way")
    served.next_mail(INES, 0)

    jules.sign_in(ADMINISTRATOR, PASSWORD)
    jules.goto("/staff/applications")
    jules.page.get_by_role("link", name="Dr Ines Caldeira").click()
    expect(jules.button("Approve and set up the account")).to_be_disabled()
    jules.button("Ask the applicant").click()
    dialog = jules.page.get_by_role("dialog")
    dialog.get_by_label("Question").fill("Which hospital is it?")
    dialog.get_by_role("button", name="Ask the applicant").click()
    again = jules.page.get_by_role("dialog", name="Your password again")
    again.get_by_label("Password", exact=True).fill(PASSWORD)
    again.get_by_role("button", name="Continue").click()
    jules.sees("The question is on its way.")

    question = served.next_mail(INES, 1)
    found = re.search(r"(http://\S+/apply/answer\?link=\S+)", question)
    assert found is not None, question
    ines.goto(found[1])
    ines.sees("Which hospital is it?")
    ines.field("Your answer").fill("The island hospital.")
    ines.button("Send the answer").click()
    ines.sees("Your answer is with us.")

    jules.page.reload()
    jules.sees("The island hospital.")
    jules.page.get_by_role("radio", name=re.compile("Called back")).click()
    jules.field("What was checked, and with whom").fill("Called 0491 570 156")
    jules.button("Record the check").click()
    jules.sees("The identity check is recorded.")
    jules.button("Approve and set up the account").click()
    jules.sees("Approved. The applicant gets an e-mail.")

    ines.goto(link_in(served.next_mail(INES, 2)))
    ines.sees("Set up your account")
    ines.field("New password").fill(PASSWORD)
    ines.field("New password again").fill(PASSWORD)
    ines.page.get_by_role("checkbox").click()
    ines.button("Finish").click()
    ines.sees("Your account is ready")
    ines.sign_in(INES, PASSWORD)
    ines.sees("break the glass")
    renewed(jules, served)


def test_what_is_wrong_is_told_beside_the_field_and_nothing_typed_is_lost(
    someone: Someone,
) -> None:
    ines = someone(PHONE, touch=True)
    fill_in(ines)
    ines.field("Contact mobile number").fill("")
    ines.button("Send the application").click()
    ines.sees("Please enter your contact mobile number")
    expect(ines.field("Provider number")).to_have_value("5160447K")
    ines.field("Contact mobile number").fill("+61 491 570 156")
    ines.button("Send the application").click()
    ines.sees("Please confirm that what you entered is true.")
