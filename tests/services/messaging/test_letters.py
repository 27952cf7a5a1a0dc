"""What e-mails say: as text and as HTML, with no medical detail and the help desk under them."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from services import language
from services.letterhead import (
    Button,
    Letter,
    Letterhead,
    compose,
    in_the_readers_language,
    ink_on,
)
from services.messaging import letters, office_letters
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
HEAD = Letterhead(SETTINGS)
LETTERS = {
    "code": letters.one_time_password(HEAD, "ABCD2345", 20),
    "set up": letters.set_up(HEAD, LINK),
    "reset": letters.reset(HEAD, LINK),
    "invitation": letters.invitation(HEAD, "", LINK, AT),
    "notice": letters.notice(HEAD, "Dr Lindqvist", AT),
    "share ended": letters.share_ended(HEAD, ""),
    "ending soon": letters.ending_soon(HEAD, "", AT, has_account=True),
    "invitation ending": letters.ending_soon(HEAD, "", AT, has_account=False),
    "your share": letters.your_share_ends_soon(HEAD, "robin@x.example", AT, can_go_on=True),
    "your share, no longer": letters.your_share_ends_soon(
        HEAD, "robin@x.example", AT, can_go_on=False
    ),
    "glass patient": office_letters.glass_broken_patient(HEAD, "Dr Diallo", AT),
    "glass carer": office_letters.glass_broken_carer(HEAD, "Dr Diallo", AT),
    "glass review": office_letters.glass_broken_review(HEAD, "Dr Diallo", AT, 7),
    "application received": office_letters.application_received(HEAD),
    "application ready": office_letters.application_ready(HEAD, LINK),
    "application question": office_letters.application_question(HEAD, "Which clinic?", LINK),
    "emergency access": office_letters.glass_right_given(HEAD, AT),
    "emergency access ends": office_letters.glass_right_ends(HEAD, AT),
    "application declined": office_letters.application_declined(HEAD),
}
every = pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS.keys())


class Reader(HTMLParser):
    """What a mail program finds in a letter: its words, and whatever leads or loads elsewhere."""

    def __init__(self, letter: Letter) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(letter.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    @property
    def links(self) -> set[str]:
        return {value for name, value in self.attributes if name in ("href", "src", "action")}


@every
def test_every_letter_names_the_portal_and_the_help_desk(letter: Letter) -> None:
    assert "District Imaging\nHelp desk: help@district.example, +61 2 5550 0100" in letter.text
    assert "Help desk: help@district.example, +61 2 5550 0100" in " ".join(Reader(letter).words)


@every
def test_a_subject_fits_on_one_line(letter: Letter) -> None:
    assert letter.subject
    assert "\n" not in letter.subject
    assert len(letter.subject) <= 100


@every
def test_every_link_leads_to_the_configured_address(letter: Letter) -> None:
    in_text = {word for word in letter.text.split() if "://" in word}
    assert in_text == Reader(letter).links
    assert all(link.startswith("https://images.example/") for link in in_text)


@every
def test_a_letter_says_the_same_as_text_and_as_html(letter: Letter) -> None:
    body, _, _ = letter.text.partition("-- \n")
    words = body.replace(":\nhttps", "\nhttps").split()
    there = set(Reader(letter).words)
    assert [word for word in words if word.rstrip(":") not in {w.rstrip(":") for w in there}] == []


@every
def test_a_letter_loads_nothing_and_runs_nothing(letter: Letter) -> None:
    read = Reader(letter)
    assert not read.tags & {"script", "img", "link", "iframe", "object", "form", "video", "svg"}
    assert not [name for name, _ in read.attributes if name.startswith("on") or name == "src"]
    assert "url(" not in letter.html
    assert "@import" not in letter.html


@every
def test_a_letter_is_drawn_for_narrow_and_for_dark_screens(letter: Letter) -> None:
    assert "width=device-width" in letter.html
    assert "max-width:560px" in letter.html
    assert "prefers-color-scheme: dark" in letter.html
    assert SETTINGS.primary_colour in letter.html


def test_a_button_that_leads_elsewhere_is_never_written() -> None:
    for url in ("https://images.example.evil.example/", "https://evil.example/", "javascript:1"):
        with pytest.raises(ValueError, match="this portal only"):
            compose(HEAD, "x", "Subject", Button("Open", url))


def test_what_is_inserted_is_never_read_as_html() -> None:
    letter = office_letters.glass_broken_patient(HEAD, "<b>Dr</b> & <script>alert(1)", AT)
    assert "<script" not in letter.html
    assert "<b>" not in letter.html


def test_a_name_cannot_bring_a_link_into_a_letter() -> None:
    letter = letters.notice(HEAD, "win at https://evil.example/now or a@evil.example", AT)
    for part in (letter.text, letter.html):
        assert "evil.example" not in part
        assert "https://evil" not in part
    assert "Dr. Lindqvist shares" in letters.notice(HEAD, "Dr.Lindqvist", AT).text


def test_a_subject_cannot_bring_a_header_into_a_letter() -> None:
    settings = SETTINGS.model_copy(update={"portal_name": "Imaging\r\nBcc: all@x.example"})
    letter = office_letters.application_received(Letterhead(settings))
    assert letter.subject == "We received your application to Imaging Bcc: all@x.example"


def test_a_letter_is_in_its_readers_language_and_leaves_the_senders_alone() -> None:
    spoken: list[str] = []

    @in_the_readers_language
    def letter(head: Letterhead) -> Letter:
        spoken.append(language.spoken())
        return Letter("x", "", "")

    letter(Letterhead(SETTINGS, "de"))
    assert spoken == ["de"]
    assert language.spoken() == "en"


@pytest.mark.parametrize(
    ("colour", "ink"), [("#0e6573", "#ffffff"), ("#ffd400", "#000000"), ("#c2500a", "#ffffff")]
)
def test_words_on_the_organisations_colour_can_be_read(colour: str, ink: str) -> None:
    assert ink_on(colour) == ink


def test_the_one_time_password_stands_on_a_line_of_its_own() -> None:
    letter = LETTERS["code"]
    assert "ABCD2345" not in letter.subject  # subjects show on locked telephones
    assert "ABCD2345" in [line.strip() for line in letter.text.splitlines()]
    assert "20 minutes" in letter.text
    assert "Capital letters matter" in letter.text


def test_a_text_message_is_short_and_its_last_line_is_bound_to_this_portal() -> None:
    letter = letters.one_time_password_text(HEAD, "ABCD2345", 20)
    assert len(letter.text) <= 160
    assert "ABCD2345, valid for 20 minutes" in letter.text
    assert letter.text.splitlines()[-1] == "@images.example #ABCD2345"


def test_an_invitation_says_who_shares_until_when_and_that_identity_is_not_checked() -> None:
    text = LETTERS["invitation"].text
    assert "A patient shares medical images" in text
    assert "until 06 August 2020 14:00" in text
    assert "create a guest account" in text
    assert "identity is not checked" in text
    assert LINK in text


def test_a_notice_sends_people_to_the_login_page_and_nowhere_else() -> None:
    text = LETTERS["notice"].text
    assert "Dr Lindqvist shares" in text
    assert "https://images.example/login" in text
    assert "setup" not in text


def test_a_patient_is_told_who_opened_their_images_and_that_it_is_reviewed() -> None:
    text = LETTERS["glass patient"].text
    assert "06 August 2020 14:00 Dr Diallo opened your medical images" in text
    assert "reviewed by the hospital" in text


def test_the_privacy_team_is_told_the_event_and_finds_the_rest_in_the_portal() -> None:
    letter = LETTERS["glass review"]
    assert "event 7" in letter.subject
    assert "https://images.example/staff/break-glass" in letter.text
