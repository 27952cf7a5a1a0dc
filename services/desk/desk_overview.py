"""What waits for a decision in the rooms of the staff desk, counted up to a bound."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.glass.application_list import OPEN
from services.glass.glass_reviews import to_review
from services.persons import staff_roles
from services.persons.staff_roles import Task
from services.portal import Portal
from storage.models import (
    IN_DOUBT,
    Account,
    Application,
    Message,
    PatientLink,
    Quarantine,
    Study,
)

MOST = 100  # counted; whether it is more does not matter
WAITING: dict[Task, Select[Any]] = {
    Task.SEE_QUARANTINE: select(Quarantine.id).where(Quarantine.resolved.is_(False)),
    Task.SEE_PATIENTS: select(Study.id).where(IN_DOUBT),
    Task.SEE_ACCOUNTS: select(PatientLink.id).where(PatientLink.end_asked_at.is_not(None)),
    Task.SEE_MESSAGES: select(Message.id).where(Message.state == "failed"),
    Task.SEE_APPLICATIONS: select(Application.id).where(Application.status.in_(OPEN)),
    Task.SEE_BREAK_GLASS: to_review(),
}


def waiting(portal: Portal, by: int) -> dict[Task, int]:
    """By the task of a room how much waits there, for the rooms this person may enter."""
    with portal.reading() as db:
        account = db.get_one(Account, by)
        may = [t for t in WAITING if staff_roles.may(account.kind, account.role, t)]
        return {task: _count(db, WAITING[task]) for task in may}


def _count(db: Session, query: Select[Any]) -> int:
    return int(
        db.execute(select(func.count()).select_from(query.limit(MOST).subquery())).scalar_one()
    )
