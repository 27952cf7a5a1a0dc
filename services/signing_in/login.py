"""Signing in: the password, then a one-time password in the browser that asked for it."""

from __future__ import annotations

import hmac
import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from services import people
from services.audit import Action
from services.errors import Expired, Invalid, NotAllowed, PortalError, TooMany
from services.language import N_, _, ngettext
from services.persons import accounts
from services.persons.account_letters import recovery_code_used
from services.portal import Portal, Transaction
from services.preferences import letterhead
from services.randomness import fingerprint
from services.signing_in import authenticator, passwords, recovery, remembered
from services.signing_in.login_codes import (
    CANCELLED,
    CODE_MINUTES,
    Challenge,
    attempt_in,
    code_hash,
    end_older,
    send,
    sent_lately,
    signed_in_here,
)
from services.throttling import (
    CODES_PER_ACCOUNT,
    PASSWORD_PER_ACCOUNT,
    PASSWORD_PER_ADDRESS,
    PASSWORDS_OVERALL,
)
from storage.models import Account, LoginAttempt, Message

TRIES = 5
RESEND_AFTER = timedelta(seconds=60)
SENDS_PER_HOUR = 5

WRONG_PASSWORD = N_("The email address or the password is not right. Please try again.")
WRONG_CODE = N_("That one-time password is not right. Please check it; capital letters matter.")
LATE_CODE = N_("That one-time password is too old. Please log in again to get a new one.")
USED_CODE = N_("That one-time password was already used. Please log in again to get a new one.")
SUPERSEDED = N_("A newer one-time password was sent. Please use the newest one.")
SPENT = N_("That was wrong five times. Please log in again to get a new one-time password.")
WRONG_APP_CODE = N_("That code is not right, or it was used already. Please try the next code.")
WRONG_RECOVERY = N_("That recovery code is not right, or it was used already.")
NOT_SENT = N_("Your one-time passwords come from your authenticator app: none is sent.")
TEXT_FAILED = N_(
    "It could not be sent to your mobile number, so it is sent to your email address {address} "
    "instead."
)
MAIL_AWAY = N_(
    "The mail server cannot be reached at the moment. Your one-time password is sent as soon as "
    "it answers: please keep this page open."
)
MAIL_FAILED = N_(
    "Your one-time password could not be delivered to your email address. Please call the help "
    "desk: {phone}."
)


@dataclass(frozen=True, slots=True)
class Sending:
    """How far a one-time password has come; an empty sentence: nothing to tell."""

    sentence: str
    over: bool  # it was handed over, or never will be


def begin(
    portal: Portal,
    email: str,
    password: str,
    browser: str,
    address: str = "",
    *,
    known: str = "",
) -> Challenge:
    """Check the password and send a one-time password, unless `known` says it needs none.

    The answer and its time are the same for a wrong password and for an unknown address. Tries in
    a browser where the account signed in before are counted apart from those of strangers, so that
    no stranger can use up an owner's.
    """
    try:
        folded = people.email_address(email)
    except Invalid:
        folded = email.strip().lower()
    with portal.reading() as db:
        account = accounts.find(db, folded)
        own = signed_in_here(db, folded, browser)
    tried = ("password-own", folded, browser) if own else ("password-account", folded)
    if not own:
        portal.throttles.spend(PASSWORD_PER_ADDRESS, "password-address", address)
        portal.throttles.spend(PASSWORDS_OVERALL, "passwords")
    portal.throttles.spend(PASSWORD_PER_ACCOUNT, *tried)
    right = passwords.matches(password, account.password_hash if account else "")
    if account is None or not right or account.status != "active":
        with portal.transaction() as tx:
            who = account.id if account else None
            tx.record(Action.SIGN_IN_FAILED, account_id=who, step="password")
        raise NotAllowed(_(WRONG_PASSWORD))
    portal.throttles.forgive(PASSWORD_PER_ACCOUNT, *tried)
    with portal.transaction() as tx:
        if sent_lately(tx.db, account.id, tx.now) >= SENDS_PER_HOUR * 2:
            raise TooMany(
                _("Many one-time passwords were sent lately. Please wait an hour and log in again.")
            )
        owner = tx.db.get_one(Account, account.id)
        attempt = LoginAttempt(
            public_id=portal.secrets.token(),
            account_id=owner.id,
            browser_hash=fingerprint(browser),
            sent_at=tx.now,
            expires_at=tx.now + timedelta(minutes=CODE_MINUTES),
        )
        tx.db.add(attempt)
        end_older(tx, owner.id, attempt)
        if remembered.known(portal, tx, owner, browser, known):
            attempt.code_by = remembered.KNOWN
            return replace(_challenge(attempt), handover=_right(portal, tx, attempt))
        days = remembered.days_for(portal, owner.kind)
        if owner.code_by == "app" and authenticator.find(tx.db, owner.id) is not None:
            attempt.code_by = "app"
            return replace(_challenge(attempt), by_app=True, remember_days=days)
        return replace(send(portal, tx, owner, attempt), remember_days=days)


