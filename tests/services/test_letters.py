"""What e-mails say: plain, with no medical detail in them and the help desk under them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services import letters
from services.letters import Letter
from services.settings import Settings

AT = datetime(2020, 8, 6, 4, 0, tzinfo=UTC)
LINK = "https://images.example/setup?link=abc"
SETTINGS = Settings(
    _env_file=None,  # type: ignore[call-arg]
    base_url="https://images.example",
    portal_name="District Imaging",
    support_email="help@district.example",
    support_phone="+61 2 5550 0100",
    time_zone="Australia/Sydney",
)
LETTERS = {
    "code": letters.one_time_password(SETTINGS, "ABCD2345", 20),
    "set up": letters.set_up(SETTINGS, "Robin", LINK),
    "reset": letters.reset(SETTINGS, "Robin", LINK),
    "invitation": letters.invitation(SETTINGS, "A patient", LINK, AT),
    "notice": letters.notice(SETTINGS, "A patient", AT),
    "glass patient": letters.glass_broken_patient(SETTINGS, "Dr Diallo", AT),
    "glass review": letters.glass_broken_review(SETTINGS, "Dr Diallo", "unconscious", AT, 7),
}


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS.keys())
def test_every_letter_names_the_portal_and_the_help_desk(letter: Letter) -> None:
    _, text = letter
    assert "District Imaging\nHelp desk: help@district.example, +61 2 5550 0100" in text


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS.keys())
def test_a_subject_fits_on_one_line(letter: Letter) -> None:
    subject, _ = letter
    assert subject
    assert "\n" not in subject
    assert len(subject) <= 100


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS.keys())
def test_every_link_leads_to_the_configured_address(letter: Letter) -> None:
    links = [word for word in letter[1].split() if "://" in word]
    assert all(link.startswith("https://images.example/") for link in links)


def test_the_one_time_password_stands_on_a_line_of_its_own() -> None:
    subject, text = LETTERS["code"]
    assert "ABCD2345" not in subject  # subjects show on locked telephones
    assert "ABCD2345" in [line.strip() for line in text.splitlines()]
    assert "20 minutes" in text
    assert "Capital letters matter" in text


def test_an_invitation_says_who_shares_until_when_and_that_identity_is_not_checked() -> None:
    _, text = LETTERS["invitation"]
    assert "A patient shares medical images" in text
    assert "until 06 August 2020 14:00" in text
    assert "create a guest account" in text
    assert "identity is not checked" in text
    assert LINK in text


def test_a_notice_sends_people_to_the_login_page_and_nowhere_else() -> None:
    _, text = LETTERS["notice"]
    assert "https://images.example/login" in text
    assert "setup" not in text


def test_a_patient_is_told_who_opened_their_images_and_that_it_is_reviewed() -> None:
    _, text = LETTERS["glass patient"]
    assert "06 August 2020 14:00 Dr Diallo opened your medical images" in text
    assert "reviewed by the hospital" in text


def test_the_privacy_team_is_told_the_event_and_the_reason() -> None:
    subject, text = LETTERS["glass review"]
    assert "event 7" in subject
    assert "Reason given: unconscious" in text
