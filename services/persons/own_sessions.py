"""The browsers in which a person is signed in: their list, and signing them out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from services.audit import Action
from services.errors import NotFound
from services.language import _
from services.portal import Portal
from services.signing_in import remembered, sessions, step_up, user_agents
from services.signing_in.sessions import SignedIn
from storage.models import SignInSession


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A signed-in browser; where it stands is not known, because no address is kept."""

    number: int
    device: str
    signed_in_at: datetime
    last_seen_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class KnownBrowser:
    """A remembered browser."""

    number: int
    device: str
    last_seen_at: datetime
    until: datetime


def listed(portal: Portal, who: SignedIn) -> list[OwnSession]:
    """Where the person is signed in: this browser first, then as lately used."""
    with portal.reading() as db:
        query = select(SignInSession).where(
            SignInSession.account_id == who.account_id, SignInSession.ended_at.is_(None)
        )
        found = [
            OwnSession(
                session.id,
                user_agents.in_words(session.user_agent),
                session.created_at,
                session.last_seen_at,
                session.id == who.session_id,
            )
            for session in db.execute(query).scalars()
            if sessions.still_stands(portal, session)
        ]
    return sorted(found, key=lambda one: (one.is_this, one.last_seen_at), reverse=True)


def known(portal: Portal, who: SignedIn) -> list[KnownBrowser]:
    """The person's remembered browsers."""
    with portal.reading() as db:
        return [
            KnownBrowser(
                row.id, user_agents.in_words(row.user_agent), row.last_seen_at, row.expires_at
            )
            for row in remembered.listed(portal, db, who.account_id)
        ]


def end(portal: Portal, who: SignedIn, number: int) -> None:
    """Sign one of the person's own browsers out; its pages close at once.

    Raises PasswordNeeded, so that a borrowed browser cannot shut its owner out of the others.
    """
    step_up.require(portal, who)
    with portal.transaction() as tx:
        session = tx.db.get(SignInSession, number)
        if session is None or session.account_id != who.account_id:
            raise NotFound(_("That browser is not signed in any more."))
        if session.ended_at is None:
            sessions.end(tx, session)
            tx.record(Action.SIGN_OUT, account_id=who.account_id, session=session.id)


def end_all(portal: Portal, who: SignedIn, *, but_this: bool) -> int:
    """Sign the person out everywhere, or everywhere else; forgets remembered browsers too."""
    step_up.require(portal, who)
    with portal.transaction() as tx:
        query = select(SignInSession).where(
            SignInSession.account_id == who.account_id, SignInSession.ended_at.is_(None)
        )
        ended = [
            session
            for session in tx.db.execute(query).scalars()
            if not (but_this and session.id == who.session_id)
        ]
        for session in ended:
            sessions.end(tx, session)
            tx.record(Action.SIGN_OUT, account_id=who.account_id, session=session.id)
        remembered.forget_all(tx, who.account_id)
        return len(ended)


def forget(portal: Portal, who: SignedIn, number: int) -> None:
    """No longer let one of the person's browsers in without a one-time password."""
    remembered.forget(portal, who, number)
