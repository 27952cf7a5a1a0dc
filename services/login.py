"""Signing in: the password, then a one-time password in the browser that asked for it."""

from __future__ import annotations

import hmac
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import accounts, letters, messages, passwords, people
from services.audit import Action
from services.errors import Expired, Invalid, NotAllowed, PortalError, TooMany
from services.language import N_, _, ngettext
from services.portal import Portal, Transaction
from services.preferences import own_letterhead
from services.randomness import fingerprint, keyed
from services.throttling import CODES_PER_ACCOUNT, PASSWORD_PER_ACCOUNT, PASSWORD_PER_ADDRESS
from storage.models import Account, LoginAttempt, Message

CODE_MINUTES = 20
TRIES = 5
RESEND_AFTER = timedelta(seconds=60)
SENDS_PER_HOUR = 5
HANDOVER_LIFE = timedelta(minutes=2)

WRONG_PASSWORD = N_("The email address or the password is not right. Please try again.")
WRONG_CODE = N_("That one-time password is not right. Please check it; capital letters matter.")
LATE_CODE = N_("That one-time password is too old. Please log in again to get a new one.")
USED_CODE = N_("That one-time password was already used. Please log in again to get a new one.")
SUPERSEDED = N_("A newer one-time password was sent. Please use the newest one.")
SPENT = N_("That was wrong five times. Please log in again to get a new one-time password.")
OTHER_BROWSER = N_("Please enter the one-time password in the browser in which you logged in.")
CANCELLED = N_("This log-in was cancelled. Please log in again.")
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
class Challenge:
    """A one-time password is on its way."""

    attempt: str
    destination: str  # masked
    by_text: bool  # as a text message to a mobile number, else by e-mail
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Sending:
    """How far a one-time password has come; an empty sentence: nothing to tell."""

    sentence: str
    over: bool  # it was handed over, or never will be


def begin(portal: Portal, email: str, password: str, browser: str, address: str = "") -> Challenge:
    """Check the password and send a one-time password.

    The answer and its time are the same for a wrong password and for an unknown address.
    """
    portal.throttles.spend(PASSWORD_PER_ADDRESS, "password-address", address)
    try:
        folded = people.email_address(email)
    except Invalid:
        folded = email.strip().lower()
    portal.throttles.spend(PASSWORD_PER_ACCOUNT, "password-account", folded)
    with portal.reading() as db:
        account = accounts.find(db, folded)
    right = passwords.matches(password, account.password_hash if account else "")
    if account is None or not right or account.status != "active":
        with portal.transaction() as tx:
            known = account.id if account else None
            tx.record(Action.SIGN_IN_FAILED, account_id=known, step="password")
        raise NotAllowed(_(WRONG_PASSWORD))
    portal.throttles.forgive(PASSWORD_PER_ACCOUNT, "password-account", folded)
    with portal.transaction() as tx:
        if _sent_lately(tx.db, account.id, tx.now) >= SENDS_PER_HOUR * 2:
            raise TooMany(
                _("Many one-time passwords were sent lately. Please wait an hour and log in again.")
            )
        attempt = LoginAttempt(
            public_id=portal.secrets.token(),
            account_id=account.id,
            browser_hash=fingerprint(browser),
            sent_at=tx.now,
            expires_at=tx.now,
        )
        tx.db.add(attempt)
        _end_older(tx, account.id, attempt)
        return _send(portal, tx, account, attempt)


def resend(portal: Portal, attempt_id: str, browser: str, *, by_mail: bool = False) -> Challenge:
    """Send a new one-time password for the same attempt; the one before it stops working.

    With `by_mail` it goes to the e-mail address, also where there is a mobile number.
    """
    with portal.transaction() as tx:
        attempt = _attempt(tx.db, attempt_id, browser)
        if over := _over(attempt, tx.now):
            raise over
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
        return _send(portal, tx, account, attempt, by_mail=by_mail)


def sending(portal: Portal, attempt_id: str, browser: str) -> Sending:
    """What became of the newest one-time password of an attempt, for the page that waits."""
    with portal.reading() as db:
        attempt = _attempt(db, attempt_id, browser)
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


