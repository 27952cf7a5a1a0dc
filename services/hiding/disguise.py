"""How an exam is known to somebody from whom its patient is hidden: other UIDs, cleaned words.

A disguise belongs to a grant. Everything told under one grant, in files, searches, metadata and
frames, has the same pseudonyms; another grant has others, also of the same exam, so that what two
people hold cannot be put together. They are HMACs under a key only this portal has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydicom.dataset import Dataset

from imaging.deidentify import deidentified, pseudonymous_patient, pseudonymous_uid
from imaging.redaction import Identity, redact
from services import access as decision
from services import dates
from services.access import Access
from services.errors import Expired
from services.exam import reports
from services.hiding.identity_rules import current_rules
from services.language import N_, _
from services.portal import Portal
from storage.models import Instance, Study

CHANGED = N_("What you may see of this exam has changed. Please open it again.")


@dataclass(frozen=True, slots=True)
class Disguise:
    """What stands for one exam's patient under one grant."""

    key: bytes
    identity: Identity
    patient: str
    age: int | None  # at the exam, in years

    @property
    def patient_id(self) -> str:
        """The pseudonym of the patient's number."""
        return pseudonymous_patient(self.key, self.patient)

    def uid(self, original: str) -> str:
        """The pseudonym of a UID."""
        return pseudonymous_uid(self.key, original)

    def words(self, text: str) -> str:
        """A text without what names anybody."""
        return redact(text, self.identity)

    def copy(self, dataset: Dataset, *, masked: bool) -> Dataset:
        """An image's data set without the patient, see `imaging.deidentify`."""
        return deidentified(
            dataset, self.key, self.identity, patient=self.patient, age=self.age, masked=masked
        )


def grant_of(access: Access) -> int:
    """The grant whose pseudonyms the exam goes by: the first of those held; 0 for its own name."""
    return min(basis.number for basis in access.bases) if access.hidden else 0


def key_of(portal: Portal, access: Access) -> bytes:
    """What the pseudonyms of an access are made with."""
    return portal.keys.key(f"pseudonyms of grant {grant_of(access)}")


def told_uids(portal: Portal, access: Access) -> Callable[[str], str]:
    """What UIDs of the exam are called before this person: pseudonyms, or as they are."""
    if not access.hidden:
        return lambda uid: uid
    key = key_of(portal, access)
    return lambda uid: pseudonymous_uid(key, uid)


def disguise(portal: Portal, access: Access) -> Disguise | None:
    """The disguise the exam wears before this person; None where nothing is hidden."""
    if not access.hidden:
        return None
    with portal.reading() as db:
        study = db.get_one(Study, access.study_id)
        born, when = study.patient.birth_date, study.performed_at
        return Disguise(
            key_of(portal, access),
            reports.study_identity(db, access),
            f"{study.patient.issuer}|{study.patient.patient_id}",
            dates.age(born, when.date()) if born and when else None,
        )


def still(portal: Portal, access: Access) -> Access:
    """The access as it is now; Expired once the exam goes by another name, or is gone."""
    now = decision.renewed(portal, access)
    if grant_of(now) != grant_of(access):
        raise Expired(_(CHANGED))
    return now


def cleanable(portal: Portal, instances: Sequence[Instance]) -> list[Instance]:
    """Those of which a copy can be made that shows nobody; documents are not read, and pictures of
    one bit a pixel are not written.
    """
    rules = current_rules(portal, instances)
    return [
        one
        for one in instances
        if one.content == "image" and one.bits_allocated != 1 and rules[one.id]["do"] != "withhold"
    ]
