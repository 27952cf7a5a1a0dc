"""The language a person reads: found, kept, spoken in tasks, threads and errors."""

from __future__ import annotations

import asyncio
import builtins
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services import dates, people, preferences
from services.errors import Invalid, NotAllowed
from services.exam.exam_list import listed
from services.language import LANGUAGES, _, ngettext, preferred, speak, speaking, spoken
from services.persons import accounts
from services.persons.accounts import NewAccount
from services.signing_in import login, passwords, sessions
from services.trail import looks
from storage.models import Account
from tests.factories import PASSWORD, House


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "en"),
        ("en;q=0.3, DE;q=0.4", "de"),
        ("de, en", "de"),
        ("en, de", "en"),
        ("de;q=0, en;q=0.1", "en"),
        ("fr", ""),
        ("*", ""),
        ("", ""),
        ("de;q=much", ""),
        (",;,=;q=", ""),
        ("en-US;q=0.5," * 100 + "de", "en"),
    ],
)
def test_the_most_wanted_language_is_found(header: str, language: str) -> None:
    assert preferred(header) == language


def test_a_text_is_in_the_language_spoken_and_english_as_it_is_written() -> None:
    assert _("Log In") == "Log In"
    with speaking("de"):
        assert _("Log In") == "Anmelden"
        assert _("") == ""
        assert _("a text that nobody wrote") == "a text that nobody wrote"
    assert spoken() == "en"


def test_what_is_counted_has_the_right_form() -> None:
    assert ngettext("{count} year", "{count} years", 1) == "{count} year"
    with speaking("de"):
        assert ngettext("{count} year", "{count} years", 1) == "{count} Jahr"
        assert ngettext("{count} year", "{count} years", 2) == "{count} Jahre"


def test_a_language_without_a_catalogue_cannot_be_spoken() -> None:
    with pytest.raises(KeyError):
        speak("tlh")
    assert spoken() == "en"


def test_every_language_has_a_catalogue() -> None:
    for language in LANGUAGES:
        with speaking(language):
            assert _("Password")


def test_a_block_that_fails_leaves_the_language_as_it_was() -> None:
    with pytest.raises(RuntimeError), speaking("de"):
        raise RuntimeError
    assert spoken() == "en"


def test_once_read_a_catalogue_is_not_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with speaking("de"):
        assert _("Log In") == "Anmelden"

        def refuse(*_: object, **__: object) -> object:
            raise AssertionError("the file system was asked")

        monkeypatch.setattr(builtins, "open", refuse)
        monkeypatch.setattr(Path, "open", refuse)
        assert _("Password") == "Passwort"
        assert ngettext("{count} page", "{count} pages", 3) == "{count} Seiten"


def test_tasks_speak_side_by_side_and_threads_speak_with_their_task() -> None:
    async def page(language: str) -> tuple[str, str]:
        speak(language)
        await asyncio.sleep(0)
        return _("Next"), await asyncio.to_thread(_, "Cancel")

    async def house() -> list[tuple[str, str]]:
        return await asyncio.gather(page("de"), page("en"))

    assert asyncio.run(house()) == [("Weiter", "Abbrechen"), ("Next", "Cancel")]
    assert spoken() == "en"


def test_dates_have_the_months_of_the_language() -> None:
    at = datetime(2019, 3, 4, 15, 51, tzinfo=UTC)
    assert dates.moment(at, ZoneInfo("UTC")) == "04 March 2019 15:51"
    with speaking("de"):
        assert dates.moment(at, ZoneInfo("UTC")) == "04. März 2019 15:51"
        assert dates.day(date(2020, 12, 24)) == "24. Dezember 2020"


@pytest.mark.parametrize(
    ("refused", "english", "german"),
    [
        (lambda: passwords.checked("short"), "Please use at least 12", "mindestens 12 Zeichen"),
        (lambda: people.mobile_number("0176"), "country code", "Ländervorwahl"),
        (lambda: people.email_address("nobody"), "Please check the email", "Bitte prüfen Sie"),
        (
            lambda: accounts.check_same("a", "b"),
            "The two passwords differ",
            "Die beiden Passwörter",
        ),
    ],
)
def test_errors_say_what_to_do_in_the_language_spoken(
    refused: object, english: str, german: str
) -> None:
    assert callable(refused)
    with pytest.raises(Invalid, match=english):
        refused()
    with speaking("de"), pytest.raises(Invalid, match=german):
        refused()


