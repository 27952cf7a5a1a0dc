"""An authenticator app: one-time passwords out of a shared secret and the time (RFC 6238).

The secret has 160 random bits and is kept sealed by the portal's key. A code counts for its half
minute and one to either side, and once: its step and all before it are used up.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import select
from sqlalchemy.orm import Session

from services import people
from services.audit import Action
from services.errors import Invalid, NotFound
from services.language import N_, _
from services.persons import account_letters, accounts
from services.portal import Portal, Transaction
from services.preferences import letterhead
from services.signing_in import recovery, remembered, step_up
from services.signing_in.sealing import sealed, unsealed
from services.signing_in.sessions import SignedIn
from services.throttling import CODES_PER_ACCOUNT
from storage.models import Account, AuthenticatorApp

STEP = 30  # seconds, RFC 6238 section 5.2
SECRETS = "authenticator secrets"  # the purpose of their key
EITHER_SIDE = 1  # steps that a clock may be off
WRONG = N_("That code is not right. Please check the clock of your phone and try the next code.")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A secret that is not kept yet: to be scanned, or typed into the app."""

    secret: str  # base32
    uri: str  # otpauth://, for the QR code

    @property
    def typed(self) -> str:
        """The secret in groups of four, as a person types it."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))


def enrol(portal: Portal, who: SignedIn) -> Enrolment:
    """A new secret for the person's app; nothing changes until its first code was right."""
    step_up.require(portal, who)
    secret = pyotp.random_base32()
    uri = pyotp.TOTP(secret).provisioning_uri(
        name=who.email, issuer_name=portal.settings.portal_name
    )
    return Enrolment(secret, uri)


def turn_on(portal: Portal, who: SignedIn, enrolment: Enrolment, code: str) -> list[str]:
    """From now on one-time passwords come from this app; returns the recovery codes, told once.

    Raises Invalid about "code" when the app's code is not right.
    """
    step_up.require(portal, who)
    portal.throttles.spend(CODES_PER_ACCOUNT, "enrol", str(who.account_id))
    with portal.transaction() as tx:
        step = _matched(enrolment.secret, code, tx.now, after=0)
        if step is None:
            raise Invalid(_(WRONG), "code")
        account = tx.db.get_one(Account, who.account_id)
        app = find(tx.db, who.account_id)
        if app is None:
            app = AuthenticatorApp(account_id=who.account_id)
            tx.db.add(app)
        app.sealed = sealed(portal.keys.key(SECRETS), enrolment.secret, who.account_id)
        app.created_at, app.last_step = tx.now, step
        account.code_by = "app"
        remembered.forget_all(tx, who.account_id)
        tx.record(Action.APP_ON, account_id=who.account_id)
        letter = account_letters.app_on(letterhead(portal.settings, account), tx.now)
        tx.post(account.email, letter, account_id=account.id)
        return recovery.make(portal, tx, who.account_id)


def turn_off(portal: Portal, who: SignedIn) -> None:
    """Back to one-time passwords by e-mail or SMS; the app and its recovery codes are forgotten."""
    step_up.require(portal, who)
    remove(portal, who.account_id, by=who.account_id)


def remove(portal: Portal, account_id: int, by: int | None) -> None:
    """Forget the app of an account whose person cannot use it any more.

    The help desk does so once it knows who is calling; raises NotFound where there is none.
    """
    with portal.transaction() as tx:
        app = find(tx.db, account_id)
        if app is None:
            raise NotFound(_("This account has no authenticator app."))
        account = tx.db.get_one(Account, account_id)
        tx.db.delete(app)
        recovery.drop(tx, account_id)
        remembered.forget_all(tx, account_id)
        if account.code_by == "app":
            account.code_by = ""
        tx.record(Action.APP_OFF, account_id=by, account=account_id)
        letter = account_letters.app_off(letterhead(portal.settings, account), tx.now)
        tx.post(account.email, letter, account_id=account_id)


def remove_of(portal: Portal, email: str) -> None:
    """The same by address, for whoever runs the portal."""
    with portal.reading() as db:
        account = accounts.find(db, people.email_address(email))
    if account is None:
        raise NotFound(_("There is no account with this email address."))
    remove(portal, account.id, by=None)


def find(db: Session, account_id: int) -> AuthenticatorApp | None:
    """The app of an account."""
    query = select(AuthenticatorApp).where(AuthenticatorApp.account_id == account_id)
    return db.execute(query).scalar_one_or_none()


def used(portal: Portal, tx: Transaction, account_id: int, code: str) -> bool:
    """Whether this is a code of the account's app that was not used yet; now it is."""
    app = find(tx.db, account_id)
    if app is None:
        return False
    secret = unsealed(portal.keys.every(SECRETS), app.sealed, account_id)
    step = _matched(secret, code, tx.now, after=app.last_step)
    if step is None:
        return False
    app.last_step = step
    return True


def _matched(secret: str, code: str, now: datetime, *, after: int) -> int | None:
    """The step that the code belongs to, if it comes after the last one that was used."""
    given = "".join(code.split()).encode()
    app, at = pyotp.TOTP(secret, interval=STEP), int(now.timestamp()) // STEP
    found = None
    for step in range(at - EITHER_SIDE, at + EITHER_SIDE + 1):
        right = hmac.compare_digest(app.generate_otp(step).encode(), given)
        if right and step > after:
            found = step
    return found
