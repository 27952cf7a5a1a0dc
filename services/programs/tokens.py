"""Bearer tokens: how programs speak for an account over HTTP (RFC 6750).

A token has 256 random bits, is shown once and stored as its SHA-256. It opens what its account
may see and download, and nothing once it is revoked, has expired, or its account is closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import people, token_end
from services.audit import Action
from services.errors import Invalid, NotAllowed, NotFound
from services.language import _
from services.persons import accounts
from services.portal import Portal
from services.randomness import fingerprint
from storage.models import Account, ApiToken

DAYS = 30
MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class TokenEntry:
    """A token as its account's list shows it; what it is presented as is not known any more."""

    number: int
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token as it is told once."""

    number: int
    token: str
    expires_at: datetime


def create(portal: Portal, email: str, *, days: int = DAYS) -> NewToken:
    """A new token of the account.

    Raises NotAllowed for an account that has none: one that is not active, or a break-glass
    account, which may look only while its person has broken the glass, and never downloads.
    """
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(
            _("A token lasts from 1 to {most_days} days.").format(most_days=MOST_DAYS), "days"
        )
    token = portal.secrets.token()
    with portal.transaction() as tx:
        account = _account(tx.db, email)
        if account.status != "active":
            raise NotAllowed(_("This account is not active: only an active account has tokens."))
        if account.kind == "breakglass":
            raise NotAllowed(_("A break-glass account cannot download, so it has no tokens."))
        row = ApiToken(
            token_hash=fingerprint(token),
            account_id=account.id,
            created_at=tx.now,
            expires_at=tx.now + timedelta(days=days),
        )
        tx.db.add(row)
        tx.db.flush()
        tx.record(
            Action.TOKEN_CREATED, account_id=None, account=account.id, token=row.id, days=days
        )
        return NewToken(row.id, token, row.expires_at)


def revoke(portal: Portal, number: int) -> None:
    """End a token; the next request that presents it is refused."""
    with portal.transaction() as tx:
        row = tx.db.get(ApiToken, number)
        if row is None:
            raise NotFound(_("There is no token with this number."))
        token_end.revoke(tx, row)


def listed(portal: Portal, email: str) -> list[TokenEntry]:
    """The account's tokens, newest first."""
    with portal.reading() as db:
        query = (
            select(ApiToken)
            .where(ApiToken.account_id == _account(db, email).id)
            .order_by(ApiToken.id.desc())
        )
        return [
            TokenEntry(row.id, row.created_at, row.expires_at, row.revoked_at)
            for row in db.execute(query).scalars()
        ]


def living(portal: Portal, db: Session, token: str) -> ApiToken | None:
    """The row of a presented token, None when it opens nothing."""
    query = select(ApiToken).where(ApiToken.token_hash == fingerprint(token))
    row = db.execute(query).scalar_one_or_none()
    if row is None or row.revoked_at is not None or row.expires_at <= portal.clock():
        return None
    account = row.account
    return row if account.status == "active" and account.kind != "breakglass" else None


def _account(db: Session, email: str) -> Account:
    account = accounts.find(db, people.email_address(email))
    if account is None:
        raise NotFound(_("There is no account with this email address."))
    return account
