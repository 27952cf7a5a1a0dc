"""Sharer and receiver are warned, once, three days before a share ends.

A share ends when it says, or before: with the link to the patient that it rests on, or with a
share above it. What counts is when the person can really see nothing more.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from services import access as decision
from services.grant_chain import below, standing
from services.messaging import letters, messages
from services.messaging.telling import post, sharer
from services.portal import Portal, Transaction
from services.preferences import letterhead
from storage.models import Grant, PatientLink

WARN_BEFORE = timedelta(days=3)
TOLD_LATELY = timedelta(days=1)  # who was told the end just before need not be warned of it
WARNED_AT_ONCE = 200  # shares in one transaction
Ending = tuple[Grant, datetime]


def warn_of_ends(portal: Portal) -> int:
    """Tell sharer and receiver, once, of shares that end within three days; how many shares.

    Shares between the same two people that end on the same day are told of in one letter.
    """
    with portal.reading() as db:  # mostly there is nothing to do, and then nothing is locked
        if not _unwarned(db, portal.clock()):
            return 0
    with portal.transaction() as tx:
        days: dict[tuple[int, int, date], list[Ending]] = defaultdict(list)
        for grant, end in _unwarned(tx.db, tx.now):
            day = end.astimezone(portal.settings.zone).date()
            days[grant.grantor_id, grant.grantee_id, day].append((grant, end))
        for group in days.values():
            for grant, end in group:
                grant.warned_for = end
            worth = standing(tx.db, [grant for grant, _end in group], tx.now)
            news = [(g, end) for g, end in group if g.id in worth and not _knows(tx.db, g, end)]
            if news:
                _warn(portal, tx, *news[0])
        return sum(map(len, days.values()))


def _unwarned(db: Session, now: datetime) -> list[Ending]:
    """Shares that are over within three days and nobody was warned of, with their true end."""
    own = (
        select(Grant)
        .where(
            _living(now),
            Grant.ends_at <= now + WARN_BEFORE,
            Grant.warned_for.is_distinct_from(Grant.ends_at),
            # one that was warned of for an earlier end waits until that is past
            or_(
                Grant.warned_for.is_(None),
                Grant.warned_for <= now,
                Grant.warned_for > Grant.ends_at,
            ),
        )
        .order_by(Grant.ends_at)
        .limit(WARNED_AT_ONCE)
    )
    shortened = _cut_short(db, now)
    found = [*db.execute(own).scalars(), *shortened, *below(db, shortened)]
    worth = standing(db, found, now)
    ends = {
        grant.id: (grant, worth[grant.id].until if grant.id in worth else grant.ends_at)
        for grant in found
        if grant.ended_at is None
    }
    return [
        (grant, end)
        for grant, end in ends.values()
        if now < end <= now + WARN_BEFORE and grant.warned_for != end
    ][:WARNED_AT_ONCE]


def _cut_short(db: Session, now: datetime) -> list[Grant]:
    """Shares that end with what they rest on, within three days; those made from them as well."""
    upper = aliased(Grant)
    link = and_(
        PatientLink.account_id == Grant.grantor_id, PatientLink.patient_id == Grant.patient_id
    )
    soon = now + WARN_BEFORE
    by_link = (
        select(Grant)
        .join(PatientLink, link)
        .where(
            _living(now),
            Grant.parent_id.is_(None),
            PatientLink.until > now,
            PatientLink.until <= soon,
            PatientLink.until < Grant.ends_at,
        )
    )
    by_upper = (
        select(Grant)
        .join(upper, upper.id == Grant.parent_id)
        .where(
            _living(now),
            upper.ends_at > now,
            upper.ends_at <= soon,
            upper.ends_at < Grant.ends_at,
        )
    )
    return [*db.execute(by_link).scalars(), *db.execute(by_upper).scalars()]


def _living(now: datetime) -> ColumnElement[bool]:
    return and_(Grant.ended_at.is_(None), Grant.ends_at > now)


def _knows(db: Session, grant: Grant, end: datetime) -> bool:
    """Whether the share is so short that the letter which told its end says enough."""
    if end < grant.ends_at:
        return False  # that letter told another end
    told = messages.told_of(db, grant.id)
    since = told.created_at if told else grant.starts_at
    return since > end - WARN_BEFORE - TOLD_LATELY


def _warn(portal: Portal, tx: Transaction, grant: Grant, end: datetime) -> None:
    grantor, grantee = grant.grantor, grant.grantee
    if grantee.status in ("active", "invited"):
        letter = letters.ending_soon(
            letterhead(portal.settings, grantee),
            sharer(tx.db, grant, tx.now),
            end,
            has_account=grantee.status == "active",
        )
        post(tx, grantee, letter, grant, until=end)
    if grantor.status == "active":
        letter = letters.your_share_ends_soon(
            letterhead(portal.settings, grantor),
            grantee.email,
            end,
            can_go_on=_can_go_on(tx.db, grant, end, tx.now),
        )
        post(tx, grantor, letter, grant, until=end)


def _can_go_on(db: Session, grant: Grant, end: datetime, now: datetime) -> bool:
    """Whether the sharer could share it for longer than until `end`."""
    return any(
        basis.may_share
        and basis.patient_id == grant.patient_id
        and basis.study_id in (None, grant.study_id)
        and (basis.until is None or basis.until > end)
        for basis in decision.bases(db, grant.grantor_id, now)
    )