def resend(portal: Portal, attempt_id: str, browser: str, *, by_mail: bool = False) -> Challenge:
    """Send a new one-time password for the same attempt; the one before it stops working.

    With `by_mail` it goes to the e-mail address, also where there is a mobile number.
    """
    with portal.transaction() as tx:
        attempt = attempt_in(tx.db, attempt_id, browser)
        if over := _over(attempt, tx.now):
            raise over
        if attempt.code_by == "app":
            raise NotAllowed(_(NOT_SENT))
        wait = math.ceil((attempt.sent_at + RESEND_AFTER - tx.now).total_seconds())
        if wait > 0:
            raise TooMany(
                ngettext(
                    "Please wait {seconds} second before asking for another.",
                    "Please wait {seconds} seconds before asking for another.",
                    wait,
                ).format(seconds=wait)
            )
        if attempt.sent_count >= SENDS_PER_HOUR:
            raise TooMany(_("That was sent five times. Please log in again later."))
        account = tx.db.get_one(Account, attempt.account_id)
        attempt.previous_hash = attempt.code_hash
        attempt.sent_count += 1
        days = remembered.days_for(portal, account.kind)
        return replace(send(portal, tx, account, attempt, by_mail=by_mail), remember_days=days)


def sending(portal: Portal, attempt_id: str, browser: str) -> Sending:
    """What became of the newest one-time password of an attempt, for the page that waits."""
    with portal.reading() as db:
        attempt = attempt_in(db, attempt_id, browser)
        message = db.get(Message, attempt.message_id) if attempt.message_id else None
        account = db.get(Account, attempt.account_id) if attempt.account_id else None
        if message is None or account is None:
            return Sending("", True)
        said = []
        if message.channel == "sms" and message.state == "failed":
            instead = select(Message).where(Message.instead_of == message.id)
            message = db.execute(instead).scalar_one()
            said.append(_(TEXT_FAILED).format(address=people.masked_email(account.email)))
    if message.state == "failed":
        said.append(_(MAIL_FAILED).format(phone=portal.settings.support_phone))
    elif message.state == "waiting" and message.error:
        said.append(_(MAIL_AWAY))
    return Sending(" ".join(said), message.state not in ("waiting", "held"))


