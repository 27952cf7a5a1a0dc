"""THE decision: who may do what with which exam, and why.

`decide` and `visible` are the only places that make an `Access`. Everything that hands out exam
content takes one, so a page or a route cannot forget the check: without it there is nothing to
pass. Denied is the default; an exam that may not be seen looks like one that does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, false, not_, or_, select, true
from sqlalchemy.orm import Session

from services.bases import READING_ROLES, Basis, Why, bases
from services.errors import Expired, NotFound
from services.language import N_, _
from services.portal import Portal
from services.publisher import AccessChanged
from services.release import is_released, study_released
from storage.models import Study

__all__ = [
    "NOT_FOUND", "READING_ROLES", "Access", "Basis", "Why", "bases", "decide", "decide_in",
    "farewell", "renewed", "seeing", "stands", "visible",
]  # fmt: skip
# of a study, what a decision is about; made once, see `services.bases`
_STUDY = select(
    Study.id, Study.patient_id, Study.identity_conflict, Study.withheld, Study.opens_at
).where(Study.id == bindparam("study"))
NOT_FOUND = N_("There is no such exam, or it is not shared with you.")


@dataclass(frozen=True, slots=True)
class Access:
    """One account's access to one exam, as decided at one moment; made only in this module."""

    account_id: int
    patient_id: int
    study_id: int
    bases: tuple[Basis, ...]
    revision: int

    @property
    def may_share(self) -> bool:
        """Whether the exam may be shared with others."""
        return any(basis.may_share for basis in self.bases)

    @property
    def may_download(self) -> bool:
        """Whether the exam may be downloaded and printed."""
        return any(basis.may_download for basis in self.bases)

    @property
    def may_write_notes(self) -> bool:
        """Whether notes may be stuck to the exam, and unreleased ones read: staff."""
        return any(basis.why is Why.STAFF for basis in self.bases)

    @property
    def early(self) -> bool:
        """Whether reports are seen before they are released to the patient."""
        return any(basis.why.early for basis in self.bases)

    @property
    def hidden(self) -> bool:
        """Whether the patient's details are hidden: unless some basis shows them."""
        return all(basis.hidden for basis in self.bases)

    @property
    def rights(self) -> tuple[bool, bool, bool]:
        """What an open page was built for; it is built anew once this is another."""
        return self.hidden, self.may_share, self.may_download

    @property
    def until(self) -> datetime | None:
        """When the last basis ends; None: no end."""
        ends = [basis.until for basis in self.bases]
        return None if None in ends else max(end for end in ends if end is not None)

    @property
    def changes_at(self) -> datetime | None:
        """When the first basis ends, and so the rights may become fewer; None: never by itself."""
        return min((b.until for b in self.bases if b.until is not None), default=None)

    @property
    def why(self) -> Why:
        """The strongest reason, for the audit trail and the screen."""
        order = list(Why)
        return min((basis.why for basis in self.bases), key=order.index)


def decide(portal: Portal, account_id: int, study_id: int) -> Access:
    """The account's access to the study; NotFound when there is none."""
    with portal.reading() as db:
        return decide_in(portal, db, account_id, study_id)


def decide_in(portal: Portal, db: Session, account_id: int, study_id: int) -> Access:
    """`decide` within a transaction that is already open."""
    revision = portal.publisher.revision(AccessChanged(account_id))
    study: Any = db.execute(_STUDY, {"study": study_id}).one_or_none()
    if study is None:
        raise NotFound(_(NOT_FOUND))
    now = portal.clock()
    access = _combine(account_id, study, bases(db, account_id, now), revision, now)
    if access is None:
        raise NotFound(_(NOT_FOUND))
    return access


def visible(
    portal: Portal, account_id: int, *, patient_id: int | None = None,
    only_hidden: bool = False, limit: int | None = 200, where: ColumnElement[bool] | None = None,
) -> list[tuple[Study, Access]]:  # fmt: skip
    """The studies this account may see, newest first, each with its access; with `only_hidden`,
    those whose patient details it may not see. `where` must not ask for what is hidden.
    """
    revision = portal.publisher.revision(AccessChanged(account_id))
    with portal.reading() as db:
        now = portal.clock()
        held = bases(db, account_id, now)
        if not held or (only_hidden and not any(basis.hidden for basis in held)):
            return []
        query = (
            select(Study)
            .where(_any_reaches(held, now))
            .order_by(Study.performed_at.desc().nulls_last(), Study.id.desc())
            .limit(limit)
        )
        if patient_id is not None:
            query = query.where(Study.patient_id == patient_id)
        if where is not None:
            query = query.where(where)
        if only_hidden:
            query = query.where(not_(_any_reaches((b for b in held if not b.hidden), now)))
        found = [
            (study, _combine(account_id, study, held, revision, now))
            for study in db.execute(query).scalars()
        ]
    return [(study, access) for study, access in found if access is not None]


