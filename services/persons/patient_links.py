"""Which patient records belong to an account: its person is that patient, or cares for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.audit import Action
from services.errors import Invalid
from services.grant_chain import announce_holder
from services.language import N_, _
from services.portal import Portal, Transaction
from services.publisher import SharingChanged
from services.shares.share_end import end_branch
from storage.models import Account, Grant, Patient, PatientLink

SELF, CARER = "self", "carer"
NO_LINK = N_("This account is not linked to that patient.")
NO_PATIENT = N_("There is no patient with the id {number}.")
SEVERAL = N_("Several issuers use the id {number}; write it as ISSUER|ID.")


def record(db: Session, patient_id: str) -> Patient:
    """The patient record with an id as staff write it, `ID` or `ISSUER|ID`.

    Of a record that was merged, the one it was merged into. Invalid if there is none or several.
    """
    issuer, _bar, number = patient_id.rpartition("|")
    query = select(Patient).where(Patient.patient_id == number)
    if issuer:
        query = query.where(Patient.issuer == issuer)
    matches = list(db.execute(query.limit(2)).scalars())
    if not matches:
        raise Invalid(_(NO_PATIENT).format(number=patient_id), "patient_id")
    if len(matches) > 1:
        raise Invalid(_(SEVERAL).format(number=patient_id), "patient_id")
    return db.get_one(Patient, matches[0].merged_into_id or matches[0].id)


def link(
    tx: Transaction,
    account: Account,
    patient: Patient,
    by: int | None,
    *,
    relation: str = SELF,
    until: datetime | None = None,
) -> PatientLink:
    """Link them, or change the link that is there; recorded and told to open pages."""
    there = find(tx.db, account.id, patient.id)
    if there is None:
        there = PatientLink(account_id=account.id, patient_id=patient.id, created_at=tx.now)
        tx.db.add(there)
    elif not stands(there, tx.now):
        there.created_at = tx.now
    there.relation, there.until, there.end_asked_at = relation, until, None
    tx.db.flush()
    tx.record(
        Action.ACCOUNT_LINKED,
        account_id=by,
        patient_id=patient.id,
        account=account.id,
        relation=relation,
        until=until.isoformat() if until else None,
    )
    announce_holder(tx, account.id, patient.id)
    tx.announce(SharingChanged(patient.id))
    return there


def unlink(portal: Portal, tx: Transaction, there: PatientLink, by: int | None) -> None:
    """End the link at once, with every share that was made from it, down to the last person."""
    announce_holder(tx, there.account_id, there.patient_id)
    tx.record(
        Action.ACCOUNT_UNLINKED,
        account_id=by,
        patient_id=there.patient_id,
        account=there.account_id,
        relation=there.relation,
    )
    for grant in roots(tx.db, there):
        end_branch(portal, tx, grant, by)
    tx.announce(SharingChanged(there.patient_id))
    tx.db.delete(there)


def roots(db: Session, there: PatientLink) -> list[Grant]:
    """The living grants that rest on this link and on nothing else."""
    query = select(Grant).where(
        Grant.grantor_id == there.account_id,
        Grant.patient_id == there.patient_id,
        Grant.parent_id.is_(None),
        Grant.ended_at.is_(None),
    )
    return list(db.execute(query.order_by(Grant.id)).scalars())


def find(db: Session, account_id: int, patient_id: int) -> PatientLink | None:
    """The link between these two, living or over."""
    query = select(PatientLink).where(
        PatientLink.account_id == account_id, PatientLink.patient_id == patient_id
    )
    return db.execute(query).scalar_one_or_none()


def stands(there: PatientLink, now: datetime) -> bool:
    """Whether the link is not over."""
    return there.until is None or there.until > now
