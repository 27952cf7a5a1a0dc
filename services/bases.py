"""What an account holds at a moment: every reason there is for it to see exams."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import or_, select
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


def bases(db: Session, account_id: int, now: datetime) -> tuple[Basis, ...]:
    """Everything the account holds at `now`."""
    account = db.get(Account, account_id)
    if account is None or account.status != "active":
        return ()
    held = [*_own(db, account_id, now), *_granted(db, account, now)]
    if account.kind == "breakglass":
        held += _broken(db, account_id, now)
    if reads_everything(account.kind, account.role):
        held.append(Basis(Why.STAFF, account_id, None, None, False, True, False, None))
    return tuple(held)


def _own(db: Session, account_id: int, now: datetime) -> Iterable[Basis]:
    query = select(PatientLink).where(
        PatientLink.account_id == account_id,
        or_(PatientLink.until.is_(None), PatientLink.until > now),
    )
    for link in db.execute(query).scalars():
        why = Why.OWN if link.relation == "self" else Why.CARER
        yield Basis(why, link.id, link.patient_id, None, True, True, False, link.until)


def _granted(db: Session, account: Account, now: datetime) -> Iterable[Basis]:
    query = select(Grant).where(
        Grant.grantee_id == account.id,
        Grant.ended_at.is_(None),
        Grant.starts_at <= now,
        Grant.ends_at > now,
    )
    passive = account.kind == "breakglass"  # such an account never shares, prints or downloads
    grants = list(db.execute(query).scalars())
    worth = grant_chain.standing(db, grants, now) if grants else {}
    for grant in grants:
        if (left := worth.get(grant.id)) is not None:
            yield Basis(
                Why.GRANT,
                grant.id,
                grant.patient_id,
                grant.study_id,
                left.may_share and not passive,
                left.may_download and not passive,
                left.hidden,
                left.until,
            )


def _broken(db: Session, account_id: int, now: datetime) -> Iterable[Basis]:
    query = (
        select(BrokenGlass)
        .join(SignInSession, SignInSession.id == BrokenGlass.session_id)
        .where(
            BrokenGlass.account_id == account_id,
            BrokenGlass.closed_at.is_(None),
            BrokenGlass.until > now,
            BrokenGlass.patient_id.is_not(None),
            SignInSession.ended_at.is_(None),
        )
    )
    for glass in db.execute(query).scalars():
        yield Basis(
            Why.BROKEN_GLASS, glass.id, glass.patient_id, None, False, False, False, glass.until
        )
