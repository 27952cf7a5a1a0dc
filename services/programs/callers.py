"""Who calls, for programs: a signed-in browser or a bearer token, remembered while it stands."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.portal import Portal
from services.programs import tokens
from services.publisher import AccessChanged, SessionEnded, SessionRenewed, TokenRevoked, Topic
from services.randomness import fingerprint
from services.signing_in import sessions

MOST_REMEMBERED = 2000
# Commands such as `account disable` run in a process of their own, whose publisher is not heard
# here; asking the database again this often notices them, and keeps a used session from idling.
TRUSTED = timedelta(seconds=1)


class Way(StrEnum):
    """How a caller showed who it is."""

    SESSION = "session"
    TOKEN = "token"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Caller:
    """The account behind a request; `number` is its session's or its token's."""

    account_id: int
    kind: str
    role: str
    way: Way
    number: int
    ends_at: datetime

    @property
    def ended(self) -> Topic:
        """What is published when this caller is one no longer."""
        made = SessionEnded if self.way is Way.SESSION else TokenRevoked
        return made(self.number)


@dataclass(frozen=True, slots=True)
class _Known:
    caller: Caller
    until: datetime
    topics: tuple[tuple[Topic, int], ...]  # each with its revision when the caller was found


class Callers:
    """Callers by what they present.

    Remembered for a moment, and only as long as the publisher tells neither that the session or
    token ended nor that the account may see less, and never beyond its own end.
    """

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._known: OrderedDict[tuple[Way, str], _Known] = OrderedDict()
        self._lock = threading.Lock()

    def remembered(self, way: Way, presented: str) -> Caller | None:
        """The caller if it is known and still stands; asks no database."""
        known = self._known.get((way, fingerprint(presented)))
        if known is None or self._portal.clock() >= known.until:
            return None
        revision = self._portal.publisher.revision
        if any(revision(topic) != then for topic, then in known.topics):
            return None
        return known.caller

    def found(self, way: Way, presented: str) -> Caller | None:
        """The caller by asking the database; None when what it presents opens nothing.

        A session that is used is kept from idling, as a look at a page does.
        """
        publisher, now = self._portal.publisher, self._portal.clock()
        before = publisher.published
        caller = self._session(presented) if way is Way.SESSION else self._token(presented)
        key = (way, fingerprint(presented))
        known = None
        if caller is not None:
            topics = [caller.ended, AccessChanged(caller.account_id)]
            if way is Way.SESSION:
                topics.append(SessionRenewed(caller.number))
            revisions = tuple((topic, publisher.revision(topic)) for topic in topics)
            known = _Known(caller, min(caller.ends_at, now + TRUSTED), revisions)
        with self._lock:
            self._known.pop(key, None)
            # what was announced meanwhile may have been this caller's end: then ask again next time
            if known is not None and publisher.published == before:
                self._known[key] = known
                if len(self._known) > MOST_REMEMBERED:
                    self._known.popitem(last=False)
        return caller

    def stands(self, way: Way, presented: str) -> bool:
        """Whether what was presented still opens something; asks the database now and then."""
        return (self.remembered(way, presented) or self.found(way, presented)) is not None

    def _session(self, cookie: str) -> Caller | None:
        who = sessions.current(self._portal, cookie)
        if who is None:
            return None
        return Caller(who.account_id, who.kind, who.role, Way.SESSION, who.session_id, who.ends_at)

    def _token(self, token: str) -> Caller | None:
        with self._portal.reading() as db:
            row = tokens.living(self._portal, db, token)
            if row is None:
                return None
            account = row.account
            return Caller(account.id, account.kind, account.role, Way.TOKEN, row.id, row.expires_at)
