"""The chain a grant stands in: the grants it was made from, and those made from it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.audit import Action
from services.portal import Transaction
from services.publisher import AccessChanged, SharingChanged
from storage.models import Grant


def upwards(db: Session, grant: Grant | None) -> Iterator[Grant]:
    """The grant and those it was made from."""
    while grant is not None:
        yield grant
        grant = db.get(Grant, grant.parent_id) if grant.parent_id else None


def branch(db: Session, grant: Grant) -> list[Grant]:
    """The grant and every grant made from it, upper ones first."""
    found, level = [grant], [grant.id]
    while level:
        query = select(Grant).where(Grant.parent_id.in_(level))
        below = list(db.execute(query).scalars())
        found += below
        level = [g.id for g in below]
    return found


def end_branch(tx: Transaction, grant: Grant, by: int | None) -> None:
    """End the grant and every grant made from it, each recorded; one that has ended stays so."""
    if grant.ended_at is not None:
        return
    for ended in branch(tx.db, grant):
        if ended.ended_at is None:
            ended.ended_at = tx.now
            tx.announce(AccessChanged(ended.grantee_id))
            tx.record(
                Action.SHARE_ENDED,
                account_id=by,
                patient_id=ended.patient_id,
                study_id=ended.study_id,
                grant=ended.id,
                grantee=ended.grantee_id,
                because_of=grant.id,
            )
    tx.announce(SharingChanged(grant.patient_id))


def narrow_onward(tx: Transaction, changed: Grant) -> None:
    """A grant that became narrower narrows every grant made from it."""
    limits = {changed.id: changed}
    for grant in branch(tx.db, changed)[1:]:
        upper = limits[grant.parent_id or 0]
        limits[grant.id] = grant
        grant.ends_at = min(grant.ends_at, upper.ends_at)
        grant.may_share = grant.may_share and upper.may_share
        grant.may_download = grant.may_download and upper.may_download
        grant.hide_details = grant.hide_details or upper.hide_details
        out_of_scope = upper.study_id is not None and grant.study_id != upper.study_id
        if grant.ended_at is None and (not upper.may_share or out_of_scope or upper.ended_at):
            grant.ended_at = tx.now
        tx.announce(AccessChanged(grant.grantee_id))
