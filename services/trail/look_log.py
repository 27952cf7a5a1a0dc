"""Looks of programs in the audit trail: grouped by exam and caller, not a row for every frame.

The first look is recorded before the first picture is handed out; pictures are counted in memory,
and the count is recorded when the period is over, when the next one begins, and at a clean stop.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.access import Access
from services.audit import Action
from services.portal import Portal, Transaction
from services.programs.callers import Caller, Way
from services.programs.program_access import Purpose, permitted_again

PERIOD = timedelta(minutes=30)
GRACE = timedelta(minutes=1)
_Key = tuple[int, Way, int, int]  # account, way, its number, study


@dataclass(slots=True)
class _Look:
    began: datetime
    patient_id: int
    pictures: int = 0


class LookLog:
    """Who is looking at what through programs at the moment, and at how many pictures so far."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._looks: dict[_Key, _Look] = {}
        self._lock = threading.Lock()  # held for moments only, also by the event loop
        self._beginning = threading.Lock()

    def is_open(self, caller: Caller, access: Access) -> bool:
        """Whether this look is recorded already; asks no database."""
        look = self._looks.get(_key(caller, access))
        return look is not None and self._portal.clock() < look.began + PERIOD

    def begin(self, caller: Caller, access: Access, purpose: Purpose) -> None:
        """Record that the caller begins to look, in one transaction with a decision of its own.

        Raises NotFound or NotAllowed when the exam may not be seen any more.
        """
        with self._beginning:
            if self.is_open(caller, access):
                return
            self.flush(before=self._portal.clock() - PERIOD, only=_key(caller, access))
            with self._portal.transaction() as tx:
                access = permitted_again(self._portal, tx.db, caller, access, purpose)
                tx.record(
                    Action.EXAM_VIEWED,
                    account_id=caller.account_id,
                    patient_id=access.patient_id,
                    study_id=access.study_id,
                    why=str(access.why),
                    hidden=access.hidden,
                    **door(caller),
                )
            with self._lock:
                self._looks[_key(caller, access)] = _Look(tx.now, access.patient_id)

    def count(self, caller: Caller, access: Access, pictures: int = 1) -> None:
        """So many pictures were handed out within the look that was begun."""
        with self._lock:
            if (look := self._looks.get(_key(caller, access))) is not None:
                look.pictures += pictures

    def flush(self, *, before: datetime | None = None, only: _Key | None = None) -> None:
        """Record the pictures of looks that began before a moment, of all when it is None."""
        with self._lock:
            over = {
                key: look
                for key, look in self._looks.items()
                if (before is None or look.began <= before) and (only is None or key == only)
            }
            for key in over:
                del self._looks[key]
        counted = {key: look for key, look in over.items() if look.pictures}
        if not counted:
            return
        try:
            with self._portal.transaction() as tx:
                for key, look in counted.items():
                    _record_pictures(tx, key, look)
        except BaseException:
            with self._lock:  # a full disk, say: they are recorded another time
                for key, look in counted.items():
                    self._looks.setdefault(key, look)
                    if self._looks[key] is not look:
                        self._looks[key].pictures += look.pictures
            raise

    def flush_due(self) -> None:
        """Housekeeping: record the looks whose period is over."""
        # not before what was asked for within the period is surely answered and counted
        self.flush(before=self._portal.clock() - PERIOD - GRACE)


def _record_pictures(tx: Transaction, key: _Key, look: _Look) -> None:
    account_id, way, number, study_id = key
    tx.record(
        Action.PICTURES_SENT,
        account_id=account_id,
        patient_id=look.patient_id,
        study_id=study_id,
        pictures=look.pictures,
        since=look.began.isoformat(timespec="seconds"),
        **_door(way, number),
    )


def door(caller: Caller) -> dict[str, Any]:
    """How a caller came in, for the detail of an audit event."""
    return _door(caller.way, caller.number)


def _door(way: Way, number: int) -> dict[str, Any]:
    return {"via": "dicomweb", str(way): number}


def _key(caller: Caller, access: Access) -> _Key:
    return caller.account_id, caller.way, caller.number, access.study_id
