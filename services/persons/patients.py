"""Patient records: one merged into another, and an account unlinked from one; by staff only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.access import READING_ROLES
from services.audit import Action
from services.errors import Invalid, NotFound
from services.language import N_, _
from services.persons import patient_links, staff_roles
from services.persons.staff_roles import Task
from services.portal import Portal, Transaction
from services.publisher import AccessChanged, SharingChanged
from storage.models import Account, BrokenGlass, Grant, Patient, PatientLink, Study

STAFF_ONLY = N_("Only imaging administrators change whose exams these are.")
NO_RECORD = N_("There is no such patient record.")


@dataclass(frozen=True, slots=True)
class Merged:
    """What moved to the record that stays."""

    studies: int
    links: int
    grants: int


def merge(portal: Portal, by: int, record: int, into: int) -> Merged:
    """Move everything of one patient record to another of the same person.

    Exams, links, shares and broken glass move; the emptied record stays, so that its id still
    leads here when the next exam arrives under it, and its history is told with the other's.
    A share of the portfolio covers what joins the portfolio.

    Raises NotAllowed for others than imaging administrators, NotFound and Invalid for records
    that cannot be merged.
    """
    with portal.transaction() as tx:
        staff_roles.check(tx.db, by, Task.SETTLE_IDENTITY, _(STAFF_ONLY))
        source, target = tx.db.get(Patient, record), tx.db.get(Patient, into)
        if source is None or target is None:
            raise NotFound(_(NO_RECORD))
        if source is target:
            raise Invalid(_("Please choose two different patient records."))
        if source.merged_into_id is not None or target.merged_into_id is not None:
            raise Invalid(_("One of these records was merged already: please look it up again."))
        merged = Merged(*_move(tx, source.id, target.id))
        earlier = select(Patient).where(Patient.merged_into_id == source.id)
        for patient in [source, *tx.db.execute(earlier).scalars()]:
            patient.merged_into_id = target.id
        tx.record(
            Action.RECORDS_MERGED,
            account_id=by,
            patient_id=target.id,
            record=source.id,
            studies=merged.studies,
            links=merged.links,
            grants=merged.grants,
        )
        for account_id in concerned(tx.db, target.id):
            tx.announce(AccessChanged(account_id))
        for patient_id in (source.id, target.id):
            tx.announce(SharingChanged(patient_id))
        return merged


def unlink(portal: Portal, by: int, account_id: int, patient_id: int) -> None:
    """Tell that the account's person neither is nor cares for this patient.

    What rests on the link ends with it, at once: the account's own access, and every share that
    was made from it, down to the last person. Raises NotAllowed for others than imaging
    administrators, NotFound where there is no link.
    """
    with portal.transaction() as tx:
        staff_roles.check(tx.db, by, Task.LINK_PEOPLE, _(STAFF_ONLY))
        query = select(PatientLink).where(
            PatientLink.account_id == account_id, PatientLink.patient_id == patient_id
        )
        link = tx.db.execute(query).scalar_one_or_none()
        if link is None:
            raise NotFound(_("This account is not linked to this patient record."))
        patient_links.unlink(portal, tx, link, by)


def with_merged(db: Session, patient_ids: Iterable[int]) -> list[int]:
    """The records, and those that were merged into them: their history is one."""
    kept = list(patient_ids)
    query = select(Patient.id).where(Patient.merged_into_id.in_(kept))
    return [*kept, *db.execute(query).scalars()] if kept else []


def _move(tx: Transaction, source: int, target: int) -> tuple[int, int, int]:
    db = tx.db
    studies = list(db.execute(select(Study).where(Study.patient_id == source)).scalars())
    grants = list(db.execute(select(Grant).where(Grant.patient_id == source)).scalars())
    glasses = db.execute(select(BrokenGlass).where(BrokenGlass.patient_id == source)).scalars()
    for row in (*studies, *grants, *glasses):
        row.patient_id = target
    links = list(db.execute(select(PatientLink).where(PatientLink.patient_id == source)).scalars())
    kept = select(PatientLink).where(PatientLink.patient_id == target)
    there = {link.account_id: link for link in db.execute(kept).scalars()}
    for link in links:
        known = there.get(link.account_id)
        if known is None:
            link.patient_id = target
            continue
        # one person, two links: what is left is the union of both
        if link.relation == "self":
            known.relation = "self"
        ends = known.until, link.until
        known.until = None if None in ends else max(end for end in ends if end is not None)
        db.delete(link)
    db.flush()
    db.expire_all()  # a study remembers its patient
    return len(studies), len(links), len(grants)


def concerned(db: Session, patient_id: int) -> set[int]:
    """Every account whose decisions name the patient: linked, shared with, by glass, by role."""
    linked = select(PatientLink.account_id).where(PatientLink.patient_id == patient_id)
    granted = select(Grant.grantee_id).where(Grant.patient_id == patient_id)
    broken = select(BrokenGlass.account_id).where(BrokenGlass.patient_id == patient_id)
    staff = select(Account.id).where(Account.kind == "staff", Account.role.in_(READING_ROLES))
    query = select(Account.id).where(
        or_(*(Account.id.in_(ids) for ids in (linked, granted, broken, staff)))
    )
    return set(db.execute(query).scalars())
