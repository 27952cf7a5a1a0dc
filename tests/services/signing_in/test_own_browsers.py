"""One's own browsers: where one is signed in, which are remembered, and ending that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest

from services.errors import NotFound
from services.persons import accounts, contacts, own_sessions
from services.signing_in import authenticator, login, remembered, sessions
from services.signing_in.login_codes import Challenge
from services.signing_in.sessions import SignedIn
from services.signing_in.step_up import PasswordNeeded
from services.signing_in.user_agents import in_words
from tests.everything import everything
from tests.factories import PASSWORD, QUICK_HASH, House, open_house

EMAIL = "chester@x.example"
BROWSER = "the browser that asked"
FRESH = "an otter ignores umbrellas"


@pytest.fixture
def remembering(tmp_path: Path) -> Iterator[House]:
    """A portal that may remember browsers for thirty days."""
    opened = open_house(tmp_path / "remembering", remember_browser_days=30)
    yield opened
    opened.portal.database.close()


def begin(house: House, known: str = "", browser: str = BROWSER) -> Challenge:
    return login.begin(house.portal, EMAIL, PASSWORD, browser, known=known)


def signed_in(house: House) -> tuple[SignedIn, str]:
    """A session opened by a one-time password, and its cookie."""
    challenge = begin(house)
    handover = login.confirm(house.portal, challenge.attempt, house.secrets.codes[-1], BROWSER)
    cookie = sessions.open_session(house.portal, handover, BROWSER, "Firefox/130 (Windows)")
    who = sessions.current(house.portal, cookie)
    assert who is not None
    return who, cookie


def remember(house: House, kind: str = "patient") -> tuple[SignedIn, str]:
    house.account(EMAIL, kind, password_hash=QUICK_HASH)
    who, cookie = signed_in(house)
    return who, remembered.remember(house.portal, cookie, BROWSER, "Firefox/130 (Windows)")


# where one is signed in


def test_the_list_shows_each_browser_in_words_and_which_one_this_is(house: House) -> None:
    house.account(EMAIL, "patient", password_hash=QUICK_HASH)
    signed_in(house)
    who, _cookie = signed_in(house)
    found = own_sessions.listed(house.portal, who)
    assert [(one.device, one.is_this) for one in found] == [
        ("Firefox on Windows", True), ("Firefox on Windows", False),
    ]  # fmt: skip


def test_sessions_that_are_over_are_not_in_the_list(house: House) -> None:
    house.account(EMAIL, "patient", password_hash=QUICK_HASH)
    signed_in(house)
    house.clock.move(minutes=31)
    who, _cookie = signed_in(house)
    assert len(own_sessions.listed(house.portal, who)) == 1


def test_one_signs_ones_own_browsers_out_and_nobody_elses(house: House) -> None:
    mine = house.signed_in(house.account())
    other, third = house.signed_in(mine.account_id), house.signed_in(house.account())
    with pytest.raises(PasswordNeeded):
        own_sessions.end(house.portal, mine, other.session_id)
    house.step_up(mine)
    own_sessions.end(house.portal, mine, other.session_id)
    assert not sessions.stands(house.portal, other.session_id)
    for number in (third.session_id, 4711):
        with pytest.raises(NotFound):
            own_sessions.end(house.portal, mine, number)
    assert sessions.stands(house.portal, third.session_id)


@pytest.mark.parametrize("but_this", [True, False])
def test_one_signs_out_everywhere_or_everywhere_else(house: House, but_this: bool) -> None:
    mine = house.signed_in(house.account())
    other, third = house.signed_in(mine.account_id), house.signed_in(house.account())
    with pytest.raises(PasswordNeeded):
        own_sessions.end_all(house.portal, mine, but_this=but_this)
    house.step_up(mine)
    own_sessions.end_all(house.portal, mine, but_this=but_this)
    assert sessions.stands(house.portal, mine.session_id) is but_this
    assert not sessions.stands(house.portal, other.session_id)
    assert sessions.stands(house.portal, third.session_id)


def test_a_page_knows_when_its_session_ends(house: House) -> None:
    who = house.signed_in(house.account())
    ends = sessions.ends(house.portal, who.session_id)
    assert ends is not None
    assert (ends.at - house.clock()).total_seconds() == 30 * 60
    for _step in range(12 * 60 // 20 - 1):
        house.clock.move(minutes=20)
        sessions.touch(house.portal, who.session_id)
    ends = sessions.ends(house.portal, who.session_id)
    assert ends is not None
    assert ends.at == ends.latest == who.ends_at
    house.clock.move(minutes=20)
    assert sessions.ends(house.portal, who.session_id) is None


@pytest.mark.parametrize(
    ("calls_itself", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0",
         "Firefox on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36",
         "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
         "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 Version/17.5 "
         "Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537 SamsungBrowser/25 Chrome/121 Safari/537",
         "Samsung Internet on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/17 Safari/605",
         "Safari on Mac"),
        ("curl/8.0", "Unknown browser"),
        ("", "Unknown browser"),
        ("<img src=x onerror=alert(1)>", "Unknown browser"),
    ],
)  # fmt: skip
def test_a_browser_is_named_as_people_name_it(calls_itself: str, words: str) -> None:
    assert in_words(calls_itself) == words


# remembered browsers


def test_a_remembered_browser_needs_no_one_time_password(remembering: House) -> None:
    _who, known = remember(remembering)
    sent = len(remembering.secrets.codes)
    challenge = begin(remembering, known)
    assert len(remembering.secrets.codes) == sent
    cookie = sessions.open_session(remembering.portal, challenge.handover, BROWSER)
    assert sessions.current(remembering.portal, cookie) is not None


def test_the_password_is_still_needed(remembering: House) -> None:
    _who, known = remember(remembering)
    with pytest.raises(login.NotAllowed):
        login.begin(remembering.portal, EMAIL, "not the password", BROWSER, known=known)


def test_a_stolen_cookie_is_no_use_in_another_browser(remembering: House) -> None:
    _who, known = remember(remembering)
    assert not begin(remembering, known, "another browser").handover


def test_it_does_not_open_another_account(remembering: House) -> None:
    _who, known = remember(remembering)
    remembering.account("robin@x.example", "patient", password_hash=QUICK_HASH)
    challenge = login.begin(remembering.portal, "robin@x.example", PASSWORD, BROWSER, known=known)
    assert not challenge.handover


def test_after_thirty_days_a_one_time_password_is_asked_for_again(remembering: House) -> None:
    _who, known = remember(remembering)
    remembering.clock.move(days=30, seconds=-1)
    assert begin(remembering, known).handover
    remembering.clock.move(seconds=1)
    assert not begin(remembering, known).handover


def test_being_remembered_does_not_renew_itself(remembering: House) -> None:
    _who, known = remember(remembering)
    remembering.clock.move(days=1)
    handover = begin(remembering, known).handover
    cookie = sessions.open_session(remembering.portal, handover, BROWSER)
    assert remembered.remember(remembering.portal, cookie, BROWSER, "") == ""


@pytest.mark.parametrize("kind", ["staff", "breakglass"])
def test_staff_and_break_glass_accounts_are_never_remembered(remembering: House, kind: str) -> None:
    _who, known = remember(remembering, kind)
    assert known == ""
    assert begin(remembering).remember_days == 0


def test_nothing_is_remembered_unless_the_portal_allows_it(house: House) -> None:
    _who, known = remember(house)
    assert known == ""
    assert begin(house).remember_days == 0


def test_what_lets_a_browser_in_is_not_in_the_database(remembering: House) -> None:
    _who, known = remember(remembering)
    dump = everything(remembering.portal.database)
    assert "remembered_browsers" in dump
    assert known
    assert known not in dump


def test_a_browser_is_forgotten_from_the_list_by_its_owner_only(remembering: House) -> None:
    who, known = remember(remembering)
    [browser] = own_sessions.known(remembering.portal, who)
    assert browser.device == "Firefox on Windows"
    stranger = remembering.signed_in(remembering.account())
    with pytest.raises(NotFound):
        own_sessions.forget(remembering.portal, stranger, browser.number)
    own_sessions.forget(remembering.portal, who, browser.number)
    assert own_sessions.known(remembering.portal, who) == []
    assert not begin(remembering, known).handover


def change_password(house: House, who: SignedIn) -> None:
    accounts.change_password(house.portal, who.account_id, who.session_id, PASSWORD, FRESH)
    accounts.change_password(house.portal, who.account_id, who.session_id, FRESH, PASSWORD)


def reset_password(house: House, who: SignedIn) -> None:
    accounts.forgot_password(house.portal, EMAIL)
    accounts.reset_password(house.portal, house.mailed_link(EMAIL), PASSWORD)


def sign_out_everywhere(house: House, who: SignedIn) -> None:
    house.step_up(who)
    own_sessions.end_all(house.portal, who, but_this=False)


def change_mobile(house: House, who: SignedIn) -> None:
    house.step_up(who)
    contacts.change_mobile(house.portal, who, "+61 491 570 006")


def turn_app_on(house: House, who: SignedIn) -> None:
    house.step_up(who)
    enrolment = authenticator.enrol(house.portal, who)
    code = pyotp.TOTP(enrolment.secret).at(int(house.clock().timestamp()))
    authenticator.turn_on(house.portal, who, enrolment, code)


@pytest.mark.parametrize(
    "change", [change_password, reset_password, sign_out_everywhere, turn_app_on, change_mobile]
)
def test_every_change_of_who_may_come_in_forgets_all_browsers(
    remembering: House, change: object
) -> None:
    who, known = remember(remembering)
    change(remembering, who)  # type: ignore[operator]
    assert not begin(remembering, known).handover