def confirm(portal: Portal, attempt_id: str, code: str, browser: str) -> str:
    """Check the one-time password; the returned handover opens one session, in this browser.

    Raises NotAllowed, Expired or TooMany with a sentence for each way it can be wrong; the try
    is counted even so.
    """
    handover = portal.secrets.token()
    with portal.transaction() as tx:
        attempt = _attempt(tx.db, attempt_id, browser)
        refusal = _check(portal, attempt, code.strip(), tx.now)
        if refusal is None:
            account = tx.db.get_one(Account, attempt.account_id)
            if account.status != "active":
                refusal = NotAllowed(_(WRONG_PASSWORD))
        if refusal is None:
            attempt.ended_at, attempt.outcome = tx.now, "used"
            attempt.handover_hash = fingerprint(handover)
            portal.throttles.forgive(CODES_PER_ACCOUNT, "code", str(attempt.account_id))
        else:
            tx.record(Action.SIGN_IN_FAILED, account_id=attempt.account_id, step="code")
    if refusal is not None:
        raise refusal
    return handover


def cancel(portal: Portal, attempt_id: str, browser: str) -> None:
    """End the attempt: its one-time password no longer works."""
    with portal.transaction() as tx:
        attempt = _attempt(tx.db, attempt_id, browser)
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


def _check(portal: Portal, attempt: LoginAttempt, code: str, now: datetime) -> PortalError | None:
    """What is wrong with the code, counting the try; None when it is right."""
    if over := _over(attempt, now):
        return over
    try:
        portal.throttles.spend(CODES_PER_ACCOUNT, "code", str(attempt.account_id))
    except TooMany as refusal:
        return refusal
    given = _code_hash(portal, attempt, code)
    if hmac.compare_digest(given, attempt.code_hash):
        return None
    if attempt.previous_hash and hmac.compare_digest(given, attempt.previous_hash):
        return Expired(_(SUPERSEDED))
    attempt.tries += 1
    if attempt.tries >= TRIES:
        attempt.ended_at, attempt.outcome = now, "spent"
        return TooMany(_(SPENT))
    return NotAllowed(_(WRONG_CODE))


def _send(
    portal: Portal,
    tx: Transaction,
    account: Account,
    attempt: LoginAttempt,
    *,
    by_mail: bool = False,
) -> Challenge:
    """By text where there is a number and a service, and by mail should that fail; else by mail."""
    code = portal.secrets.code()
    attempt.code_hash = _code_hash(portal, attempt, code)
    attempt.sent_at = tx.now
    attempt.expires_at = tx.now + timedelta(minutes=CODE_MINUTES)
    messages.supersede_codes(tx, account.id)
    head, life = own_letterhead(portal.settings, account), timedelta(minutes=CODE_MINUTES)
    texted: Message | None = None
    if account.mobile and portal.settings.sms_url and not by_mail:
        text = letters.one_time_password_text(head, code, CODE_MINUTES)
        texted = tx.post(
            account.mobile,
            text,
            account_id=account.id,
            secret=True,
            urgent=True,
            within=life,
            channel="sms",
        )
    mailed = tx.post(
        account.email,
        letters.one_time_password(head, code, CODE_MINUTES),
        account_id=account.id,
        secret=True,
        urgent=True,
        within=life,
        instead_of=texted,
    )
    attempt.message_id = (texted or mailed).id
    tx.record(Action.CODE_SENT, account_id=account.id, by="sms" if texted else "mail")
    where = people.masked_mobile(account.mobile) if texted else people.masked_email(account.email)
    return Challenge(attempt.public_id, where, texted is not None, attempt.expires_at)


def _end_older(tx: Transaction, account_id: int, newest: LoginAttempt) -> None:
    """Only the newest one-time password of an account works."""
    query = select(LoginAttempt).where(
        LoginAttempt.account_id == account_id, LoginAttempt.ended_at.is_(None)
    )
    for older in tx.db.execute(query).scalars():
        if older is not newest:
            older.ended_at, older.outcome = tx.now, "newer"


def _sent_lately(db: Session, account_id: int, now: datetime) -> int:
    query = select(func.coalesce(func.sum(LoginAttempt.sent_count), 0)).where(
        LoginAttempt.account_id == account_id,
        LoginAttempt.sent_at > now - timedelta(hours=1),
        LoginAttempt.outcome != "used",
    )
    return int(db.execute(query).scalar_one())


def _attempt(db: Session, attempt_id: str, browser: str) -> LoginAttempt:
    query = select(LoginAttempt).where(LoginAttempt.public_id == attempt_id)
    attempt = db.execute(query).scalar_one_or_none()
    if attempt is None:
        raise Expired(_(CANCELLED))
    if not hmac.compare_digest(attempt.browser_hash, fingerprint(browser)):
        raise NotAllowed(_(OTHER_BROWSER))
    return attempt


def _code_hash(portal: Portal, attempt: LoginAttempt, code: str) -> str:
    return keyed(portal.keys.key("one-time password"), attempt.public_id, code)
