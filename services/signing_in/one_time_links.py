"""Mailed links: an invitation, an account to set up, a new password. Looking uses none up."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.errors import Expired, NotAllowed, NotFound
from services.grant_chain import standing
from services.language import N_, _
from services.portal import Portal, Transaction
from services.randomness import fingerprint
from storage.models import Account, Grant, OneTimeLink

DEAD = N_("This link is not valid. Please open the newest e-mail you got from the portal.")
USED = N_("This link was already used. Please log in, or use Forgot password.")
LATE = N_("This link is too old. Please ask for a new one.")
ENDED = N_("This share has ended. If you still need it, please ask the person who shared it.")


def make(
    portal: Portal,
    tx: Transaction,
    account: Account,
    purpose: str,
    life: timedelta,
    grant_id: int | None = None,
) -> str:
    """A new link for the account's mail; the token itself is not kept."""
    token = portal.secrets.token()
    tx.db.add(
        OneTimeLink(
            token_hash=fingerprint(token),
            purpose=purpose,
            account_id=account.id,
            grant_id=grant_id,
            created_at=tx.now,
            expires_at=tx.now + life,
        )
    )
    return f"{portal.settings.public_url}/setup?link={token}"


def living(portal: Portal, db: Session, token: str) -> OneTimeLink:
    """The link that is still good; an invitation is so for as long as its share.

    Raises NotFound, Expired or NotAllowed with a sentence that says what to do.
    """
    query = select(OneTimeLink).where(OneTimeLink.token_hash == fingerprint(token))
    link = db.execute(query).scalar_one_or_none()
    if link is None:
        raise NotFound(_(DEAD))
    if link.used_at is not None:
        raise Expired(_(USED))
    if link.account.status == "disabled":
        raise NotAllowed(_("This account is closed. Please ask the help desk."))
    if link.purpose == "invite" and not _shares(portal, db, link):
        raise Expired(_(ENDED))
    if link.expires_at <= portal.clock():
        raise Expired(_(LATE))
    if link.purpose != "reset" and link.account.status == "active":
        raise Expired(_(USED))
    return link


def use_up(tx: Transaction, link: OneTimeLink) -> None:
    """One link used ends all of the same account: an older mail opens nothing any more."""
    end_all(tx, link.account_id)


def end_all(tx: Transaction, account_id: int) -> None:
    """No link that was mailed to the account so far opens anything any more."""
    query = select(OneTimeLink).where(
        OneTimeLink.account_id == account_id, OneTimeLink.used_at.is_(None)
    )
    for link in tx.db.execute(query).scalars():
        link.used_at = tx.now


def _shares(portal: Portal, db: Session, link: OneTimeLink) -> bool:
    grant = db.get(Grant, link.grant_id) if link.grant_id else None
    return grant is not None and bool(standing(db, [grant], portal.clock()))
