"""Stepping up: before something grave a signed-in person gives their password again.

The step up belongs to one session and lasts five minutes (NIST SP 800-63B-4, section 5.2: a
session is no proof that its person still sits there). It begins once the browser has shown the new
id that comes with it: whoever knew the old one cannot use it (docs/decisions/0017).
"""

from __future__ import annotations

from datetime import timedelta

from services.audit import Action
from services.errors import Expired, Invalid, NotAllowed
from services.language import N_, _
from services.portal import Portal
from services.signing_in import passwords, sessions
from services.signing_in.sessions import SignedIn
from services.throttling import PASSWORDS_AGAIN
from storage.models import Account

LASTS = timedelta(minutes=5)
NEEDED = N_("Please give your password again first.")
OVER = N_("You are signed out. Please log in again.")


class PasswordNeeded(NotAllowed):
    """It is allowed to this person, once they have given their password again."""


def confirm(
    portal: Portal, who: SignedIn, password: str,
    *, refused: Action = Action.PASSWORD_AGAIN_REFUSED,
) -> str:  # fmt: skip
    """Check the password again; returns the session's new id, told once.

    From when that is first shown the session is stepped up, and its old id opens nothing. Raises
    Invalid about "password" when it is wrong, recorded as `refused`, TooMany after five wrong ones
    in five minutes over all sessions of the account, and Expired when the session is over.
    """
    check(portal, who.account_id, password, refused=refused)
    with portal.transaction() as tx:
        session = sessions.of_id(tx.db, who)
        if session is None:
            raise Expired(_(OVER))
        session.stepped_up_at = tx.now
        tx.record(Action.PASSWORD_AGAIN, account_id=who.account_id, session=who.session_id)
        return sessions.new_id(portal, session)


def check(
    portal: Portal, account_id: int, password: str,
    *, field: str = "password", refused: Action = Action.PASSWORD_AGAIN_REFUSED,
) -> None:  # fmt: skip
    """Whether this is the account's password, as often as a person mistypes, no more.

    Raises Invalid about `field` when it is not, recorded as `refused`, and TooMany when it was
    wrong too often.
    """
    portal.throttles.spend(PASSWORDS_AGAIN, "password-again", str(account_id))
    with portal.reading() as db:
        password_hash = db.get_one(Account, account_id).password_hash
    if not passwords.matches(password, password_hash):
        with portal.transaction() as tx:
            tx.record(refused, account_id=account_id)
        raise Invalid(_("The password is not right."), field)
    portal.throttles.forgive(PASSWORDS_AGAIN, "password-again", str(account_id))


def stands(portal: Portal, who: SignedIn) -> bool:
    """Whether the password was given again, within five minutes, and its new id is this one."""
    with portal.reading() as db:
        session = sessions.of_id(db, who)
        if session is None or session.next_hash is not None:
            return False
        given = session.stepped_up_at
        return given is not None and portal.clock() < given + LASTS


def require(portal: Portal, who: SignedIn) -> None:
    """Raises PasswordNeeded unless the step up stands: the first line of what needs one."""
    if not stands(portal, who):
        raise PasswordNeeded(_(NEEDED))
