"""Signing in: the password, then a one-time password in the browser that asked for it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from services.errors import Expired, NotAllowed, TooMany
from services.persons import accounts
from services.randomness import SystemSecrets
from services.signing_in import login, login_codes, sessions
from services.signing_in.login_codes import Challenge
from services.throttling import PASSWORD_PER_ACCOUNT, PASSWORD_PER_ADDRESS
from storage.models import Account, LoginAttempt
from tests.everything import everything
from tests.factories import PASSWORD, QUICK_HASH, House

EMAIL = "chester.frenchie@x.example"
BROWSER = "the browser that asked"


@pytest.fixture
def chester(house: House) -> int:
    return house.account(EMAIL, "patient", name="Chester Frenchie", password_hash=QUICK_HASH)


def begin(house: House, email: str = EMAIL, password: str = PASSWORD) -> Challenge:
    return login.begin(house.portal, email, password, BROWSER, "203.0.113.7")


def confirm(house: House, challenge: Challenge, code: str, browser: str = BROWSER) -> str:
    return login.confirm(house.portal, challenge.attempt, code, browser)


def refused(attempt: Callable[[], object]) -> tuple[type[Exception], str]:
    with pytest.raises((NotAllowed, Expired, TooMany)) as refusal:
        attempt()
    return type(refusal.value), str(refusal.value)


# the password


def test_the_right_password_and_code_sign_somebody_in(house: House, chester: int) -> None:
    handover = confirm(house, begin(house), house.secrets.codes[-1])
    cookie = sessions.open_session(house.portal, handover, BROWSER)
    signed_in = sessions.current(house.portal, cookie)
    assert signed_in is not None
    assert signed_in.account_id == chester


def test_the_address_is_known_however_it_is_typed(house: House, chester: int) -> None:
    assert begin(house, f"  {EMAIL.upper()} ")


def test_known_and_unknown_addresses_get_the_same_answer(house: House, chester: int) -> None:
    house.account("closed@x.example", status="disabled", password_hash=QUICK_HASH)
    house.account("invited@x.example", status="invited")
    answers = {
        refused(lambda: begin(house, EMAIL, "wrong-wrong-wrong")),
        refused(lambda: begin(house, "nobody@x.example")),
        refused(lambda: begin(house, "not an address")),
        refused(lambda: begin(house, "")),
        refused(lambda: begin(house, "closed@x.example")),
        refused(lambda: begin(house, "invited@x.example")),
        refused(lambda: begin(house, "invited@x.example", "")),
    }
    assert answers == {(NotAllowed, login.WRONG_PASSWORD)}
    assert house.mail() == []


def test_a_failed_sign_in_is_recorded_for_known_and_unknown_addresses(
    house: House, chester: int
) -> None:
    refused(lambda: begin(house, EMAIL, "wrong-wrong-wrong"))
    refused(lambda: begin(house, "nobody@x.example"))
    events = house.recorded("signin.failed")
    assert [(e.account_id, e.detail) for e in events] == [
        (chester, {"step": "password"}),
        (None, {"step": "password"}),
    ]


def test_guessing_a_password_is_slowed_down_and_the_owner_is_not_locked_out(
    house: House, chester: int
) -> None:
    for _ in range(PASSWORD_PER_ACCOUNT.amount):
        refused(lambda: begin(house, EMAIL, "wrong-wrong-wrong"))
    assert refused(lambda: begin(house))[0] is TooMany
    with house.portal.reading() as db:
        assert db.get_one(Account, chester).status == "active"
    # once the window is over the count is gone, as after `forgive`
    house.portal.throttles.forgive(PASSWORD_PER_ACCOUNT, "password-account", EMAIL)
    assert begin(house)


def test_an_unknown_address_is_slowed_down_just_like_a_known_one(house: House) -> None:
    for _ in range(PASSWORD_PER_ACCOUNT.amount):
        refused(lambda: begin(house, "nobody@x.example"))
    assert refused(lambda: begin(house, "nobody@x.example"))[0] is TooMany


def test_trying_many_accounts_from_one_place_is_slowed_down(house: House) -> None:
    for _ in range(PASSWORD_PER_ADDRESS.amount):
        house.portal.throttles.spend(PASSWORD_PER_ADDRESS, "password-address", "203.0.113.7")
    assert refused(lambda: begin(house, "somebody-new@x.example"))[0] is TooMany


def test_a_right_password_forgives_the_wrong_ones_before_it(house: House, chester: int) -> None:
    for _ in range(PASSWORD_PER_ACCOUNT.amount - 1):
        refused(lambda: begin(house, EMAIL, "wrong-wrong-wrong"))
    begin(house)
    refused(lambda: begin(house, EMAIL, "wrong-wrong-wrong"))
    assert begin(house)


# the one-time password


def test_a_one_time_password_is_eight_characters_of_a_to_z_and_2_to_9() -> None:
    codes = {SystemSecrets().code() for _ in range(500)}
    assert len(codes) == 500
    assert all(re.fullmatch(r"[A-Z2-9]{8}", code) for code in codes)
    assert set("".join(codes)) == set("ABCDEFGHIJKLMNOPQRSTUVWXYZ23456789")


def test_a_token_has_256_random_bits() -> None:
    tokens = {SystemSecrets().token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(re.fullmatch(r"[\w-]{43}", token) for token in tokens)


def test_the_code_goes_to_the_accounts_address_only(house: House, chester: int) -> None:
    begin(house)
    [(recipient, subject, text)] = house.mail()
    assert recipient == EMAIL
    assert house.secrets.codes[-1] in text
    assert house.secrets.codes[-1] not in subject


def test_the_answer_says_where_the_code_went_without_telling_the_address(
    house: House, chester: int
) -> None:
    assert begin(house).destination == "c•••@x•••.example"


def test_the_database_never_holds_the_code_once_it_is_mailed(house: House, chester: int) -> None:
    begin(house)
    house.mail()
    dump = everything(house.portal.database)
    assert "one-time password" in dump
    assert house.secrets.codes[-1] not in dump


def test_a_wrong_code_says_that_capital_letters_matter(house: House, chester: int) -> None:
    challenge = begin(house)
    assert refused(lambda: confirm(house, challenge, "WRONG234")) == (NotAllowed, login.WRONG_CODE)


def test_a_code_is_case_sensitive(house: House, chester: int) -> None:
    challenge = begin(house)
    lower = house.secrets.codes[-1].lower()
    assert refused(lambda: confirm(house, challenge, lower)) == (NotAllowed, login.WRONG_CODE)


def test_blanks_around_a_pasted_code_do_no_harm(house: House, chester: int) -> None:
    assert confirm(house, begin(house), f" {house.secrets.codes[-1]}\n")


def test_a_code_works_until_the_last_second_of_twenty_minutes(house: House, chester: int) -> None:
    challenge = begin(house)
    house.clock.move(minutes=20, seconds=-1)
    assert confirm(house, challenge, house.secrets.codes[-1])


def test_a_code_is_too_old_after_twenty_minutes(house: House, chester: int) -> None:
    challenge = begin(house)
    house.clock.move(minutes=20)
    late = refused(lambda: confirm(house, challenge, house.secrets.codes[-1]))
    assert late == (Expired, login.LATE_CODE)


def test_a_code_works_once(house: House, chester: int) -> None:
    challenge = begin(house)
    confirm(house, challenge, house.secrets.codes[-1])
    again = refused(lambda: confirm(house, challenge, house.secrets.codes[-1]))
    assert again == (Expired, login.USED_CODE)


def test_a_code_from_before_the_newest_log_in_no_longer_works(house: House, chester: int) -> None:
    first = begin(house)
    code = house.secrets.codes[-1]
    second = begin(house)
    assert refused(lambda: confirm(house, first, code)) == (Expired, login.SUPERSEDED)
    assert confirm(house, second, house.secrets.codes[-1])


def test_a_code_does_not_fit_another_log_in(house: House, chester: int) -> None:
    begin(house)
    code = house.secrets.codes[-1]
    second = begin(house)
    assert refused(lambda: confirm(house, second, code)) == (NotAllowed, login.WRONG_CODE)


def test_five_wrong_tries_end_the_attempt_even_for_the_right_code(
    house: House, chester: int
) -> None:
    challenge = begin(house)
    code = house.secrets.codes[-1]
    for _ in range(4):
        assert refused(lambda: confirm(house, challenge, "WRONG234"))[0] is NotAllowed
    assert refused(lambda: confirm(house, challenge, "WRONG234")) == (TooMany, login.SPENT)
    assert refused(lambda: confirm(house, challenge, code)) == (TooMany, login.SPENT)


def test_after_five_wrong_tries_a_new_log_in_works(house: House, chester: int) -> None:
    challenge = begin(house)
    for _ in range(5):
        refused(lambda: confirm(house, challenge, "WRONG234"))
    assert confirm(house, begin(house), house.secrets.codes[-1])


def test_a_new_code_gives_no_new_tries(house: House, chester: int) -> None:
    challenge = begin(house)
    for _ in range(4):
        refused(lambda: confirm(house, challenge, "WRONG234"))
    house.clock.move(seconds=60)
    login.resend(house.portal, challenge.attempt, BROWSER)
    assert refused(lambda: confirm(house, challenge, "WRONG234")) == (TooMany, login.SPENT)


def test_whoever_knows_the_password_cannot_guess_codes_over_many_log_ins(
    house: House, chester: int
) -> None:
    for _ in range(3):
        challenge = begin(house)
        for _ in range(4):
            refused(lambda: confirm(house, challenge, "WRONG234"))  # noqa: B023
    challenge = begin(house)
    assert refused(lambda: confirm(house, challenge, house.secrets.codes[-1]))[0] is TooMany


def test_a_code_is_bound_to_the_browser_that_asked(house: House, chester: int) -> None:
    challenge = begin(house)
    code = house.secrets.codes[-1]
    elsewhere = refused(lambda: confirm(house, challenge, code, "another browser"))
    assert elsewhere == (NotAllowed, login_codes.OTHER_BROWSER)
    assert confirm(house, challenge, code)


def test_another_browser_can_neither_resend_nor_cancel(house: House, chester: int) -> None:
    challenge = begin(house)
    house.clock.move(minutes=2)
    for act in (login.resend, login.cancel):
        assert refused(lambda: act(house.portal, challenge.attempt, "other"))[0] is NotAllowed  # noqa: B023
    assert confirm(house, challenge, house.secrets.codes[-1])


def test_a_wrong_code_is_recorded(house: House, chester: int) -> None:
    challenge = begin(house)
    refused(lambda: confirm(house, challenge, "WRONG234"))
    [event] = house.recorded("signin.failed")
    assert (event.account_id, event.detail) == (chester, {"step": "code"})


def test_an_account_closed_meanwhile_is_not_let_in(house: House, chester: int) -> None:
    challenge = begin(house)
    accounts.disable(house.portal, EMAIL)
    assert refused(lambda: confirm(house, challenge, house.secrets.codes[-1]))[0] is NotAllowed


# another code, and cancelling


def test_another_code_can_be_had_after_sixty_seconds(house: House, chester: int) -> None:
    challenge = begin(house)
    assert len(house.mail()) == 1
    house.clock.move(seconds=59)
    kind, sentence = refused(lambda: login.resend(house.portal, challenge.attempt, BROWSER))
    assert (kind, sentence) == (TooMany, "Please wait 1 second before asking for another.")
    house.clock.move(seconds=1)
    assert login.resend(house.portal, challenge.attempt, BROWSER)
    assert len(house.mail()) == 2


def test_the_wait_for_another_code_is_told_in_seconds(house: House, chester: int) -> None:
    challenge = begin(house)
    house.clock.move(seconds=20)
    _, sentence = refused(lambda: login.resend(house.portal, challenge.attempt, BROWSER))
    assert sentence == "Please wait 40 seconds before asking for another."


def test_after_another_code_only_the_newest_works(house: House, chester: int) -> None:
    challenge = begin(house)
    older = house.secrets.codes[-1]
    house.clock.move(seconds=60)
    login.resend(house.portal, challenge.attempt, BROWSER)
    assert refused(lambda: confirm(house, challenge, older)) == (Expired, login.SUPERSEDED)
    assert confirm(house, challenge, house.secrets.codes[-1])


def test_another_code_lasts_twenty_minutes_of_its_own(house: House, chester: int) -> None:
    challenge = begin(house)
    house.clock.move(minutes=15)
    newer = login.resend(house.portal, challenge.attempt, BROWSER)
    house.clock.move(minutes=19)
    assert confirm(house, newer, house.secrets.codes[-1])


def test_five_codes_are_sent_at_most(house: House, chester: int) -> None:
    challenge = begin(house)
    for _ in range(4):
        house.clock.move(seconds=60)
        login.resend(house.portal, challenge.attempt, BROWSER)
    house.clock.move(seconds=60)
    again = refused(lambda: login.resend(house.portal, challenge.attempt, BROWSER))
    assert again[0] is TooMany
    assert len(house.recorded("signin.code_sent")) == 5
    assert len(house.mail()) == 1  # those that a newer one made useless are not delivered


def test_logging_in_again_and_again_does_not_flood_a_mailbox(house: House, chester: int) -> None:
    for _ in range(10):
        begin(house)
    assert refused(lambda: begin(house))[0] is TooMany
    assert len(house.recorded("signin.code_sent")) == 10
    house.clock.move(hours=1)
    assert begin(house)


def test_no_new_code_is_sent_once_the_time_for_the_last_one_is_over(
    house: House, chester: int
) -> None:
    challenge = begin(house)
    house.clock.move(minutes=20)
    late = refused(lambda: login.resend(house.portal, challenge.attempt, BROWSER))
    assert late == (Expired, login.LATE_CODE)


def test_cancelling_ends_the_attempt(house: House, chester: int) -> None:
    challenge = begin(house)
    login.cancel(house.portal, challenge.attempt, BROWSER)
    house.clock.move(seconds=60)
    code = house.secrets.codes[-1]
    for act in (
        lambda: confirm(house, challenge, code),
        lambda: login.resend(house.portal, challenge.attempt, BROWSER),
    ):
        assert refused(act) == (Expired, login.CANCELLED)
    assert [e.account_id for e in house.recorded("signin.cancelled")] == [chester]


def test_no_new_code_for_an_attempt_that_was_guessed_at_five_times(
    house: House, chester: int
) -> None:
    challenge = begin(house)
    for _ in range(5):
        refused(lambda: confirm(house, challenge, "WRONG234"))
    house.clock.move(seconds=60)
    spent = refused(lambda: login.resend(house.portal, challenge.attempt, BROWSER))
    assert spent == (TooMany, login.SPENT)


def test_an_attempt_nobody_began_is_answered_like_one_that_is_over(house: House) -> None:
    made_up = Challenge("made up", "", False, house.clock())
    assert refused(lambda: confirm(house, made_up, "ABCD2345")) == (Expired, login.CANCELLED)


def test_signing_in_leaves_its_trail(house: House, chester: int) -> None:
    handover = confirm(house, begin(house), house.secrets.codes[-1])
    sessions.open_session(house.portal, handover, BROWSER)
    trail = house.recorded("signin.code_sent", "signin.done")
    assert [(e.action, e.account_id) for e in trail] == [
        ("signin.code_sent", chester),
        ("signin.done", chester),
    ]


def test_the_attempt_keeps_no_browser_id_code_or_handover_in_clear(
    house: House, chester: int
) -> None:
    handover = confirm(house, begin(house), house.secrets.codes[-1])
    with house.portal.reading() as db:
        attempt = db.get_one(LoginAttempt, 1)
    kept = {attempt.browser_hash, attempt.code_hash, attempt.handover_hash}
    assert all(re.fullmatch(r"[0-9a-f]{64}", value) for value in kept)
    assert not kept & {BROWSER, house.secrets.codes[-1], handover}