def seeing(
    portal: Portal, db: Session, account_id: int, *, named: bool = False, to_take: bool = False
) -> ColumnElement[bool]:
    """The condition on `Study` under which the account may see it, for queries of many exams.

    With `named`, only exams whose patient details it may see; with `to_take`, only those it may
    download. For one exam and for thousands the answer is that of `decide`.
    """
    now = portal.clock()
    held = bases(db, account_id, now)
    conditions = [_any_reaches(held, now)]
    if named:
        conditions.append(_any_reaches((basis for basis in held if not basis.hidden), now))
    if to_take:
        conditions.append(_any_reaches((basis for basis in held if basis.may_download), now))
    return and_(*conditions)


def stands(portal: Portal, access: Access) -> bool:
    """Whether nothing changed since the decision; asks no database."""
    unchanged = access.revision == portal.publisher.revision(AccessChanged(access.account_id))
    return unchanged and (access.changes_at is None or portal.clock() < access.changes_at)


def renewed(portal: Portal, access: Access) -> Access:
    """The same access while nothing changed, a new decision otherwise.

    Raises Expired with a plain sentence when the exam may no longer be seen.
    """
    if stands(portal, access):
        return access
    try:
        return decide(portal, access.account_id, access.study_id)
    except NotFound:
        raise Expired(farewell(portal, access)) from None


def farewell(portal: Portal, access: Access) -> str:
    """Why an open exam goes away, in a sentence for the person who was looking at it."""
    with portal.reading() as db:
        study = db.get(Study, access.study_id)
    if study is not None and not access.early and not is_released(study, portal.clock()):
        return _("The hospital is looking at this exam again before it is shown.")
    over = access.until is not None and access.until <= portal.clock()
    match access.why, over:
        case Why.GRANT, True:
            return _("The time for which this exam was shared with you is over.")
        case Why.GRANT, False:
            return _("This exam is no longer shared with you: the person who shared it ended it.")
        case Why.BROKEN_GLASS, True:
            return _("The time for which the glass was broken is over.")
        case Why.BROKEN_GLASS, False:
            return _("The glass is closed, or another patient was opened.")
        case _:
            return _("You no longer have access to this exam.")


def _reach(held: Iterable[Basis]) -> ColumnElement[bool]:
    """That one of them reaches the study. Lists, so that the statement's shape does not depend on
    how many there are, and it is prepared once.
    """
    held = tuple(held)
    studies = [basis.study_id for basis in held if basis.study_id is not None]
    patients = [basis.patient_id for basis in held if basis.study_id is None]
    reached = [Study.id.in_(studies)] if studies else []
    return or_(*reached, Study.patient_id.in_(patients)) if patients else or_(*reached)


def _any_reaches(held: Iterable[Basis], now: datetime) -> ColumnElement[bool]:
    """That some basis reaches the study, and staff's where it is in doubt whose exam it is."""
    held = tuple(held)
    if any(basis.why is Why.STAFF for basis in held):
        return true()
    if not held:
        return false()
    early = [basis for basis in held if basis.why.early]
    late = [basis for basis in held if not basis.why.early]
    reaching = [_reach(early)] if early else []
    if late:
        reaching.append(and_(study_released(now), _reach(late)))
    return and_(Study.identity_conflict == "", or_(*reaching))


def _combine(
    account_id: int, study: Study, held: Iterable[Basis], revision: int, now: datetime
) -> Access | None:
    patient_id, study_id = study.patient_id, study.id
    reaching = tuple(basis for basis in held if basis.covers(patient_id, study_id))
    if study.identity_conflict:  # whose exam it is must be settled by staff first
        reaching = tuple(basis for basis in reaching if basis.why is Why.STAFF)
    if not is_released(study, now):
        reaching = tuple(basis for basis in reaching if basis.why.early)
    if not reaching:
        return None
    return Access(account_id, patient_id, study_id, reaching, revision)
