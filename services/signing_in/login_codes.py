"""One-time passwords on their way: by text where there is a number and a service, else by mail."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services import people
from services.audit import Action
from services.errors import Expired, NotAllowed
from services.language import N_, _
from services.messaging import letters, messages
from services.portal import Portal, Transaction
from services.preferences import own_letterhead
from services.randomness import fingerprint, keyed
from storage.models import Account, LoginAttempt, Message

CODE_MINUTES = 20
CANCELLED = N_("This log-in was cancelled. Please log in again.")
OTHER_BROWSER = N_("Please enter the one-time password in the browser in which you logged in.")
HANDOVER_LIFE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Challenge:
    """A one-time password is on its way, or its owner's app shows it.

    Where this browser is remembered none is needed: `handover` opens the session.
    """

    attempt: str
    destination: str  # masked
    by_text: bool  # as a text message to a mobile number, else by e-mail
    expires_at: datetime
    by_app: bool = False
    remember_days: int = 0  # how long this browser may be remembered; 0: not at all
    handover: str = ""


def send(
    portal: Portal,
    tx: Transaction,
    account: Account,
    attempt: LoginAttempt,
    *,
    by_mail: bool = False,
) -> Challenge:
    """By text where the account has it so, and by mail should that fail; else by mail."""
    code = portal.secrets.code()
    attempt.code_hash = code_hash(portal, attempt, code)
    attempt.sent_at = tx.now
    attempt.expires_at = tx.now + timedelta(minutes=CODE_MINUTES)
    messages.supersede_codes(tx, account.id)
    head, life = own_letterhead(portal.settings, account), timedelta(minutes=CODE_MINUTES)
    texted: Message | None = None
    if account.code_by != "mail" and account.mobile and portal.settings.sms_url and not by_mail:
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
    attempt.code_by = "sms" if texted else "mail"
    tx.record(Action.CODE_SENT, account_id=account.id, by=attempt.code_by)
    where = people.masked_mobile(account.mobile) if texted else people.masked_email(account.email)
    return Challenge(attempt.public_id, where, texted is not None, attempt.expires_at)


def end_older(tx: Transaction, account_id: int, newest: LoginAttempt | None) -> None:
    """Only the newest one-time password of an account works."""
    query = select(LoginAttempt).where(
        LoginAttempt.account_id == account_id, LoginAttempt.ended_at.is_(None)
    )
    for older in tx.db.execute(query).scalars():
        if older is not newest:
            older.ended_at, older.outcome = tx.now, "newer"


def sent_lately(db: Session, account_id: int, now: datetime) -> int:
    """How many one-time passwords were sent in the last hour, and did not sign in."""
    query = select(func.coalesce(func.sum(LoginAttempt.sent_count), 0)).where(
        LoginAttempt.account_id == account_id,
        LoginAttempt.sent_at > now - timedelta(hours=1),
        LoginAttempt.outcome != "used",
    )
    return int(db.execute(query).scalar_one())


def code_hash(portal: Portal, attempt: LoginAttempt, code: str) -> str:
    """What is kept of a one-time password."""
    return keyed(portal.keys.key("one-time password"), attempt.public_id, code)


def signed_in_here(db: Session, email: str, browser: str) -> bool:
    """Whether the account signed in before in this browser."""
    query = (
        select(LoginAttempt.id)
        .join(Account, Account.id == LoginAttempt.account_id)
        .where(
            Account.email == email,
            LoginAttempt.browser_hash == fingerprint(browser),
            LoginAttempt.outcome == "used",
        )
    )
    return db.execute(query.limit(1)).first() is not None


def attempt_in(db: Session, attempt_id: str, browser: str) -> LoginAttempt:
    """The attempt, in the browser that began it."""
    query = select(LoginAttempt).where(LoginAttempt.public_id == attempt_id)
    attempt = db.execute(query).scalar_one_or_none()
    if attempt is None:
        raise Expired(_(CANCELLED))
    if not hmac.compare_digest(attempt.browser_hash, fingerprint(browser)):
        raise NotAllowed(_(OTHER_BROWSER))
    return attempt
