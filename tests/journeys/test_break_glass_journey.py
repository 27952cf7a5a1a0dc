"""From the padlock to the image of a patient in an emergency."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD
from tests.journeys.conftest import CHESTER, GLASS, Someone
from tests.journeys.people import DESKTOP, PHONE, TABLET
from tests.journeys.served import Served
from tests.journeys.test_application_journey import ADMINISTRATOR, administrator

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("size", [DESKTOP, TABLET, PHONE], ids=["desktop", "tablet", "phone"])
def test_from_the_padlock_to_the_image(someone: Someone, size: dict[str, int]) -> None:
    amara = someone(size)
    amara.sign_in(GLASS, PASSWORD)
    amara.sees("break the glass")
    amara.button("Break glass").click()
    amara.page.wait_for_url("**/break-glass")
    amara.break_glass(PASSWORD)

    amara.search_patient("okafor", "Matilda", "22/07/1983")
    amara.sees("OKAFOR, Matilda")
    amara.button("Open exams").click()
    amara.sees_image()
    expect(
        amara.page.get_by_role("button", name=re.compile(r"The glass is broken, \d:\d\d:\d\d left"))
    ).to_be_visible()
    expect(amara.button("Break glass")).to_be_hidden()
    for forbidden in ("Share", "Download", "Print"):
        expect(amara.button(forbidden)).to_have_count(0)


def test_a_birth_date_in_the_future_gets_a_plain_sentence(someone: Someone) -> None:
    amara = someone()
    amara.sign_in(GLASS, PASSWORD)
    amara.break_glass(PASSWORD)
    amara.search_patient("okafor", "Matilda", "22/07/2083")
    amara.sees("future")
    expect(amara.field("Last Name")).to_have_value("okafor")


def test_a_break_is_closed_early_reviewed_and_read_by_the_patient(
    served: Served, someone: Someone
) -> None:
    administrator(served)
    amara, jules, chester = someone(), someone(), someone()
    amara.sign_in(GLASS, PASSWORD)
    amara.break_glass(PASSWORD)
    amara.search_patient("FRENCHIE", "chester", "14/03/1958")
    amara.button("Open exams").click()
    amara.sees_image()
    amara.page.get_by_role("button", name=re.compile("The glass is broken")).click()
    amara.page.get_by_role("menuitem", name="Close the glass").click()
    amara.sees_no_image()
    amara.sees("The glass is closed, or another patient was opened.")

    jules.sign_in(ADMINISTRATOR, PASSWORD)
    jules.goto("/staff/break-glass")
    row = jules.page.get_by_role("row").filter(has_text="FRENCHIE, Chester")
    expect(row).to_contain_text("To be reviewed")
    expect(row).to_contain_text("Unconscious after a fall")
    row.get_by_role("link").click()
    jules.sees("Opened FRENCHIE, Chester")
    jules.page.get_by_role("radio", name="Not justified").click()
    jules.button("Save the outcome").click()
    again = jules.page.get_by_role("dialog", name="Your password again")
    again.get_by_label("Password", exact=True).fill(PASSWORD)
    again.get_by_role("button", name="Continue").click()
    jules.sees("Please note what is to be done")
    jules.field("Note").fill("No treatment is known here.")
    jules.button("Save the outcome").click()
    jules.sees("The outcome is recorded.")

    chester.sign_in(CHESTER, PASSWORD)
    chester.goto("/looks")
    chester.sees("opened all exams in an emergency (break glass)")
    chester.sees("it was not justified")
