"""The portal in a second language, from the log-in page to a share and back to English."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD
from tests.journeys.conftest import CHESTER, Someone
from tests.journeys.served import Served, code_in

pytestmark = pytest.mark.journey


def test_a_german_browser_signs_in_shares_and_chooses_english(
    served: Served, someone: Someone
) -> None:
    chester = someone(locale="de-AT")
    page = chester.page
    chester.goto("/login")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    chester.field("E-Mail/Benutzername").fill(CHESTER)
    chester.field("Passwort").fill("not-the-password")
    chester.button("Anmelden").click()
    chester.sees("Die E-Mail-Adresse oder das Passwort ist nicht richtig.")
    chester.field("Passwort").fill(PASSWORD)
    chester.button("Anmelden").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Passwort", exact=True).fill(code_in(served.next_mail(CHESTER, 0)))
    dialog.get_by_role("button", name="Weiter", exact=True).click()
    chester.sees_image()
    chester.sees("03. Oktober 2026 09:20")

    page.locator(".canvas").click(button="right", position={"x": 300, "y": 200})
    page.get_by_role("menuitem", name="Untersuchung freigeben").click()
    dialog.get_by_label("E-Mail-Adresse").fill("praxis@kardiologie.example")
    dialog.get_by_role("checkbox", name="Ich verstehe die Folgen für die Sicherheit").click()
    dialog.get_by_role("button", name="Weiter", exact=True).click()
    expect(dialog.get_by_text("Die Untersuchung ist einsehbar bis")).to_be_visible()
    dialog.get_by_role("button", name="Fertig").click()

    chester.goto("/studies")
    chester.button("Konto").click()
    page.get_by_role("menuitemradio", name="English").click()
    chester.sees("The newest comes first.")
    expect(page.locator("html")).to_have_attribute("lang", "en-GB")
    expect(page).to_have_url(f"{served.url}/studies")


def test_the_choice_goes_with_the_account_to_another_browser(
    served: Served, someone: Someone
) -> None:
    """Chosen before signing in, it becomes the account's; another browser then speaks it too."""
    chester = someone()
    chester.goto("/login?next=/studies")
    chester.button("Language: English").click()
    chester.page.get_by_role("menuitemradio", name="Deutsch").click()
    chester.sees("Passwort vergessen")
    expect(chester.page).to_have_url(f"{served.url}/login?next=/studies")
    chester.field("E-Mail/Benutzername").fill(CHESTER)
    chester.field("Passwort").fill(PASSWORD)
    chester.button("Anmelden").click()
    dialog = chester.page.get_by_role("dialog")
    dialog.get_by_label("Passwort", exact=True).fill(code_in(served.next_mail(CHESTER, 0)))
    dialog.get_by_role("button", name="Weiter", exact=True).click()
    chester.sees("Die neueste steht oben.")

    elsewhere = someone()
    elsewhere.sign_in(CHESTER, PASSWORD)
    elsewhere.goto("/looks")
    elsewhere.sees("Wer zugegriffen hat")