def confirm(
    portal: Portal, attempt_id: str, code: str, browser: str, *, recovering: bool = False
) -> str:
    """Check the one-time password; the returned handover opens one session, in this browser.

    With `recovering` it is a recovery code, where the app that shows them is lost. Raises
    NotAllowed, Expired or TooMany with a sentence for each way it can be wrong; the try is counted
    even so.
    """
    handover = ""
    with portal.transaction() as tx:
        attempt = attempt_in(tx.db, attempt_id, browser)
        refusal = _check(portal, tx, attempt, code.strip(), recovering=recovering)
        if refusal is None and tx.db.get_one(Account, attempt.account_id).status != "active":
            refusal = NotAllowed(_(WRONG_PASSWORD))
        if refusal is None:
            handover = _right(portal, tx, attempt)
            portal.throttles.forgive(CODES_PER_ACCOUNT, "code", str(attempt.account_id))
        else:
            step = "recovery code" if recovering else "code"
            tx.record(Action.SIGN_IN_FAILED, account_id=attempt.account_id, step=step)
    if refusal is not None:
        raise refusal
    return handover


def cancel(portal: Portal, attempt_id: str, browser: str) -> None:
    """End the attempt: its one-time password no longer works."""
    with portal.transaction() as tx:
        attempt = attempt_in(tx.db, attempt_id, browser)
        if attempt.ended_at is None:
            attempt.ended_at, attempt.outcome = tx.now, "cancelled"
            tx.record(Action.SIGN_IN_CANCELLED, account_id=attempt.account_id)


def _over(attempt: LoginAttempt, now: datetime) -> PortalError | None:
    """Why the attempt is over; None while it goes on."""
    match attempt.outcome:
        case "used":
            return Expired(_(USED_CODE))
        case "cancelled":
            return Expired(_(CANCELLED))
        case "spent":
            return TooMany(_(SPENT))
        case "newer":
            return Expired(_(SUPERSEDED))
    return Expired(_(LATE_CODE)) if attempt.expires_at <= now else None


def _check(
    portal: Portal, tx: Transaction, attempt: LoginAttempt, code: str, *, recovering: bool
) -> PortalError | None:
    """What is wrong with the code, counting the try; None when it is right."""
    if over := _over(attempt, tx.now):
        return over
    try:
        portal.throttles.spend(CODES_PER_ACCOUNT, "code", str(attempt.account_id))
    except TooMany as refusal:
        return refusal
    if attempt.code_by == "app":
        refused = _check_own(portal, tx, attempt, code, recovering=recovering)
    else:
        refused = _check_sent(portal, attempt, code)
    if not isinstance(refused, NotAllowed):
        return refused
    attempt.tries += 1
    if attempt.tries >= TRIES:
        attempt.ended_at, attempt.outcome = tx.now, "spent"
        return TooMany(_(SPENT))
    return refused


def _check_sent(portal: Portal, attempt: LoginAttempt, code: str) -> PortalError | None:
    given = code_hash(portal, attempt, code)
    if hmac.compare_digest(given, attempt.code_hash):
        return None
    if attempt.previous_hash and hmac.compare_digest(given, attempt.previous_hash):
        return Expired(_(SUPERSEDED))
    return NotAllowed(_(WRONG_CODE))


def _check_own(
    portal: Portal, tx: Transaction, attempt: LoginAttempt, code: str, *, recovering: bool
) -> PortalError | None:
    account = tx.db.get_one(Account, attempt.account_id)
    if not recovering:
        right = authenticator.used(portal, tx, account.id, code)
        return None if right else NotAllowed(_(WRONG_APP_CODE))
    if not recovery.used(portal, tx, account.id, code):
        return NotAllowed(_(WRONG_RECOVERY))
    left = recovery.left(tx.db, account.id)
    letter = recovery_code_used(letterhead(portal.settings, account), left, tx.now)
    tx.post(account.email, letter, account_id=account.id)
    return None


def _right(portal: Portal, tx: Transaction, attempt: LoginAttempt) -> str:
    """The attempt led in: the handover that opens its one session."""
    handover = portal.secrets.token()
    attempt.ended_at, attempt.outcome = tx.now, "used"
    attempt.handover_hash = fingerprint(handover)
    return handover


def _challenge(attempt: LoginAttempt) -> Challenge:
    return Challenge(attempt.public_id, "", False, attempt.expires_at)
