"""What staff may do: one table from tasks to the roles that have them, asked by every service.

Least privilege: a task that is not needed by a role's work is not in it. Reading exams and who may
end a share are decided by `services/access.py` and `services/shares/sharing.py`; everything that
is done at the staff desk is decided here. Pages only hide what this table would refuse.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy.orm import Session

from services import logs
from services.errors import NotAllowed
from services.language import N_, _
from storage.models import Account

ADMINISTRATOR, CLINICIAN, AUDITOR = "administrator", "clinician", "auditor"
ROLES = (ADMINISTRATOR, CLINICIAN, AUDITOR)
REFUSED = N_("Your role does not include this task. Please ask an imaging administrator.")


class Task(StrEnum):
    """Something that is done at the staff desk."""

    SEE_APPLICATIONS = "see applications"
    DECIDE_APPLICATIONS = "decide applications"
    SEE_ACCOUNTS = "see accounts"
    CHANGE_ACCOUNTS = "change accounts"  # make, disable, enable, role, set-up, end sessions
    LINK_PEOPLE = "link people"  # accounts to patient records, carers
    SEE_PATIENTS = "see patients"
    SETTLE_IDENTITY = "settle identity"  # merge, contradictory names
    MARK_WELL_KNOWN = "mark well known"
    SEE_EXAMS = "see exams"
    RELEASE_EXAMS = "release exams"  # hide from, release to the patient
    SEE_QUARANTINE = "see quarantine"
    SETTLE_QUARANTINE = "settle quarantine"  # retry, discard
    TAKE_QUARANTINED_FILES = "take quarantined files"
    SEE_MESSAGES = "see messages"
    CHANGE_MESSAGES = "change messages"  # resend, cancel
    SEE_BREAK_GLASS = "see break glass"
    REVIEW_BREAK_GLASS = "review break glass"
    SEE_AUDIT = "see audit"
    EXPORT_AUDIT = "export audit"
    SEE_SYSTEM = "see system"


MAY: dict[Task, frozenset[str]] = {
    Task.SEE_APPLICATIONS: frozenset({ADMINISTRATOR}),
    Task.DECIDE_APPLICATIONS: frozenset({ADMINISTRATOR}),
    Task.SEE_ACCOUNTS: frozenset({ADMINISTRATOR, AUDITOR}),
    Task.CHANGE_ACCOUNTS: frozenset({ADMINISTRATOR}),
    Task.LINK_PEOPLE: frozenset({ADMINISTRATOR}),
    Task.SEE_PATIENTS: frozenset({ADMINISTRATOR, CLINICIAN}),
    Task.SETTLE_IDENTITY: frozenset({ADMINISTRATOR}),
    Task.MARK_WELL_KNOWN: frozenset({ADMINISTRATOR}),
    Task.SEE_EXAMS: frozenset({ADMINISTRATOR, CLINICIAN}),
    Task.RELEASE_EXAMS: frozenset({ADMINISTRATOR, CLINICIAN}),
    Task.SEE_QUARANTINE: frozenset({ADMINISTRATOR, CLINICIAN}),
    Task.SETTLE_QUARANTINE: frozenset({ADMINISTRATOR}),
    Task.TAKE_QUARANTINED_FILES: frozenset({ADMINISTRATOR}),
    Task.SEE_MESSAGES: frozenset({ADMINISTRATOR}),
    Task.CHANGE_MESSAGES: frozenset({ADMINISTRATOR}),
    Task.SEE_BREAK_GLASS: frozenset({ADMINISTRATOR, AUDITOR}),
    Task.REVIEW_BREAK_GLASS: frozenset({ADMINISTRATOR, AUDITOR}),
    Task.SEE_AUDIT: frozenset({ADMINISTRATOR, AUDITOR}),
    Task.EXPORT_AUDIT: frozenset({ADMINISTRATOR, AUDITOR}),
    Task.SEE_SYSTEM: frozenset({ADMINISTRATOR}),
}


def may(kind: str, role: str, task: Task) -> bool:
    """Whether an account of this kind and role has the task; for what a page shows."""
    return kind == "staff" and role in MAY[task]


def check(db: Session, account_id: int, task: Task, refused: str = "") -> Account:
    """The staff member's account; NotAllowed unless it is active and its role has the task.

    `refused` is the sentence for this task, already translated.
    """
    account = db.get(Account, account_id)
    if account is None or account.status != "active" or not may(account.kind, account.role, task):
        logs.refused(account_id, f"the task: {task}")
        raise NotAllowed(refused or _(REFUSED))
    return account


def check_unless_console(db: Session, by: int | None, task: Task, refused: str = "") -> None:
    """`check`, but None passes: the command line, whose user may work on the machine itself."""
    if by is not None:
        check(db, by, task, refused)
