"""How the running portal is: for administrators and for what watches machines. No secrets."""

from __future__ import annotations

import shutil
import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text

from services.persons import staff_roles
from services.persons.staff_roles import Task
from services.portal import Portal
from services.upkeep import backup
from services.upkeep.checkup import doctor
from services.upkeep.checkup.finding import Finding
from services.version import VERSION
from storage.models import AuditHead, Instance, Message, SignInSession, Study

KEPT = 240  # lags, two a second: the last two minutes


class LoopLag:
    """How late the event loop came to its appointments, in milliseconds."""

    def __init__(self) -> None:
        self._lags: deque[float] = deque(maxlen=KEPT)

    def note(self, milliseconds: float) -> None:
        """One appointment."""
        self._lags.append(milliseconds)

    @property
    def median(self) -> float:
        """Of the last two minutes."""
        ordered = sorted(self._lags)
        return ordered[len(ordered) // 2] if ordered else 0.0

    @property
    def worst(self) -> float:
        """Of the last two minutes."""
        return max(self._lags, default=0.0)


LAG = LoopLag()  # of this process's one event loop
BEGUN = time.monotonic()


@dataclass(frozen=True, slots=True)
class Vital:
    """What the portal does at this moment."""

    version: str
    uptime: float  # seconds
    database: str  # sqlite, postgresql
    database_bytes: int
    migration: str
    studies: int
    objects: int
    object_bytes: int
    free_bytes: int
    signed_in: int
    waiting: int  # messages
    failed: int
    audit_events: int
    cache_used: int  # bytes of decoded frames
    cache_budget: int
    lag_median: float  # ms
    lag_worst: float
    threads: int
    last_backup: datetime | None


def vitals(portal: Portal) -> Vital:
    """What is going on; asks no other machine."""
    now = portal.clock()
    with portal.reading() as db:
        bind = db.get_bind()
        sized = {
            "sqlite": "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
            "postgresql": "SELECT pg_database_size(current_database())",
        }[bind.dialect.name]
        objects, object_bytes = db.execute(
            select(func.count(), func.coalesce(func.sum(Instance.size), 0))
        ).one()
        outbox = dict(
            db.execute(select(Message.state, func.count()).group_by(Message.state)).tuples().all()
        )
        alive = select(func.count()).where(
            SignInSession.ended_at.is_(None), SignInSession.expires_at > now
        )
        return Vital(
            version=VERSION,
            uptime=time.monotonic() - BEGUN,
            database=bind.dialect.name,
            database_bytes=int(db.execute(text(sized)).scalar_one()),
            migration=portal.database.version(),
            studies=db.execute(select(func.count()).select_from(Study)).scalar_one(),
            objects=objects,
            object_bytes=int(object_bytes),
            free_bytes=shutil.disk_usage(portal.objects.folder).free,
            signed_in=db.execute(alive).scalar_one(),
            waiting=outbox.get("waiting", 0),
            failed=outbox.get("failed", 0),
            audit_events=db.execute(select(AuditHead.seq)).scalar_one_or_none() or 0,
            cache_used=portal.pixels.used,
            cache_budget=portal.pixels.budget,
            lag_median=LAG.median,
            lag_worst=LAG.worst,
            threads=threading.active_count(),
            last_backup=db.execute(backup.NEWEST).scalar_one_or_none(),
        )


def vitals_for(portal: Portal, account_id: int) -> Vital:
    """`vitals` for a member of staff who may see them."""
    with portal.reading() as db:
        staff_roles.check(db, account_id, Task.SEE_SYSTEM)
    return vitals(portal)


def findings(portal: Portal, account_id: int) -> list[Finding]:
    """What the doctor finds, without reading the whole database; asks the mail server."""
    with portal.reading() as db:
        staff_roles.check(db, account_id, Task.SEE_SYSTEM)
    return list(doctor.examine(portal.settings, portal.clock(), deep=False))
