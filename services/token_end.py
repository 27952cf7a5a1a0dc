"""Ending the tokens of programs: one, or all that an account has."""

from __future__ import annotations

from sqlalchemy import select

from services.audit import Action
from services.portal import Transaction
from services.publisher import TokenRevoked
from storage.models import ApiToken


def revoke(tx: Transaction, row: ApiToken) -> None:
    """End a token at once; one that has ended already stays as it is."""
    if row.revoked_at is None:
        row.revoked_at = tx.now
        tx.record(Action.TOKEN_REVOKED, account_id=None, account=row.account_id, token=row.id)
        tx.announce(TokenRevoked(row.id))


def revoke_all(tx: Transaction, account_id: int) -> None:
    """End the tokens of an account that is closed: opening it again does not bring them back."""
    query = select(ApiToken).where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None))
    for row in tx.db.execute(query.order_by(ApiToken.id)).scalars():
        revoke(tx, row)
