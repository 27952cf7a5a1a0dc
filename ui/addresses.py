"""Addresses of exams: an opaque id per person, naming no patient and no UID."""

from __future__ import annotations

from services import opaque
from services.portal import Portal


def study_address(portal: Portal, account_id: int, study_id: int) -> str:
    """Where this account finds that exam."""
    key = portal.keys.key("exam addresses")
    return f"/study/{opaque.seal(key, account_id, 'study', study_id)}"


def study_number(portal: Portal, account_id: int, address: str) -> int:
    """The exam behind an address; NotFound when it was made for somebody else."""
    return opaque.unseal(portal.keys.key("exam addresses"), account_id, "study", address)


def sealed(portal: Portal, account_id: int, kind: str, number: int) -> str:
    """A patient, an account or an exam as this account's addresses name it."""
    return opaque.seal(portal.keys.key("exam addresses"), account_id, kind, number)


def unsealed(portal: Portal, account_id: int, kind: str, address: str) -> int:
    """The number behind it; NotFound when it was made for somebody else."""
    return opaque.unseal(portal.keys.key("exam addresses"), account_id, kind, address)
