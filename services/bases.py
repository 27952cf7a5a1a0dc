"""What an account holds at a moment: every reason there is for it to see exams."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from services import grant_chain
from storage.models import Account, BrokenGlass, Grant, PatientLink, SignInSession

READING_ROLES = frozenset({"administrator", "clinician"})


class Why(StrEnum):
    """What an access rests on."""

    OWN = "own"
    CARER = "carer"
    GRANT = "grant"
    BROKEN_GLASS = "broken glass"
    STAFF = "staff"

    @property
    def early(self) -> bool:
        """Whether it shows exams and reports before they are released to the patient."""
        return self in (Why.BROKEN_GLASS, Why.STAFF)


@dataclass(frozen=True, slots=True)
class Basis:
    """One reason to see one study or all of a patient's; `number` is the row it rests on."""

    why: Why
    number: int
    patient_id: int | None  # None: every patient (staff)
    study_id: int | None  # None: every study of the patient, also those that arrive later
    may_share: bool
    may_download: bool
    hidden: bool
    until: datetime | None  # None: no end of its own

    def covers(self, patient_id: int, study_id: int) -> bool:
        """Whether this basis reaches that study."""
        return self.patient_id in (None, patient_id) and self.study_id in (None, study_id)


def reads_everything(kind: str, role: str) -> bool:
    """Whether an account of this kind and role reads every exam."""
    return kind == "staff" and role in READING_ROLES


# Made once: making a statement takes longer than its answer, and this is asked at every door.
# Accounts beside their links to patients, in one question: a row for each link, or one without.
_HELD = select(
    Account.kind, Account.role, PatientLink.id, PatientLink.relation, PatientLink.patient_id,
    PatientLink.until,
).outerjoin(
    PatientLink,
    and_(
        PatientLink.account_id == Account.id,
        or_(PatientLink.until.is_(None), PatientLink.until > bindparam("now")),
    ),
).where(Account.id == bindparam("account")).order_by(PatientLink.id)  # fmt: skip
_WHO = _HELD.where(Account.status == "active")
_GRANTED = select(*grant_chain.LINK).where(
    Grant.grantee_id == bindparam("account"),
    Grant.ended_at.is_(None),
    Grant.starts_at <= bindparam("now"),
    Grant.ends_at > bindparam("now"),
)
_BROKEN = (
    select(BrokenGlass.id, BrokenGlass.patient_id, BrokenGlass.until)
    .join(SignInSession, SignInSession.id == BrokenGlass.session_id)
    .where(
        BrokenGlass.account_id == bindparam("account"),
        BrokenGlass.closed_at.is_(None),
        BrokenGlass.until > bindparam("now"),
        BrokenGlass.patient_id.is_not(None),
        SignInSession.ended_at.is_(None),
    )
)


def bases(db: Session, account_id: int, now: datetime) -> tuple[Basis, ...]:
    """Everything the account holds at `now`."""
    asked = {"account": account_id, "now": now}
    rows = db.execute(_WHO, asked).all()
    if not rows:
        return ()
    kind, role = rows[0].kind, rows[0].role
    takes = kind != "breakglass"  # these never share, print or download, not even their own
    held = [_own(row, takes) for row in rows if row.id is not None]
    held += _granted(db, asked, takes)
    if kind == "breakglass":
        held += [
            Basis(Why.BROKEN_GLASS, number, patient, None, False, False, False, until)
            for number, patient, until in db.execute(_BROKEN, asked)
        ]
    if reads_everything(kind, role):
        held.append(Basis(Why.STAFF, account_id, None, None, False, True, False, None))
    return tuple(held)


def _own(link: Row[*tuple[Any, ...]], takes: bool) -> Basis:
    why = Why.OWN if link.relation == "self" else Why.CARER
    return Basis(why, link.id, link.patient_id, None, takes, takes, False, link.until)


def _granted(db: Session, asked: dict[str, Any], takes: bool) -> Iterable[Basis]:
    grants: list[Any] = list(db.execute(_GRANTED, asked))
    worth = grant_chain.standing(db, grants, asked["now"]) if grants else {}
    for grant in grants:
        if (left := worth.get(grant.id)) is not None:
            yield Basis(
                Why.GRANT,
                grant.id,
                grant.patient_id,
                grant.study_id,
                left.may_share and takes,
                left.may_download and takes,
                left.hidden,
                left.until,
            )
