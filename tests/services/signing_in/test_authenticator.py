"""One-time passwords from an authenticator app, and recovery codes for when it is lost."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

import pyotp
import pytest

from services.errors import Expired, Invalid, NotAllowed, NotFound, TooMany
from services.signing_in import authenticator, login, recovery, sessions
from services.signing_in.authenticator import Enrolment
from services.signing_in.sealing import sealed, unsealed
from services.signing_in.sessions import SignedIn
from services.signing_in.step_up import PasswordNeeded
from services.upkeep import key_rotation
from storage.models import AuthenticatorApp
from tests.everything import everything
from tests.factories import PASSWORD, QUICK_HASH, House

EMAIL = "chester@x.example"
BROWSER = "the browser that asked"


@pytest.fixture
def chester(house: House) -> SignedIn:
    account = house.account(EMAIL, "patient", name="Chester", password_hash=QUICK_HASH)
    who = house.signed_in(account)
    house.step_up(who)
    return who


def shown(house: House, enrolment: Enrolment, seconds: int = 0) -> str:
    """What the app shows now, or some seconds from now."""
    return pyotp.TOTP(enrolment.secret).at(int(house.clock().timestamp()) + seconds)


def enrolled(house: House, who: SignedIn) -> tuple[Enrolment, list[str]]:
    """An app that was turned on, and half a minute later."""
    enrolment = authenticator.enrol(house.portal, who)
    codes = authenticator.turn_on(house.portal, who, enrolment, shown(house, enrolment))
    house.clock.move(seconds=30)
    return enrolment, codes


def attempt(house: House) -> str:
    challenge = login.begin(house.portal, EMAIL, PASSWORD, BROWSER)
    assert challenge.by_app
    return challenge.attempt


def confirm(house: House, code: str, number: str = "", **how: bool) -> str:
    return login.confirm(house.portal, number or attempt(house), code, BROWSER, **how)


def refused(attempt: Callable[[], object]) -> str:
    with pytest.raises((NotAllowed, Expired, TooMany, Invalid)) as refusal:
        attempt()
    return str(refusal.value)


def test_the_apps_code_signs_in_and_nothing_is_sent(house: House, chester: SignedIn) -> None:
    enrolment, _codes = enrolled(house, chester)
    before = len(house.secrets.codes)
    handover = confirm(house, shown(house, enrolment))
    assert sessions.open_session(house.portal, handover, BROWSER)
    assert len(house.secrets.codes) == before


def test_an_app_is_set_up_only_after_the_password_was_given_again(house: House) -> None:
    who = house.signed_in(house.account(password_hash=QUICK_HASH))
    with pytest.raises(PasswordNeeded):
        authenticator.enrol(house.portal, who)
    house.step_up(who)
    enrolment = authenticator.enrol(house.portal, who)
    house.clock.move(minutes=6)
    with pytest.raises(PasswordNeeded):
        authenticator.turn_on(house.portal, who, enrolment, shown(house, enrolment))


def test_a_wrong_first_code_changes_nothing(house: House, chester: SignedIn) -> None:
    enrolment = authenticator.enrol(house.portal, chester)
    with pytest.raises(Invalid, match="check the clock"):
        authenticator.turn_on(house.portal, chester, enrolment, "000000")
    assert not login.begin(house.portal, EMAIL, PASSWORD, BROWSER).by_app


def test_a_code_of_the_app_works_once(house: House, chester: SignedIn) -> None:
    enrolment, _codes = enrolled(house, chester)
    code = shown(house, enrolment)
    confirm(house, code)
    assert refused(lambda: confirm(house, code)) == login.WRONG_APP_CODE


def test_the_code_that_turned_the_app_on_does_not_sign_in(house: House, chester: SignedIn) -> None:
    enrolment = authenticator.enrol(house.portal, chester)
    code = shown(house, enrolment)
    authenticator.turn_on(house.portal, chester, enrolment, code)
    assert refused(lambda: confirm(house, code)) == login.WRONG_APP_CODE


def test_after_a_newer_code_an_older_one_is_used_up_too(house: House, chester: SignedIn) -> None:
    enrolment, _codes = enrolled(house, chester)
    confirm(house, shown(house, enrolment, 30))
    assert refused(lambda: confirm(house, shown(house, enrolment))) == login.WRONG_APP_CODE


@pytest.mark.parametrize("seconds", [-30, 0, 30])
def test_a_clock_may_be_off_by_half_a_minute(house: House, chester: SignedIn, seconds: int) -> None:
    enrolment, _codes = enrolled(house, chester)
    house.clock.move(minutes=2)
    assert confirm(house, shown(house, enrolment, seconds))


@pytest.mark.parametrize("seconds", [-90, -60, 60, 90])
def test_a_clock_that_is_off_by_more_is_refused(
    house: House, chester: SignedIn, seconds: int
) -> None:
    enrolment, _codes = enrolled(house, chester)
    house.clock.move(minutes=2)
    assert refused(lambda: confirm(house, shown(house, enrolment, seconds)))


def test_one_code_in_parallel_attempts_opens_one_session(house: House, chester: SignedIn) -> None:
    enrolment, _codes = enrolled(house, chester)
    number, code = attempt(house), shown(house, enrolment)
    opened: list[str] = []

    def guess() -> None:
        with contextlib.suppress(NotAllowed, Expired, TooMany):
            opened.append(confirm(house, code, number))

    tries = [threading.Thread(target=guess) for _ in range(6)]
    for one in tries:
        one.start()
    for one in tries:
        one.join()
    assert len(opened) == 1


def test_five_wrong_codes_end_the_attempt(house: House, chester: SignedIn) -> None:
    enrolment, _codes = enrolled(house, chester)
    number = attempt(house)
    said = [refused(lambda: confirm(house, "000000", number)) for _ in range(login.TRIES)]
    assert said[-1] == login.SPENT
    assert refused(lambda: confirm(house, shown(house, enrolment), number)) == login.SPENT


@pytest.mark.parametrize("typed", ["", "abc", "12345", "１２３４５６", "0" * 500])
def test_what_is_no_code_is_told_kindly(house: House, chester: SignedIn, typed: str) -> None:
    enrolled(house, chester)
    assert refused(lambda: confirm(house, typed)) == login.WRONG_APP_CODE


def test_nothing_is_sent_instead_of_the_app(house: House, chester: SignedIn) -> None:
    enrolled(house, chester)
    number = attempt(house)
    house.clock.move(minutes=2)
    for by_mail in (False, True):
        said = refused(lambda by_mail=by_mail: login.resend(
            house.portal, number, BROWSER, by_mail=by_mail
        ))  # fmt: skip
        assert said == login.NOT_SENT


def test_a_recovery_code_signs_in_once_and_its_owner_is_told(
    house: House, chester: SignedIn
) -> None:
    _enrolment, codes = enrolled(house, chester)
    assert confirm(house, codes[0], recovering=True)
    assert refused(lambda: confirm(house, codes[0], recovering=True)) == login.WRONG_RECOVERY
    told = [text for to, _subject, text in house.mail() if to == EMAIL]
    assert any("Recovery codes that are left: 9" in text for text in told)


def test_a_recovery_code_is_known_however_it_is_typed(house: House, chester: SignedIn) -> None:
    _enrolment, codes = enrolled(house, chester)
    assert confirm(house, f" {codes[1].lower().replace('-', ' ')} ", recovering=True)


def test_new_recovery_codes_replace_the_old_ones(house: House, chester: SignedIn) -> None:
    _enrolment, codes = enrolled(house, chester)
    fresh = recovery.renew(house.portal, chester)
    assert not set(fresh) & set(codes)
    assert refused(lambda: confirm(house, codes[0], recovering=True)) == login.WRONG_RECOVERY
    assert confirm(house, fresh[0], recovering=True)


def test_somebody_elses_recovery_code_is_refused(house: House, chester: SignedIn) -> None:
    enrolled(house, chester)
    other = house.signed_in(house.account(password_hash=QUICK_HASH))
    house.step_up(other)
    _enrolment, codes = enrolled(house, other)
    assert refused(lambda: confirm(house, codes[0], recovering=True)) == login.WRONG_RECOVERY


def test_a_recovery_code_is_no_use_where_codes_are_sent(house: House, chester: SignedIn) -> None:
    challenge = login.begin(house.portal, EMAIL, PASSWORD, BROWSER)
    said = refused(lambda: confirm(house, "ABCDEFGH-JKLMNPQR", challenge.attempt, recovering=True))
    assert said == login.WRONG_CODE


def test_neither_the_secret_nor_a_recovery_code_is_in_the_database(
    house: House, chester: SignedIn
) -> None:
    enrolment, codes = enrolled(house, chester)
    dump = everything(house.portal.database)
    assert "authenticator_apps" in dump
    assert enrolment.secret not in dump
    assert not [code for code in codes if code in dump]


def test_a_sealed_secret_moved_to_another_account_opens_nothing(
    house: House, chester: SignedIn
) -> None:
    enrolment, _codes = enrolled(house, chester)
    other = house.account("other@x.example", password_hash=QUICK_HASH)
    with house.portal.transaction() as tx:
        app = authenticator.find(tx.db, chester.account_id)
        assert app is not None
        tx.db.add(
            AuthenticatorApp(account_id=other, sealed=app.sealed, created_at=tx.now, last_step=0)
        )
    with pytest.raises(ValueError, match="does not belong"), house.portal.transaction() as tx:
        authenticator.used(house.portal, tx, other, shown(house, enrolment))


def test_what_was_sealed_comes_back_and_never_looks_the_same() -> None:
    key = bytes(range(32))
    assert unsealed([bytes(32), key], sealed(key, "secret", 7), 7) == "secret"
    assert sealed(key, "secret", 7) != sealed(key, "secret", 7)
    with pytest.raises(ValueError, match="does not belong"):
        unsealed([bytes(32)], sealed(key, "secret", 7), 7)


def test_turned_off_one_time_passwords_are_sent_again(house: House, chester: SignedIn) -> None:
    enrolled(house, chester)
    authenticator.turn_off(house.portal, chester)
    assert not login.begin(house.portal, EMAIL, PASSWORD, BROWSER).by_app
    with pytest.raises(NotFound):
        authenticator.remove(house.portal, chester.account_id, by=None)


def test_a_new_phone_replaces_the_old_one(house: House, chester: SignedIn) -> None:
    old, _codes = enrolled(house, chester)
    new, _codes = enrolled(house, chester)
    assert refused(lambda: confirm(house, shown(house, old))) == login.WRONG_APP_CODE
    assert confirm(house, shown(house, new))


def test_apps_and_recovery_codes_outlive_a_rotation_of_the_keys(
    house: House, chester: SignedIn
) -> None:
    enrolment, codes = enrolled(house, chester)
    key_rotation.rotate(house.portal)
    assert confirm(house, shown(house, enrolment))
    assert confirm(house, codes[0], recovering=True)


def test_whoever_runs_the_portal_takes_a_lost_app_away(house: House, chester: SignedIn) -> None:
    enrolled(house, chester)
    with pytest.raises(NotFound):
        authenticator.remove_of(house.portal, "nobody@x.example")
    authenticator.remove_of(house.portal, EMAIL.upper())
    assert not login.begin(house.portal, EMAIL, PASSWORD, BROWSER).by_app
    assert any("no longer come from" in text for to, _, text in house.mail() if to == EMAIL)
