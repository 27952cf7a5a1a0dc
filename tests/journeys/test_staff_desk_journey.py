"""The staff desk in a browser: an account, a contradiction, an exam withheld, the quarantine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from services.exam import reports
from services.intake import ingest
from services.opening import open_portal
from services.persons import accounts
from services.persons.accounts import NewAccount
from services.settings import Settings
from tests.dicom import ct_slice, take_in
from tests.factories import PASSWORD
from tests.journeys.conftest import CHESTER, STAFF, Someone, fill
from tests.journeys.people import DESKTOP, Person
from tests.journeys.served import Served, free_port, link_in, serving

pytestmark = pytest.mark.journey
ADMIN = "pacs@hospital.example"
NEWEST = "1.2.826.0.1.3680043.10.1"  # Chester's newest exam
FINDINGS = "No change since the earlier exam."
AUDITOR = "audit@hospital.example"


def furnish(data: Path, port: int) -> None:
    """What the desk has to do: an exam in doubt, two records of one person, a broken file."""
    fill(data, port)
    portal = open_portal(
        Settings(_env_file=None, data_dir=data, port=port, time_zone="Australia/Sydney")
    )
    doubtful = ct_slice(study="1.2.826.0.1.3680043.10.9", name="FRENCHY^Chester")
    again = ct_slice(study="1.2.826.0.1.3680043.10.8", patient_id="P9")
    take_in(portal, [doubtful, again])
    broken = ingest.from_bytes("disc 7/IMG0001.dcm", b"not an image at all")
    list(ingest.take_in(portal, [broken]))
    for email, name, role in (
        (ADMIN, "Jules Moreau", "administrator"), (AUDITOR, "Ada Quist", "auditor"),
    ):  # fmt: skip
        accounts.create(portal, NewAccount("staff", email, name, role=role, password=PASSWORD))
    portal.database.close()


def file_report(data: Path) -> None:
    """A report of Chester's newest exam."""
    portal = open_portal(Settings(_env_file=None, data_dir=data))
    reports.add_text(
        portal, NEWEST, title="CT chest", text=FINDINGS, author="Dr Rosa Lindt",
        dated=datetime(2026, 10, 3, 12, 0, tzinfo=UTC),
    )  # fmt: skip
    portal.database.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    data, port = tmp_path / "data", free_port()
    furnish(data, port)
    with serving(data, port) as running:
        yield running


def password_again(person: Person) -> None:
    dialog = person.page.get_by_role("dialog", name="Your password again")
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    dialog.get_by_role("button", name="Continue").click()
    expect(dialog).to_be_hidden()


def row(person: Person, text: str) -> Locator:
    return person.page.get_by_role("row").filter(has_text=text)


@pytest.fixture
def at_the_desk(someone: Callable[..., Person]) -> Callable[[str], Person]:
    def arrive(email: str) -> Person:
        person = someone(DESKTOP)
        person.sign_in(email, PASSWORD)
        person.page.get_by_role("link", name="Staff desk").click()
        person.page.get_by_role("heading", name="Staff desk", level=1).wait_for()
        return person

    return arrive


def test_an_administrator_works_through_the_desk(
    served: Served, at_the_desk: Callable[[str], Person]
) -> None:
    admin = at_the_desk(ADMIN)
    page = admin.page
    nav = page.get_by_role("navigation", name="Staff desk")

    # an account, with its record; the password is asked for once
    nav.get_by_role("link", name="Accounts").click()
    page.get_by_role("link", name="New account").click()
    admin.field("Name").fill("Matilda Okafor")
    admin.field("Email address").fill("matilda@patients.example")
    admin.field("Patient ID").fill("P2")
    admin.button("Make the account").click()
    password_again(admin)
    page.wait_for_url("**/staff/accounts")
    assert link_in(served.next_mail("matilda@patients.example", 0))
    admin.field("Name or email address").fill("okafor")
    expect(page.get_by_text("1 to 1 of 1")).to_be_visible()
    row(admin, "matilda@patients.example").get_by_role("link").click()
    expect(page.get_by_role("heading", name="Matilda Okafor", level=1)).to_be_visible()
    expect(row(admin, "OKAFOR, Matilda")).to_be_visible()
    admin.button("Disable").click()
    page.get_by_role("dialog").get_by_role("button", name="Disable").click()
    expect(admin.button("Enable")).to_be_visible()

    # an exam that names another person
    nav.get_by_role("link", name="Patients").click()
    page.get_by_role("combobox", name="Show").click()
    page.get_by_role("option", name="Contradictory identity").click()
    row(admin, "FRENCHIE, Chester").get_by_role("link").click()
    page.get_by_role("button", name="Compare CT").click()
    dialog = page.get_by_role("dialog", name="Whose exam is this?")
    expect(dialog.get_by_text("FRENCHY, Chester")).to_be_visible()
    dialog.get_by_role("button", name="It is the same person").click()
    expect(page.get_by_text("contradictory identity")).to_have_count(0)

    # the same person under another id
    page.get_by_role("button", name="Compare with").click()
    dialog = page.get_by_role("dialog", name="Merge with another record")
    dialog.get_by_role("button", name="Merge into this record").click()
    expect(page.get_by_text("Also known as")).to_be_visible()

    # a file that could not be taken in
    nav.get_by_role("link", name="Quarantine").click()
    expect(row(admin, "IMG0001.dcm")).to_contain_text("Not DICOM")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download disc 7/IMG0001.dcm").click()
    assert Path(saved.value.path()).read_bytes() == b"not an image at all"
    page.get_by_role("button", name="Try disc 7/IMG0001.dcm again").click()
    expect(page.get_by_text("It still cannot be taken in")).to_be_visible()
    page.get_by_role("button", name="Discard disc 7/IMG0001.dcm").click()
    page.get_by_role("dialog").get_by_role("button", name="Discard").click()
    expect(page.get_by_text("Nothing waits for a decision.")).to_be_visible()


