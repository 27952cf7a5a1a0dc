"""Ending a share, and every share made from it; and making one share of several."""

from __future__ import annotations

from sqlalchemy import select

from services.audit import Action
from services.grant_chain import branch
from services.messaging import telling
from services.portal import Portal, Transaction
from services.publisher import AccessChanged, SharingChanged
from storage.models import Grant


def end_branch(portal: Portal, tx: Transaction, grant: Grant, by: int | None) -> None:
    """End the grant and every grant made from it, each recorded and told to its holder.

    One that has ended already stays as it is.
    """
    if grant.ended_at is not None:
        return
    for ended in branch(tx.db, grant):
        if ended.ended_at is None:
            ended.ended_at = tx.now
            telling.share_ended(portal, tx, ended)
            tx.announce(AccessChanged(ended.grantee_id))
            _record(tx, ended, by, because_of=grant)
    tx.announce(SharingChanged(grant.patient_id))


def fold(tx: Transaction, others: list[Grant], into: Grant, by: int) -> None:
    """One share stands for others of the same scope between the same two people from now on.

    What was made from those rests on that one, within what it gives. Nobody is told of an end:
    the person still sees what they saw.
    """
    for other in others:
        made = select(Grant).where(Grant.parent_id == other.id)
        for onward in tx.db.execute(made).scalars():
            onward.parent_id = into.id
        other.ended_at = tx.now
        _record(tx, other, by, because_of=into)


def _record(tx: Transaction, ended: Grant, by: int | None, *, because_of: Grant) -> None:
    tx.record(
        Action.SHARE_ENDED,
        account_id=by,
        patient_id=ended.patient_id,
        study_id=ended.study_id,
        grant=ended.id,
        grantee=ended.grantee_id,
        because_of=because_of.id,
    )
