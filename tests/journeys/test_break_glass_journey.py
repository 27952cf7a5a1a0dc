"""From the padlock to the image of a patient in an emergency."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD
from tests.journeys.conftest import GLASS, Someone
from tests.journeys.people import DESKTOP, PHONE, TABLET

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
