"""The language of pages: how it is chosen, and that everything on a page keeps to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from services import preferences
from services.opening import open_portal
from services.persons import accounts
from services.persons.accounts import NewAccount
from services.portal import Portal
from services.randomness import fingerprint
from services.settings import Settings
from storage.models import Account, SignInSession
from tests.dicom import ct_slice, take_in
from tests.factories import PASSWORD
from tests.journeys.served import Served, free_port, serving
from tests.ui.pages import fetch

EMAIL = "chester@patients.example"
BROWSER = "myimaging_browser=one"
SIGNED_IN = f"{BROWSER}; myimaging_session=chesters"
GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
ENGLISH = {"Accept-Language": "en-AU,en;q=0.9"}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """Chester's account and exam."""
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=tmp_path_factory.mktemp("data"), port=free_port(), time_zone="Australia/Sydney",
    )  # fmt: skip
    opened = open_portal(settings)
    take_in(opened, [ct_slice(number=1, size=64)])
    new = NewAccount("patient", EMAIL, "Chester F", patient_ids=("TEST|P1",), password=PASSWORD)
    accounts.create(opened, new)
    yield opened
    opened.database.close()


@pytest.fixture(scope="module")
def served(portal: Portal) -> Iterator[Served]:
    with serving(portal.settings.data_dir, portal.settings.port) as running:
        yield running


@pytest.fixture
def chester(portal: Portal) -> int:
    """Chester's account, signed in with `SIGNED_IN`, without a choice of language."""
    with portal.transaction() as tx:
        account = accounts.find(tx.db, EMAIL)
        assert account is not None
        account.language = ""
        for session in tx.db.query(SignInSession):
            session.token_hash = str(session.id)
        tx.db.flush()
        tx.db.add(
            SignInSession(
                token_hash=fingerprint("chesters"), account_id=account.id, created_at=tx.now,
                last_seen_at=tx.now, expires_at=account.created_at.replace(year=2100),
            )
        )  # fmt: skip
        return account.id


def test_a_page_is_in_the_language_the_browser_asks_for_and_says_so(served: Served) -> None:
    german, english = fetch(served, "/login", **GERMAN), fetch(served, "/login", **ENGLISH)
    assert german.language == "de"
    assert german.says("E-Mail/Benutzername")
    assert "lang/de.umd.prod.js" in german.html
    assert english.language == "en-GB"
    assert english.says("Email/User Name")


def test_a_browser_that_asks_for_nothing_we_have_gets_the_portals_language(
    served: Served,
) -> None:
    assert fetch(served, "/login", **{"Accept-Language": "fr"}).language == "en-GB"
    assert fetch(served, "/login").language == "en-GB"


def test_an_organisation_can_choose_the_portals_language(tmp_path: Path) -> None:
    with serving(tmp_path / "data", free_port(), language="de") as running:
        assert fetch(running, "/login").language == "de"
        assert fetch(running, "/login", **ENGLISH).says("Log In")


def test_what_was_chosen_in_a_browser_is_kept_there(served: Served) -> None:
    answer = httpx.post(
        served.url + "/language",
        data={"language": "de", "next": "/login?next=/studies"},
        headers={"Origin": served.url, **ENGLISH},
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/studies"
    cookie = answer.headers["set-cookie"]
    assert "myimaging_language=de" in cookie
    assert "HttpOnly" in cookie
    page = fetch(served, "/login", f"{BROWSER}; myimaging_language=de", **ENGLISH)
    assert page.language == "de"


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "/a\r\nX: y", "evil", ""],
)
def test_choosing_leads_to_no_other_site(served: Served, elsewhere: str) -> None:
    answer = httpx.post(
        served.url + "/language",
        data={"language": "de", "next": elsewhere},
        headers={"Origin": served.url},
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"


def test_another_site_cannot_choose_for_anybody(served: Served) -> None:
    answer = httpx.post(
        served.url + "/language", data={"language": "de"}, headers={"Origin": "http://evil.example"}
    )
    assert answer.status_code == 403


def test_a_language_there_is_not_changes_nothing(served: Served) -> None:
    answer = httpx.post(
        served.url + "/language", data={"language": "tlh"}, headers={"Origin": served.url}
    )
    assert answer.status_code == 303
    assert "myimaging_language" not in answer.headers.get("set-cookie", "")
    page = fetch(served, "/login", f"{BROWSER}; myimaging_language=tlh", **GERMAN)
    assert page.language == "de"


def test_what_happens_later_on_a_page_is_in_its_language(served: Served) -> None:
    """The socket of a German page, even from a browser that now asks for English."""
    with fetch(served, "/login", **GERMAN).opened(**ENGLISH) as line:
        line.click("Anmelden")
        line.hears("Die E-Mail-Adresse oder das Passwort ist nicht richtig.")
    with fetch(served, "/login", **ENGLISH).opened(**GERMAN) as line:
        line.click("Log In")
        line.hears("The email address or the password is not right.")


def test_choosing_while_signed_in_is_kept_on_the_account(
    served: Served, portal: Portal, chester: int
) -> None:
    httpx.post(
        served.url + "/language",
        data={"language": "de", "next": "/studies"},
        headers={"Origin": served.url, "Cookie": SIGNED_IN},
    )
    with portal.reading() as db:
        assert db.get_one(Account, chester).language == "de"
    page = fetch(served, "/studies", SIGNED_IN, **ENGLISH)
    assert page.language == "de"
    assert page.says("Untersuchungen")


def test_the_accounts_choice_holds_against_the_browsers(
    served: Served, portal: Portal, chester: int
) -> None:
    preferences.choose_language(portal, chester, "en")
    german = f"{SIGNED_IN}; myimaging_language=de"
    assert fetch(served, "/studies", german, **GERMAN).language == "en-GB"
    page = fetch(served, "/studies", german, **GERMAN)
    with page.opened(**GERMAN) as line:
        line.click("Sign out")
        line.hears("You are signed out")


def test_what_is_published_to_a_page_is_told_in_its_language(served: Served, chester: int) -> None:
    """Signing out on an English page closes the German one, in German."""
    german = fetch(served, "/studies", SIGNED_IN, **GERMAN)
    english = fetch(served, "/studies", SIGNED_IN, **ENGLISH)
    with german.opened() as listening, english.opened() as speaking:
        speaking.click("Sign out")
        speaking.hears("You are signed out")
        listening.hears("Sie sind abgemeldet")


def test_a_refused_download_is_a_page_in_the_accounts_language(
    served: Served, portal: Portal, chester: int
) -> None:
    preferences.choose_language(portal, chester, "de")
    answer = httpx.get(
        f"{served.url}/study/{'a' * 26}/dicom.zip", headers={"Cookie": SIGNED_IN, **ENGLISH}
    )
    assert answer.status_code == 404
    assert '<html lang="de">' in answer.text
    assert "Dieser Download ist nicht möglich" in answer.text
    assert "Diese Untersuchung gibt es nicht" in answer.text