def test_an_administrator_links_a_carer_and_takes_care_of_accounts(
    served: Served, at_the_desk: Callable[[str], Person], someone: Someone
) -> None:
    admin = at_the_desk(ADMIN)
    page = admin.page
    admin.goto("/staff/new-account")
    admin.field("Name").fill("Rosa Frenchie")
    admin.field("Email address").fill("rosa@family.example")
    admin.button("Make the account").click()
    password_again(admin)
    page.wait_for_url("**/staff/accounts")
    row(admin, "rosa@family.example").get_by_role("link").click()

    # the record of whom she cares for, until a day
    admin.field("Patient ID").fill("TEST|P1")
    page.get_by_role("combobox", name="This person").click()
    page.get_by_role("option", name="cares for this patient").click()
    admin.field("Last day").fill("2030-05-31")
    admin.button("Link record").click()
    expect(row(admin, "FRENCHIE, Chester")).to_contain_text("carer until 31 May 2030")
    admin.button("Unlink FRENCHIE, Chester").click()
    page.get_by_role("dialog").get_by_role("button", name="Unlink").click()
    admin.sees("No record is linked")

    # who lost the letter gets another
    first = served.next_mail("rosa@family.example", 0)
    admin.button("Send the set-up again").click()
    assert link_in(served.next_mail("rosa@family.example", 1)) != link_in(first)

    # another role: whoever has it signs in anew; and out everywhere
    auditor, chester = someone(DESKTOP), someone(DESKTOP)
    auditor.sign_in(AUDITOR, PASSWORD)
    auditor.goto("/staff/audit")
    auditor.sees("The newest events are linked as they were.")
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    admin.goto("/staff/accounts")
    row(admin, AUDITOR).get_by_role("link").click()
    page.get_by_role("combobox", name="Role").click()
    page.get_by_role("option", name="Clinician").click()
    admin.button("Change role").click()
    expect(page.get_by_role("definition").filter(has_text="Clinician")).to_be_visible()
    auditor.sees("You are signed out")
    admin.goto("/staff/accounts")
    row(admin, CHESTER).get_by_role("link").click()
    admin.button("Sign out everywhere").click()
    expect(admin.button("Sign out everywhere")).to_have_count(0)
    chester.sees_no_image()
    chester.sees("You are signed out")


def test_an_exam_that_staff_withhold_leaves_the_patients_screen(
    at_the_desk: Callable[[str], Person], someone: Someone
) -> None:
    chester = someone(DESKTOP)
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    clinician = at_the_desk(STAFF)
    page = clinician.page
    nav = page.get_by_role("navigation", name="Staff desk")
    expect(nav.get_by_role("link", name="Accounts")).to_have_count(0)
    nav.get_by_role("link", name="Exams").click()
    clinician.field("Patient, patient ID or accession number").fill("frenchie chester")
    page.get_by_role("button", name="Exam", exact=True).click()
    page.get_by_role("button", name="Exam", exact=True).click()
    expect(page.get_by_role("columnheader", name="Exam")).to_have_attribute(
        "aria-sort", "descending"
    )
    assert "chester" not in page.url.lower()
    chesters = row(clinician, "TEST|P1").filter(has_text="released")
    chesters.first.get_by_role("link").first.click()
    clinician.button("Withhold: The exam").click()
    password_again(clinician)
    expect(clinician.button("Release now: The exam")).to_be_visible()
    chester.sees_no_image()
    chester.sees("The hospital is looking at this exam again")
    clinician.button("Release now: The exam").click()
    expect(clinician.button("Withhold: The exam")).to_be_visible()
    chester.goto("/")
    chester.sees_image()
    chester.goto("/looks")
    chester.sees("withheld the exam CT")


def test_an_auditor_sees_accounts_and_changes_none(at_the_desk: Callable[[str], Person]) -> None:
    auditor = at_the_desk(AUDITOR)
    page = auditor.page
    page.get_by_role("navigation", name="Staff desk").get_by_role("link", name="Accounts").click()
    expect(page.get_by_role("link", name="New account")).to_have_count(0)
    row(auditor, CHESTER).get_by_role("link").click()
    expect(page.get_by_role("heading", name="Chester Frenchie", level=1)).to_be_visible()
    expect(auditor.button("Disable")).to_have_count(0)
    auditor.goto("/staff/patients")
    auditor.sees("Your role does not include this task")
