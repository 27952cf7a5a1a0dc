"""What a program may do with an exam: the one place that turns an `Access` into yes or no.

- An exam whose patient details are hidden from the caller is not offered to programs at all: every
  DICOM address and answer names UIDs of the original. It looks like one that does not exist.
- A signed-in browser may look at pictures of what its person may see.
- Taking originals or their metadata needs the right to download; so does everything that is asked
  for with a token, because what a program gets, it keeps. Break-glass accounts never have it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from enum import Enum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from services import access as decision
from services.access import Access
from services.callers import Caller, Way
from services.errors import Expired, NotAllowed, NotFound
from services.language import N_, _
from services.portal import Portal
from storage.models import Study

MOST_REMEMBERED = 10_000
NO_DOWNLOAD = N_("This exam may be looked at here, and not downloaded.")


class Purpose(Enum):
    """What a program wants of an exam."""

    LOOK = "rendered pictures"
    TAKE = "originals and their metadata"


def permit(caller: Caller, access: Access, purpose: Purpose) -> None:
    """Nothing, when the caller may; NotFound or NotAllowed with a sentence otherwise."""
    if access.hidden:
        raise NotFound(_(decision.NOT_FOUND))
    taking = purpose is Purpose.TAKE or caller.way is Way.TOKEN
    if taking and not access.may_download:
        raise NotAllowed(_(NO_DOWNLOAD))


def offered(portal: Portal, db: Session, caller: Caller) -> ColumnElement[bool]:
    """The condition on `Study` under which `permit` lets the caller find the exam by a search."""
    return decision.seeing(
        portal, db, caller.account_id, named=True, to_take=caller.way is Way.TOKEN
    )


class ProgramAccess:
    """The accesses of callers by Study Instance UID, remembered while they hold."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._known: OrderedDict[tuple[int, str], Access] = OrderedDict()
        self._lock = threading.Lock()

    def remembered(self, caller: Caller, study_uid: str, purpose: Purpose) -> Access | None:
        """The access if it was decided before and nothing changed; asks no database.

        Raises NotFound or NotAllowed as `permit` does.
        """
        access = self._known.get((caller.account_id, study_uid))
        if access is None or not decision.stands(self._portal, access):
            return None
        permit(caller, access, purpose)
        return access

    def decided(self, caller: Caller, study_uid: str, purpose: Purpose) -> Access:
        """The access, decided anew where it is not known or something changed.

        Raises NotFound for an exam that does not exist or is not the caller's to see, alike, and
        NotAllowed where it may only be looked at.
        """
        key = caller.account_id, study_uid
        access = self._known.get(key)
        try:
            if access is None:
                access = self._decide(caller, study_uid)
            else:
                access = decision.renewed(self._portal, access)
        except (NotFound, Expired):
            with self._lock:
                self._known.pop(key, None)
            raise NotFound(_(decision.NOT_FOUND)) from None
        with self._lock:
            self._known[key] = access
            if len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
        permit(caller, access, purpose)
        return access

    def _decide(self, caller: Caller, study_uid: str) -> Access:
        with self._portal.reading() as db:
            study_id = db.execute(
                select(Study.id).where(Study.study_uid == study_uid)
            ).scalar_one_or_none()
            if study_id is None:
                raise NotFound(_(decision.NOT_FOUND))
            return decision.decide_in(self._portal, db, caller.account_id, study_id)
