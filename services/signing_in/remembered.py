"""Remembered browsers: the password alone is enough there for some days, if the portal allows it.

A browser is known by a cookie of its own with 256 random bits, and only together with the cookie
that tells browsers apart. Never for staff and break-glass accounts, and every change of how a
person proves themselves forgets them all.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.audit import Action
from services.errors import NotFound
from services.language import _
from services.portal import Portal, Transaction
from services.randomness import fingerprint, keyed
from services.signing_in.login_codes import HANDOVER_LIFE
from services.signing_in.sessions import SignedIn
from storage.models import Account, LoginAttempt, RememberedBrowser, SignInSession

NEVER = ("staff", "breakglass")
BROWSERS = "remembered browser"  # the purpose of their key
KNOWN = "known"  # how an attempt without a one-time password is marked


def days_for(portal: Portal, kind: str) -> int:
    """How many days a browser of such an account may be remembered; 0: not at all."""
    return 0 if kind in NEVER else portal.settings.remember_browser_days


def remember(portal: Portal, session_cookie: str, browser: str, user_agent: str) -> str:
    """Remember the browser of a session that a one-time password has just opened.

    Returns the cookie's value, told once; empty where that is not allowed.
    """
    token = portal.secrets.token()
    with portal.transaction() as tx:
        query = select(SignInSession).where(
            SignInSession.token_hash == fingerprint(session_cookie),
            SignInSession.ended_at.is_(None),
        )
        session = tx.db.execute(query).scalar_one_or_none()
        if session is None or not _by_code(tx, session.account_id, browser):
            return ""
        days = days_for(portal, session.account.kind)
        if not days:
            return ""
        row = RememberedBrowser(
            account_id=session.account_id,
            token_hash=keyed(portal.keys.key(BROWSERS), session.account_id, browser, token),
            user_agent=user_agent[:200],
            created_at=tx.now,
            last_seen_at=tx.now,
            expires_at=tx.now + timedelta(days=days),
        )
        tx.db.add(row)
        tx.db.flush()
        tx.record(Action.BROWSER_REMEMBERED, account_id=session.account_id, browser=row.id)
    return token


def known(portal: Portal, tx: Transaction, account: Account, browser: str, token: str) -> bool:
    """Whether the account is let in here without a one-time password."""
    if not token or not days_for(portal, account.kind):
        return False
    kept = [keyed(key, account.id, browser, token) for key in portal.keys.every(BROWSERS)]
    query = _living(account.id, tx.now).where(RememberedBrowser.token_hash.in_(kept))
    row = tx.db.execute(query).scalar_one_or_none()
    if row is None:
        return False
    row.last_seen_at = tx.now
    return True


def listed(portal: Portal, db: Session, account_id: int) -> list[RememberedBrowser]:
    """The account's remembered browsers, newest first."""
    query = _living(account_id, portal.clock())
    return list(db.execute(query.order_by(RememberedBrowser.id.desc())).scalars())


def forget(portal: Portal, who: SignedIn, number: int) -> None:
    """Forget one of the person's own browsers."""
    with portal.transaction() as tx:
        row = tx.db.get(RememberedBrowser, number)
        if row is None or row.account_id != who.account_id:
            raise NotFound(_("This browser is not remembered any more."))
        _forget(tx, row)


def forget_all(tx: Transaction, account_id: int) -> None:
    """From now on every browser needs a one-time password."""
    for row in tx.db.execute(_living(account_id, tx.now)).scalars():
        _forget(tx, row)


def _living(account_id: int, now: datetime) -> Select[RememberedBrowser]:
    return select(RememberedBrowser).where(
        RememberedBrowser.account_id == account_id,
        RememberedBrowser.revoked_at.is_(None),
        RememberedBrowser.expires_at > now,
    )


def _forget(tx: Transaction, row: RememberedBrowser) -> None:
    if row.revoked_at is None:
        row.revoked_at = tx.now
        tx.record(Action.BROWSER_FORGOTTEN, account_id=row.account_id, browser=row.id)


def _by_code(tx: Transaction, account_id: int, browser: str) -> bool:
    """Whether a one-time password was right in this browser just now."""
    query = select(LoginAttempt).where(
        LoginAttempt.account_id == account_id,
        LoginAttempt.browser_hash == fingerprint(browser),
        LoginAttempt.outcome == "used",
        LoginAttempt.ended_at > tx.now - HANDOVER_LIFE,
    )
    newest = tx.db.execute(query.order_by(LoginAttempt.id.desc())).scalars().first()
    return newest is not None and newest.code_by != KNOWN