def test_in_german_no_english_is_left_of_what_a_library_says() -> None:
    with speaking("de"), pytest.raises(Invalid) as refused:
        people.email_address("somebody@nowhere..example")
    assert str(refused.value) == (
        "Bitte prüfen Sie die E-Mail-Adresse: Sie muss aussehen wie name@example.org."
    )


def test_a_choice_is_kept_on_the_account_and_said_at_every_look(house: House) -> None:
    account = accounts.create(
        house.portal, NewAccount("guest", "rosa@x.example", "Rosa Gil", password=PASSWORD)
    )
    cookie = signed_in(house, "rosa@x.example")
    who = sessions.current(house.portal, cookie)
    assert who is not None and who.language == ""
    preferences.choose_language(house.portal, account, "de")
    who = sessions.current(house.portal, cookie)
    assert who is not None and who.language == "de"
    with pytest.raises(Invalid):
        preferences.choose_language(house.portal, account, "tlh")


def test_a_choice_made_before_signing_in_becomes_the_accounts_unless_it_has_one(
    house: House,
) -> None:
    account = accounts.create(
        house.portal, NewAccount("guest", "rosa@x.example", "Rosa Gil", password=PASSWORD)
    )
    signed_in(house, "rosa@x.example", "de")
    signed_in(house, "rosa@x.example", "en")
    with house.portal.reading() as db:
        assert db.get_one(Account, account).language == "de"


def test_letters_are_in_the_language_of_who_gets_them(house: House) -> None:
    settings = house.portal.settings
    chosen, not_chosen = Account(language="de"), Account(language="")
    assert preferences.language_of(settings, chosen) == "de"
    assert preferences.language_of(settings, not_chosen) == settings.language == "en"
    assert preferences.language_of(settings, None) == "en"


def test_a_share_is_told_in_the_receivers_language_and_not_in_the_sharers(house: House) -> None:
    owner, _patient, study = house.owner_with_exam()
    guest = house.account("rosa@x.example", name="Rosa Gil")
    preferences.choose_language(house.portal, guest, "de")
    house.share(owner, study, "rosa@x.example")
    _to, subject, text = house.mail()[-1]
    assert subject == "Medizinische Bilder sind für Sie freigegeben"
    assert "Eine Patientin oder ein Patient gibt medizinische Bilder und Befunde" in text
    assert "bis 02. Dezember 2026 20:00." in text
    with speaking("de"):
        house.share(owner, study, "ben@x.example")
    assert house.mail()[-1][1] == "Medical images are shared with you"


def test_a_one_time_password_comes_in_the_language_of_the_page_it_is_asked_on(
    house: House,
) -> None:
    new = NewAccount("guest", "rosa@x.example", "Rosa Gil", password=PASSWORD)
    account = accounts.create(house.portal, new)
    with speaking("de"):
        login.begin(house.portal, "rosa@x.example", PASSWORD, "browser")
        assert "Ihr Einmalpasswort lautet:" in house.mail()[-1][2]
        preferences.choose_language(house.portal, account, "en")
        login.begin(house.portal, "rosa@x.example", PASSWORD, "browser")
    assert "Your one-time password is:" in house.mail()[-1][2]


def test_a_wrong_password_is_told_in_german(house: House) -> None:
    with speaking("de"), pytest.raises(NotAllowed, match="ist nicht richtig"):
        login.begin(house.portal, "nobody@x.example", "x", "browser")


def test_lists_and_looks_are_told_in_german(house: House) -> None:
    owner, _patient, study = house.owner_with_exam()
    guest = house.account("rosa@x.example", name="Rosa Gil")
    house.share(owner, study, "rosa@x.example")
    with speaking("de"):
        because = listed(house.portal, guest)[0].because
        assert because == "freigegeben von Chester Frenchie bis 02. Dezember 2026 20:00"
        entry = looks.looks(house.portal, owner)[0]
        assert entry.who == "Ihr Konto"
        assert entry.what.startswith("hat die Untersuchung CT 01. Januar 2026 10:30 für Rosa Gil")
        assert entry.what.endswith("freigegeben bis 02. Dezember 2026 20:00")
    assert looks.looks(house.portal, owner)[0].what.startswith("shared the exam CT 01 January 2026")


def signed_in(house: House, email: str, language: str = "") -> str:
    """Sign in; the cookie's value."""
    challenge = login.begin(house.portal, email, PASSWORD, "browser")
    handover = login.confirm(house.portal, challenge.attempt, house.secrets.codes[-1], "browser")
    return sessions.open_session(house.portal, handover, "browser", language=language)
