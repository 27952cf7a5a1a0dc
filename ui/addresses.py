"""Addresses of exams: an opaque id per person, and per grant where details are hidden.

They name no patient and no UID, and what one was told under does not show in another: the same exam
shared again, with other details, has another address.
"""

from __future__ import annotations

from services import access as decision
from services import logs, opaque
from services.access import Access, Why
from services.errors import NotFound
from services.hiding.disguise import grant_of
from services.portal import Portal


def study_address(portal: Portal, access: Access) -> str:
    """Where this account finds the exam."""
    key = portal.keys.key("exam addresses")
    return f"/study/{opaque.seal(key, access.account_id, _kind(grant_of(access)), access.study_id)}"


def exam_at(portal: Portal, account_id: int, address: str) -> Access:
    """The access to the exam behind an address; NotFound when it was made for somebody else."""
    with portal.reading() as db:
        held = decision.bases(db, account_id, portal.clock())
    grants = sorted({basis.number for basis in held if basis.why is Why.GRANT})
    for grant in (0, *grants):
        try:
            study_id = unsealed(portal, account_id, _kind(grant), address)
        except NotFound as error:
            absent = error
            continue
        try:
            return decision.decide(portal, account_id, study_id)
        except NotFound:
            logs.refused(account_id, "an exam")
            raise
    logs.refused(account_id, "the address of an exam")
    raise absent


def _kind(grant: int) -> str:
    return f"study under grant {grant}" if grant else "study"


def sealed(portal: Portal, account_id: int, kind: str, number: int) -> str:
    """A patient, an account or an exam as this account's addresses name it."""
    return opaque.seal(portal.keys.key("exam addresses"), account_id, kind, number)


def unsealed(portal: Portal, account_id: int, kind: str, address: str) -> int:
    """The number behind it; NotFound when it was made for somebody else."""
    for key in portal.keys.every("exam addresses"):
        try:
            return opaque.unseal(key, account_id, kind, address)
        except NotFound as error:
            absent = error
    raise absent
