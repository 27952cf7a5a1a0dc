"""Recovery codes: ten one-time passwords on paper, for the day the phone is gone.

Each is two codes of the portal's alphabet (81 random bits). Kept is an HMAC under the portal's key.
"""

from __future__ import annotations

import hmac

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.audit import Action
from services.errors import NotFound
from services.language import _
from services.portal import Portal, Transaction
from services.randomness import keyed
from services.signing_in import step_up
from services.signing_in.sessions import SignedIn
from storage.models import AuthenticatorApp, RecoveryCode

HOW_MANY = 10
CODES = "recovery code"  # the purpose of their key


def make(portal: Portal, tx: Transaction, account_id: int) -> list[str]:
    """Ten new codes, told once; those before them stop working."""
    drop(tx, account_id)
    codes = [f"{portal.secrets.code()}-{portal.secrets.code()}" for _number in range(HOW_MANY)]
    for code in codes:
        kept = keyed(portal.keys.key(CODES), account_id, code)
        tx.db.add(RecoveryCode(account_id=account_id, code_hash=kept, created_at=tx.now))
    tx.record(Action.RECOVERY_CODES_MADE, account_id=account_id, codes=len(codes))
    return codes


def renew(portal: Portal, who: SignedIn) -> list[str]:
    """New codes instead of the old ones; only with an authenticator app, after a step up."""
    step_up.require(portal, who)
    with portal.transaction() as tx:
        query = select(AuthenticatorApp.id).where(AuthenticatorApp.account_id == who.account_id)
        if tx.db.execute(query).first() is None:
            raise NotFound(_("This account has no authenticator app."))
        return make(portal, tx, who.account_id)


def used(portal: Portal, tx: Transaction, account_id: int, typed: str) -> bool:
    """Whether this is an unused recovery code of the account; now it is used."""
    plain = "".join(sign for sign in typed.upper() if sign.isalnum())
    code = f"{plain[:8]}-{plain[8:]}"
    kept = [keyed(key, account_id, code) for key in portal.keys.every(CODES)]
    found = None
    for row in tx.db.execute(_unused(account_id)).scalars():
        if any(hmac.compare_digest(row.code_hash, one) for one in kept):
            found = row
    if found is None:
        return False
    found.used_at = tx.now
    tx.record(Action.RECOVERY_CODE_USED, account_id=account_id)
    return True


def left(db: Session, account_id: int) -> int:
    """How many codes of the account can still be used."""
    query = select(func.count()).select_from(_unused(account_id).subquery())
    return int(db.execute(query).scalar_one())


def drop(tx: Transaction, account_id: int) -> None:
    """Forget the account's codes."""
    for row in tx.db.execute(_all(account_id)).scalars():
        tx.db.delete(row)


def _all(account_id: int) -> Select[RecoveryCode]:
    return select(RecoveryCode).where(RecoveryCode.account_id == account_id)


def _unused(account_id: int) -> Select[RecoveryCode]:
    return _all(account_id).where(RecoveryCode.used_at.is_(None))
