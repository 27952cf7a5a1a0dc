"""Signed-in browsers: kept on the server, named by a cookie of which only the hash is stored.

A session keeps its row while its id, the cookie, changes: at each step up a new one is made, and
once its browser has shown it the old one opens nothing any more (docs/decisions/0017).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.audit import Action
from services.errors import Expired
from services.language import _
from services.portal import Portal, Transaction
from services.publisher import AccessChanged, SessionEnded, SessionRenewed
from services.randomness import fingerprint
from services.signing_in.login_codes import CANCELLED, HANDOVER_LIFE
from storage.models import Account, BrokenGlass, LoginAttempt, SignInSession

TOUCH_EVERY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, and in which session."""

    account_id: int
    session_id: int
    kind: str
    role: str
    name: str
    email: str
    ends_at: datetime
    language: str = ""  # the one this person chose; empty: none yet
    # of the id that was shown: worth nothing once the session has another
    id_hash: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Ends:
    """When a session ends: as things are, and at the latest."""

    at: datetime
    latest: datetime


def open_session(
    portal: Portal, handover: str, browser: str, user_agent: str = "", language: str = ""
) -> str:
    """Turn a right one-time password into a session; returns the cookie's value, told once.

    A `language` chosen before signing in becomes the account's, unless it has one.
    """
    cookie = portal.secrets.token()
    with portal.transaction() as tx:
        query = select(LoginAttempt).where(
            LoginAttempt.handover_hash == fingerprint(handover),
            LoginAttempt.browser_hash == fingerprint(browser),
            LoginAttempt.ended_at > tx.now - HANDOVER_LIFE,
        )
        attempt = tx.db.execute(query).scalar_one_or_none()
        if attempt is None or attempt.account_id is None:
            raise Expired(_(CANCELLED))
        attempt.handover_hash = ""
        account = tx.db.get_one(Account, attempt.account_id)
        if account.status != "active":
            raise Expired(_(CANCELLED))
        session = SignInSession(
            token_hash=fingerprint(cookie),
            account_id=account.id,
            created_at=tx.now,
            last_seen_at=tx.now,
            expires_at=tx.now + timedelta(hours=portal.settings.session_hours),
            user_agent=user_agent[:200],
        )
        account.language = account.language or language
        tx.db.add(session)
        tx.db.flush()
        tx.record(Action.SIGN_IN, account_id=account.id, session=session.id)
    return cookie


def current(portal: Portal, cookie: str) -> SignedIn | None:
    """Who this cookie signs in, if its session stands; keeps an idle session from ending."""
    if not cookie:
        return None
    with portal.reading() as db:
        session = _living(portal, db, cookie)
        if session is None:
            return None
        shown, account = fingerprint(cookie), session.account
        signed_in = SignedIn(
            account.id,
            session.id,
            account.kind,
            account.role,
            account.name,
            account.email,
            session.expires_at,
            account.language,
            shown,
        )
        first_shown = session.token_hash != shown
    if first_shown and not _renew(portal, session.id, shown):
        return None
    if portal.clock() - session.last_seen_at > TOUCH_EVERY:
        touch(portal, session.id)
    return signed_in


def new_id(portal: Portal, session: SignInSession) -> str:
    """Within a transaction: an id to come for the session; returns the cookie's value, told once.

    The id it has stays good until the new one is shown, so that an answer that never arrived signs
    nobody out.
    """
    cookie = portal.secrets.token()
    session.next_hash = fingerprint(cookie)
    return cookie


def _renew(portal: Portal, session_id: int, shown: str) -> bool:
    """The new id was shown: the old one is over. False when a newer one came in between."""
    with portal.transaction() as tx:
        session = tx.db.get_one(SignInSession, session_id)
        if session.next_hash == shown:
            session.token_hash, session.next_hash = shown, None
            tx.announce(SessionRenewed(session_id))
        return session.token_hash == shown


def touch(portal: Portal, session_id: int) -> None:
    """Note that somebody is there."""
    with portal.transaction() as tx:
        session = tx.db.get_one(SignInSession, session_id)
        if still_stands(portal, session):
            session.last_seen_at = tx.now


def stands(portal: Portal, session_id: int) -> bool:
    """Whether the session is still signed in; an open page asks this."""
    with portal.reading() as db:
        session = db.get(SignInSession, session_id)
        return session is not None and still_stands(portal, session)


def ends(portal: Portal, session_id: int) -> Ends | None:
    """When the session ends if nothing more is done; None when it is over."""
    with portal.reading() as db:
        session = db.get(SignInSession, session_id)
        if session is None or not still_stands(portal, session):
            return None
        idle = timedelta(minutes=portal.settings.session_idle_minutes)
        return Ends(min(session.last_seen_at + idle, session.expires_at), session.expires_at)


def sign_out(portal: Portal, session_id: int) -> None:
    """End the session; its open pages close, and broken glass with it."""
    with portal.transaction() as tx:
        session = tx.db.get_one(SignInSession, session_id)
        if session.ended_at is None:
            end(tx, session)
            tx.record(Action.SIGN_OUT, account_id=session.account_id, session=session.id)


def end_overdue(portal: Portal) -> int:
    """Housekeeping: end the sessions that were idle or open too long; returns how many."""
    with portal.transaction() as tx:
        query = select(SignInSession).where(SignInSession.ended_at.is_(None))
        overdue = [s for s in tx.db.execute(query).scalars() if not still_stands(portal, s)]
        for session in overdue:
            end(tx, session)
        return len(overdue)


def end(tx: Transaction, session: SignInSession) -> None:
    """End a session within a transaction: its pages close, and broken glass with it."""
    session.ended_at = tx.now
    tx.announce(SessionEnded(session.id))
    query = select(BrokenGlass).where(
        BrokenGlass.session_id == session.id, BrokenGlass.closed_at.is_(None)
    )
    for glass in tx.db.execute(query).scalars():
        glass.closed_at = tx.now
        tx.record(Action.GLASS_CLOSED, account_id=session.account_id, glass=glass.id)
        tx.announce(AccessChanged(session.account_id))


def of_id(db: Session, who: SignedIn) -> SignInSession | None:
    """The session of `who`, unless it ended or has another id by now."""
    session = db.get(SignInSession, who.session_id)
    if session is None or session.ended_at is not None or session.account_id != who.account_id:
        return None
    return session if session.token_hash == who.id_hash else None


def _living(portal: Portal, db: Session, cookie: str) -> SignInSession | None:
    shown, session = fingerprint(cookie), None
    for column in (SignInSession.token_hash, SignInSession.next_hash):
        query = select(SignInSession).where(column == shown)
        session = session or db.execute(query).scalar_one_or_none()
    return session if session is not None and still_stands(portal, session) else None


def still_stands(portal: Portal, session: SignInSession) -> bool:
    """Whether the session did not end, was not idle too long and is not open too long."""
    now = portal.clock()
    idle = timedelta(minutes=portal.settings.session_idle_minutes)
    return (
        session.ended_at is None
        and session.account.status == "active"
        and now < session.expires_at
        and now - session.last_seen_at < idle
    )
