"""A new root key for everything that is made from now on."""

from __future__ import annotations

from sqlalchemy import select

from services.audit import Action
from services.portal import Portal
from storage.models import AuditHead


def rotate(portal: Portal) -> int:
    """Make a new root key the newest; returns how many there are now.

    Under the lock of the audit trail: the next event is the first of the new key, also when the
    portal goes down right now, because the key file is whole before the event is.
    """
    with portal.transaction() as tx:
        head = tx.db.execute(select(AuditHead).with_for_update()).scalar_one_or_none()
        portal.keys.add(since=(head.seq if head else 0) + 1)
        tx.record(Action.KEYS_ROTATED, account_id=None, keys=len(portal.keys.roots))
        return len(portal.keys.roots)
