"""Stepping up: before something grave a signed-in person gives their password again.

The step up belongs to one session and lasts five minutes (NIST SP 800-63B-4, section 5.2: a
session is no proof that its person still sits there).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from services import passwords
from services.audit import Action
from services.errors import Expired, Invalid, NotAllowed
from services.language import N_, _
from services.portal import Portal
from services.sessions import SignedIn
from services.throttling import PASSWORDS_AGAIN
from storage.models import Account, SignInSession

LASTS = timedelta(minutes=5)
NEEDED = N_("Please give your password again first.")
OVER = N_("You are signed out. Please log in again.")


class PasswordNeeded(NotAllowed):
    """It is allowed to this person, once they have given their password again."""


def confirm(portal: Portal, who: SignedIn, password: str) -> datetime:
    """Check the password again and remember that in the session; returns until when.

    Raises Invalid about "password" when it is wrong, TooMany after five wrong ones in five
    minutes over all sessions of the account, and Expired when the session is over.
    """
    check(portal, who.account_id, password)
    with portal.transaction() as tx:
        session = tx.db.get(SignInSession, who.session_id)
        if session is None or session.ended_at is not None:
            raise Expired(_(OVER))
        session.stepped_up_at = tx.now
        tx.record(Action.PASSWORD_AGAIN, account_id=who.account_id, session=who.session_id)
        return tx.now + LASTS


def check(portal: Portal, account_id: int, password: str, *, field: str = "password") -> None:
    """Whether this is the account's password, as often as a person mistypes, no more.

    Raises Invalid about `field` when it is not, and TooMany when it was wrong too often.
    """
    portal.throttles.spend(PASSWORDS_AGAIN, "password-again", str(account_id))
    with portal.reading() as db:
        password_hash = db.get_one(Account, account_id).password_hash
    if not passwords.matches(password, password_hash):
        with portal.transaction() as tx:
            tx.record(Action.PASSWORD_AGAIN_REFUSED, account_id=account_id)
        raise Invalid(_("The password is not right."), field)
    portal.throttles.forgive(PASSWORDS_AGAIN, "password-again", str(account_id))


def stands(portal: Portal, who: SignedIn) -> bool:
    """Whether the password was given again in this session within the last five minutes."""
    with portal.reading() as db:
        session = db.get(SignInSession, who.session_id)
        if session is None or session.account_id != who.account_id:
            return False
        given = session.stepped_up_at
        return session.ended_at is None and given is not None and portal.clock() < given + LASTS


def require(portal: Portal, who: SignedIn) -> None:
    """Raises PasswordNeeded unless the step up stands: the first line of what needs one."""
    if not stands(portal, who):
        raise PasswordNeeded(_(NEEDED))
