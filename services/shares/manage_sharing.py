""" "Manage existing sharing": who can see what because of me, and what they passed on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services import access as decision
from services.access import Access, Why
from services.exam.titles import exam_title, hidden_title
from services.grant_chain import Standing, standing
from services.language import _
from services.portal import Portal
from services.shares import share_news
from services.shares.share_news import News
from storage.models import Grant, Study


@dataclass(frozen=True, slots=True)
class Share:
    """One row of the table; `depth` 0 is my own share, deeper ones were made from it."""

    grant_id: int
    depth: int
    exam: str  # title of the exam, or "Entire patient portfolio"
    shared_on: datetime
    expires_at: datetime
    shared_with: str
    shared_by: str  # empty: by me
    may_share: bool
    may_download: bool
    hidden: bool
    opened: bool  # the person has set up their account
    news: News  # whether the letter arrived, and when the person first looked
    patient_id: int
    study_id: int | None  # None: every exam, also those that arrive later
    grantee_id: int
    email: str  # of the person it is shared with
    by_carer: bool  # given by somebody who looked after the patient's exams


def shares(portal: Portal, account_id: int, about: Access | None = None) -> list[Share]:
    """The living shares this account may end, each followed by those made from it.

    A patient sees every share of their exams; others see what they gave and its branches.
    With `about`, only shares through which that exam is seen.
    """
    now = portal.clock()
    with portal.reading() as db:
        held = decision.bases(db, account_id, now)
        mine = [b.patient_id for b in held if b.why in (Why.OWN, Why.CARER)]
        living = select(Grant).where(Grant.ended_at.is_(None), Grant.ends_at > now)
        if about is not None:
            living = living.where(
                Grant.patient_id == about.patient_id,
                or_(Grant.study_id.is_(None), Grant.study_id == about.study_id),
            )
        roots = living.where(or_(Grant.grantor_id == account_id, Grant.patient_id.in_(mine)))
        grants = {g.id: g for g in db.execute(roots.order_by(Grant.id)).scalars()}
        children: dict[int, list[Grant]] = defaultdict(list)
        level, seen = list(grants), set[int]()
        while level:
            query = living.where(Grant.parent_id.in_(level)).order_by(Grant.id)
            below = [g for g in db.execute(query).scalars() if g.id not in seen]
            for grant in below:
                children[grant.parent_id or 0].append(grant)
            level = [g.id for g in below]
            seen.update(level)
        found = [*grants.values(), *(grant for below in children.values() for grant in below)]
        worth = standing(db, found, now)
        tops = [g for g in grants.values() if g.parent_id not in grants and g.id in worth]
        hidden = {b.number for b in held if b.why is Why.GRANT and b.hidden}
        rows: list[Share] = []
        for top in sorted(tops, key=lambda g: g.starts_at, reverse=True):
            _add(db, rows, top, 0, children, account_id, hidden, worth)
        return rows


def _add(
    db: Session,
    rows: list[Share],
    grant: Grant,
    depth: int,
    children: dict[int, list[Grant]],
    account_id: int,
    hidden: set[int],
    worth: dict[int, Standing],
) -> None:
    left = worth[grant.id]
    rows.append(_row(db, grant, left, depth, account_id, bool(hidden) and left.hidden))
    for child in children[grant.id]:
        if child.id in worth:
            _add(db, rows, child, depth + 1, children, account_id, hidden, worth)


def _row(
    db: Session, grant: Grant, left: Standing, depth: int, account_id: int, hidden: bool
) -> Share:
    if grant.study_id is None:
        exam = _("Entire patient portfolio")
    else:
        study = db.get_one(Study, grant.study_id)
        exam = hidden_title(study) if hidden else exam_title(study)
    by_me = grant.grantor_id == account_id
    return Share(
        grant_id=grant.id,
        depth=depth,
        exam=exam,
        shared_on=grant.starts_at,
        expires_at=left.until,
        shared_with=grant.grantee.name or grant.grantee.email,
        shared_by="" if by_me else grant.grantor.name or grant.grantor.email,
        may_share=left.may_share,
        may_download=left.may_download,
        hidden=left.hidden,
        opened=grant.grantee.status == "active",
        news=share_news.news(db, grant),
        patient_id=grant.patient_id,
        study_id=grant.study_id,
        grantee_id=grant.grantee_id,
        email=grant.grantee.email,
        by_carer=grant.by_carer,
    )
