"""What a program may do with an exam: the one place that turns an `Access` into yes or no.

- An exam whose patient details are hidden from the caller goes by pseudonymous UIDs, those of
  `services.hiding.disguise`; under its own it looks like one that does not exist.
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
from services import logs
from services.access import Access
from services.errors import NotAllowed, NotFound
from services.hiding.disguise import grant_of, told_uids
from services.language import N_, _
from services.portal import Portal
from services.programs.callers import Caller, Way
from storage.models import Study

MOST_REMEMBERED = 10_000
NO_DOWNLOAD = N_("This exam may be looked at here, and not downloaded.")


class Purpose(Enum):
    """What a program wants of an exam."""

    LOOK = "rendered pictures"
    TAKE = "originals and their metadata"


def permit(caller: Caller, access: Access, purpose: Purpose) -> None:
    """Nothing, when the caller may; NotAllowed with a sentence otherwise."""
    taking = purpose is Purpose.TAKE or caller.way is Way.TOKEN
    if taking and not access.may_download:
        logs.refused(caller.account_id, "to take an exam away")
        raise NotAllowed(_(NO_DOWNLOAD))


def permitted_again(
    portal: Portal, db: Session, caller: Caller, access: Access, purpose: Purpose
) -> Access:
    """The access decided anew within a transaction.

    Raises NotFound when the exam is gone or goes by another name now, NotAllowed as `permit` does.
    """
    now = decision.decide_in(portal, db, caller.account_id, access.study_id)
    if grant_of(now) != grant_of(access):
        raise NotFound(_(decision.NOT_FOUND))
    permit(caller, now, purpose)
    return now


def offered(portal: Portal, db: Session, caller: Caller) -> ColumnElement[bool]:
    """The condition on `Study` under which the caller finds the exam, under its own name, by a
    search.
    """
    return decision.seeing(
        portal, db, caller.account_id, named=True, to_take=caller.way is Way.TOKEN
    )


def offered_hidden(portal: Portal, caller: Caller) -> list[tuple[Study, Access]]:
    """The exams that the caller finds under pseudonyms, newest first."""
    hidden = decision.visible(portal, caller.account_id, only_hidden=True, limit=None)
    return [found for found in hidden if caller.way is not Way.TOKEN or found[1].may_download]


class ProgramAccess:
    """The accesses of callers by Study Instance UID, remembered while they hold."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._known: OrderedDict[tuple[int, str], Access] = OrderedDict()
        self._lock = threading.Lock()

    def remembered(self, caller: Caller, study_uid: str, purpose: Purpose) -> Access | None:
        """The access if it was decided before and nothing changed; asks no database.

        Raises NotAllowed as `permit` does.
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
        if access is None or not decision.stands(self._portal, access):
            access = self._decide(caller, study_uid)
        with self._lock:
            if access is None:
                self._known.pop(key, None)
                logs.refused(caller.account_id, "an exam by its UID")
                raise NotFound(_(decision.NOT_FOUND))
            self._known[key] = access
            if len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
        permit(caller, access, purpose)
        return access

    def _decide(self, caller: Caller, study_uid: str) -> Access | None:
        """The access to what goes by this UID before the caller: its own, or a pseudonym."""
        portal, account_id = self._portal, caller.account_id
        query = select(Study.id).where(Study.study_uid == study_uid)
        with portal.reading() as db:
            study_id = db.execute(query).scalar_one_or_none()
            if study_id is not None:
                try:
                    access = decision.decide_in(portal, db, account_id, study_id)
                except NotFound:
                    return None
                return None if access.hidden else access
        # a pseudonym is an HMAC: which exam it stands for is found by making theirs
        for study, access in decision.visible(portal, account_id, only_hidden=True, limit=None):
            if told_uids(portal, access)(study.study_uid) == study_uid:
                return access
        return None
