"""Who is told what about a share: when it is given, sent again, about to end, or ended."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import access as decision
from services import letters, messages, one_time_links
from services.access import Why
from services.grant_chain import standing
from services.letterhead import Letter
from services.portal import Portal, Transaction
from services.preferences import letterhead
from storage.models import Account, Grant

WARN_BEFORE = timedelta(days=3)
TOLD_LATELY = timedelta(days=1)  # who was told the end just before need not be warned of it
INVITATION_LIFE = timedelta(days=90)
WARNED_AT_ONCE = 200  # shares in one transaction


def share_given(portal: Portal, tx: Transaction, grant: Grant) -> bool:
    """Mail an invitation to an address without an account, else a notice; True: invitation.

    An earlier letter about the share that has not left yet is taken back: one is enough.
    """
    messages.withdraw(messages.about_grant(tx.db, grant.id))
    grantee = grant.grantee
    head = letterhead(portal.settings, grantee)
    sharer = _sharer(tx.db, grant, tx.now)
    if grantee.status == "invited":
        life = min(grant.ends_at - tx.now, INVITATION_LIFE)
        link = one_time_links.make(portal, tx, grantee, "invite", life, grant.id)
        letter = letters.invitation(head, sharer, link, grant.ends_at)
        _post(tx, grantee, letter, grant, secret=True)
        return True
    if grantee.status == "active":
        _post(tx, grantee, letters.notice(head, sharer, grant.ends_at), grant)
    return False


def share_ended(portal: Portal, tx: Transaction, grant: Grant) -> None:
    """Tell the person, if a letter about the share may have reached them; else take it back."""
    about = messages.about_grant(tx.db, grant.id)
    told = any(messages.has_begun(m) for m in about if m.account_id == grant.grantee_id)
    messages.withdraw(about)
    if told and grant.grantee.status != "disabled":
        sharer = _sharer(tx.db, grant, tx.now)
        letter = letters.share_ended(letterhead(portal.settings, grant.grantee), sharer)
        tx.post(grant.grantee.email, letter, account_id=grant.grantee_id, grant_id=grant.id)


def warn_of_ends(portal: Portal) -> int:
    """Tell sharer and receiver, once, of shares that end within three days; how many shares.

    Shares between the same two people that end on the same day are told of in one letter.
    """
    with portal.reading() as db:  # mostly there is nothing to do, and then nothing is locked
        if not _unwarned(db, portal.clock()):
            return 0
    with portal.transaction() as tx:
        days: dict[tuple[int, int, date], list[Grant]] = defaultdict(list)
        for grant in _unwarned(tx.db, tx.now):
            day = grant.ends_at.astimezone(portal.settings.zone).date()
            days[grant.grantor_id, grant.grantee_id, day].append(grant)
        for group in days.values():
            for grant in group:
                grant.warned_for = grant.ends_at
            worth = standing(tx.db, group, tx.now)
            news = [grant for grant in group if grant.id in worth and not _knows(tx.db, grant)]
            if news:
                _warn(portal, tx, news[0])
        return sum(map(len, days.values()))


def _unwarned(db: Session, now: datetime) -> list[Grant]:
    query = (
        select(Grant)
        .where(
            Grant.ended_at.is_(None),
            Grant.ends_at > now,
            Grant.ends_at <= now + WARN_BEFORE,
            Grant.warned_for.is_distinct_from(Grant.ends_at),
        )
        .order_by(Grant.ends_at)
        .limit(WARNED_AT_ONCE)
    )
    return list(db.execute(query).scalars())


def _knows(db: Session, grant: Grant) -> bool:
    """Whether the share is so short that the letter which told its end says enough."""
    told = messages.told_of(db, grant.id)
    since = told.created_at if told else grant.starts_at
    return since > grant.ends_at - WARN_BEFORE - TOLD_LATELY


def _warn(portal: Portal, tx: Transaction, grant: Grant) -> None:
    grantor, grantee = grant.grantor, grant.grantee
    if grantee.status in ("active", "invited"):
        letter = letters.ending_soon(
            letterhead(portal.settings, grantee),
            _sharer(tx.db, grant, tx.now),
            grant.ends_at,
            has_account=grantee.status == "active",
        )
        _post(tx, grantee, letter, grant)
    if grantor.status == "active":
        head = letterhead(portal.settings, grantor)
        _post(tx, grantor, letters.your_share_ends_soon(head, grantee.email, grant.ends_at), grant)


def _post(
    tx: Transaction, to: Account, letter: Letter, grant: Grant, *, secret: bool = False
) -> None:
    tx.post(
        to.email,
        letter,
        account_id=to.id,
        grant_id=grant.id,
        secret=secret,
        within=grant.ends_at - tx.now,
    )


def _sharer(db: Session, grant: Grant, now: datetime) -> str:
    """Who shares, as a letter may say it: a patient's name is not in mail (empty)."""
    held = decision.bases(db, grant.grantor_id, now)
    # a carer often bears the patient's family name
    own = any(b.why in (Why.OWN, Why.CARER) and b.patient_id == grant.patient_id for b in held)
    return "" if own else grant.grantor.name
