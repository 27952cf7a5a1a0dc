"""The chain a grant stands in: what is left of it there, and who else is concerned by a change.

A grant is worth what everything above it leaves of it, worked out at the moment of the decision:
the grants it was made from, the link to the patient that the first of them rests on, and every
account that gave one. A closed account holds nothing, so nothing rests on it while it is closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from services.portal import Transaction
from services.publisher import AccessChanged, SharingChanged
from storage.models import Account, Grant, PatientLink

# Of a grant, what says what it is worth, see `Link`; statements are made once, see `services.bases`
LINK = (
    Grant.id, Grant.parent_id, Grant.grantor_id, Grant.grantee_id, Grant.patient_id,
    Grant.study_id, Grant.may_share, Grant.may_download, Grant.hide_details, Grant.starts_at,
    Grant.ends_at, Grant.ended_at,
)  # fmt: skip
_ABOVE = select(*LINK).where(Grant.id.in_(bindparam("numbers", expanding=True)))
_GIVERS = (
    select(Account.id, Account.status, Account.kind, PatientLink.patient_id, PatientLink.until)
    .outerjoin(PatientLink, PatientLink.account_id == Account.id)
    .where(Account.id.in_(bindparam("numbers", expanding=True)))
)


class Link(Protocol):
    """A grant, or a row of its columns in `LINK`."""

    @property
    def id(self) -> int: ...
    @property
    def parent_id(self) -> int | None: ...
    @property
    def grantor_id(self) -> int: ...
    @property
    def grantee_id(self) -> int: ...
    @property
    def patient_id(self) -> int: ...
    @property
    def study_id(self) -> int | None: ...
    @property
    def may_share(self) -> bool: ...
    @property
    def may_download(self) -> bool: ...
    @property
    def hide_details(self) -> bool: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """What a grant is worth: no more than it says, and no more than any grant above it."""

    may_share: bool
    may_download: bool
    hidden: bool
    until: datetime


@dataclass(frozen=True, slots=True)
class _Givers:
    """The accounts that gave the grants of a chain, and their links to patients."""

    active: frozenset[int]
    passive: frozenset[int]  # never share, whatever was given to them
    links: dict[tuple[int, int], datetime | None]  # (account, patient) -> until


def standing(db: Session, grants: Iterable[Link], now: datetime) -> dict[int, Standing]:
    """What each of the grants is worth at `now`, by its number; those worth nothing are absent.

    As many queries as the longest chain has links, and one more.
    """
    asked = list(grants)
    chain = {grant.id: grant for grant in asked}
    while missing := {g.parent_id for g in chain.values() if g.parent_id} - chain.keys():
        above: list[Any] = list(db.execute(_ABOVE, {"numbers": [*missing]}))
        chain |= {grant.id: grant for grant in above}
    givers = _givers(db, chain.values())
    worth: dict[int, Standing | None] = {}
    for grant in asked:
        way = [grant]
        while (parent := way[-1].parent_id) and way[-1].id not in worth:
            way.append(chain[parent])
        for link in reversed(way):
            if link.id not in worth:
                upper = chain[link.parent_id] if link.parent_id else None
                source = worth[upper.id] if upper else None
                worth[link.id] = _left_of(link, upper, source, givers, now)
    return {g.id: left for g in asked if (left := worth[g.id]) is not None}


def lasting(db: Session, grant: Grant, now: datetime) -> datetime:
    """When the grant is over: as it says, or earlier with what it rests on."""
    left = standing(db, [grant], now).get(grant.id)
    return left.until if left else grant.ends_at


def _left_of(
    grant: Link, upper: Link | None, source: Standing | None, givers: _Givers, now: datetime
) -> Standing | None:
    """What a grant is worth, given what it was made from; None: nothing."""
    lasting = grant.ended_at is None and grant.starts_at <= now < grant.ends_at
    if not lasting or grant.grantor_id not in givers.active:
        return None
    if upper is None:
        holder = grant.grantor_id, grant.patient_id
        if holder not in givers.links:
            return None
        until = givers.links[holder]
        if until is not None and until <= now:
            return None
        ends = min(grant.ends_at, until) if until else grant.ends_at
        return Standing(grant.may_share, grant.may_download, grant.hide_details, ends)
    passed_on = upper.grantee_id == grant.grantor_id and upper.patient_id == grant.patient_id
    within = upper.study_id is None or upper.study_id == grant.study_id
    allowed = source is not None and source.may_share and grant.grantor_id not in givers.passive
    if source is None or not (passed_on and within and allowed):
        return None
    return Standing(
        grant.may_share,
        grant.may_download and source.may_download,
        grant.hide_details or source.hidden,
        min(grant.ends_at, source.until),
    )


def _givers(db: Session, chain: Iterable[Link]) -> _Givers:
    rows = db.execute(_GIVERS, {"numbers": [*{grant.grantor_id for grant in chain}]}).all()
    return _Givers(
        frozenset(row[0] for row in rows if row[1] == "active"),
        frozenset(row[0] for row in rows if row[2] == "breakglass"),
        {(row[0], row[3]): row[4] for row in rows if row[3] is not None},
    )


def upwards(db: Session, grant: Grant | None) -> Iterator[Grant]:
    """The grant and those it was made from."""
    while grant is not None:
        yield grant
        grant = db.get(Grant, grant.parent_id) if grant.parent_id else None


def branch(db: Session, grant: Grant) -> list[Grant]:
    """The grant and every grant made from it, upper ones first."""
    return [grant, *below(db, [grant])]


def below(db: Session, tops: list[Grant]) -> Iterator[Grant]:
    """Every grant made from these, upper ones first."""
    level = [grant.id for grant in tops]
    while level:
        found = list(db.execute(select(Grant).where(Grant.parent_id.in_(level))).scalars())
        yield from found
        level = [grant.id for grant in found]


def narrow_onward(tx: Transaction, changed: Grant) -> None:
    """A grant that became narrower narrows every grant made from it, for good."""
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


def announce_holder(tx: Transaction, account_id: int, patient_id: int | None = None) -> None:
    """What this account holds (of one patient) changed: tell it, and all who hold through it."""
    given = select(Grant).where(Grant.grantor_id == account_id, Grant.ended_at.is_(None))
    if patient_id is not None:
        given = given.where(Grant.patient_id == patient_id)
    tops = list(tx.db.execute(given).scalars())
    tx.announce(AccessChanged(account_id))
    for grant in [*tops, *below(tx.db, tops)]:
        tx.announce(AccessChanged(grant.grantee_id))
        tx.announce(SharingChanged(grant.patient_id))
