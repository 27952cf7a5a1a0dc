"""Tells open pages at once what changed: a grant, a session, the outbox.

In one process a call is enough; the same three verbs can ride on PostgreSQL's LISTEN/NOTIFY.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccessChanged:
    """What this account may see may have become less or more."""

    account_id: int


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """A signed-in browser is signed out."""

    session_id: int


@dataclass(frozen=True, slots=True)
class SessionRenewed:
    """A signed-in browser has a new id: what was given out under the old one is worth nothing."""

    session_id: int


@dataclass(frozen=True, slots=True)
class TokenRevoked:
    """A program's bearer token no longer opens anything."""

    token_id: int


@dataclass(frozen=True, slots=True)
class MessagePosted:
    """The outbox has something to deliver."""


@dataclass(frozen=True, slots=True)
class SharingChanged:
    """Who may see this patient's exams changed: lists of shares are stale."""

    patient_id: int


Topic = (
    AccessChanged | SessionEnded | SessionRenewed | TokenRevoked | MessagePosted | SharingChanged
)
Listener = Callable[[], None]


class Publisher:
    """Calls listeners in the publishing thread; they must only hand over, never work."""

    def __init__(self) -> None:
        self._listeners: dict[Topic, list[Listener]] = defaultdict(list)
        self._revisions: dict[Topic, int] = defaultdict(int)
        self._lock = threading.Lock()
        self.published = 0  # announcements so far, of every topic

    def subscribe(self, topic: Topic, listener: Listener) -> Callable[[], None]:
        """Call `listener` whenever `topic` is published, until the returned function is called."""
        with self._lock:
            self._listeners[topic].append(listener)

        def unsubscribe() -> None:
            with self._lock:
                if listener in self._listeners.get(topic, []):
                    self._listeners[topic].remove(listener)
                if not self._listeners.get(topic):
                    self._listeners.pop(topic, None)

        return unsubscribe

    def publish(self, topic: Topic) -> None:
        """Count the topic's revision up and tell its listeners."""
        with self._lock:
            self._revisions[topic] += 1
            self.published += 1
            listeners = list(self._listeners.get(topic, []))
        for listener in listeners:
            listener()

    def revision(self, topic: Topic) -> int:
        """How often the topic was published: a remembered decision is good while this stands."""
        return self._revisions.get(topic, 0)
