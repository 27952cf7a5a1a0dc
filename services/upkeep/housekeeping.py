"""What goes on beside the requests: delivering messages, ending sessions, warning of ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import structlog

from services.glass import glass_right
from services.messaging import delivery, mailing, texting
from services.messaging.delivery import Courier
from services.portal import Portal
from services.publisher import MessagePosted
from services.shares import end_warnings
from services.signing_in import sessions
from services.upkeep import free_memory

log = structlog.get_logger()
EVERY = 5.0  # seconds between rounds when nothing is posted
STOPPING = 30.0  # seconds that a round under way has to come to its end


class Rounds:
    """One thread that works every few seconds, and at once when woken."""

    def __init__(self, name: str, work: Callable[[], object]) -> None:
        self._work = work
        self._awake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=f"housekeeping {name}", daemon=True)

    def start(self) -> None:
        """Begin the rounds."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to do."""
        self._awake.set()

    def stop(self) -> None:
        """Make the round under way the last."""
        self._stopping = True
        self._awake.set()

    def ended(self) -> None:
        """Wait for it."""
        self._thread.join(timeout=STOPPING)

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._work()
            except Exception:  # a bad round must not end the rounds; it is logged and tried again
                log.exception("housekeeping round failed")
            self._awake.wait(EVERY)
            self._awake.clear()


class Housekeeping:
    """A thread for each courier, so that a slow one holds up nothing else, for chores, and for
    giving memory back.
    """

    def __init__(self, portal: Portal, couriers: Sequence[Courier]) -> None:
        self._portal = portal
        delivering = [Rounds(courier.channel, courier.round) for courier in couriers]
        self._rounds = [
            *delivering,
            Rounds("chores", self._chores),
            Rounds("memory", free_memory.give_back),
        ]
        self._unsubscribe = [
            portal.publisher.subscribe(MessagePosted(), rounds.wake) for rounds in delivering
        ]

    def start(self) -> None:
        """Begin the rounds."""
        for rounds in self._rounds:
            rounds.start()

    def stop(self) -> None:
        """Finish the rounds under way and end."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        for rounds in self._rounds:
            rounds.stop()
        for rounds in self._rounds:
            rounds.ended()

    def _chores(self) -> None:
        sessions.end_overdue(self._portal)
        end_warnings.warn_of_ends(self._portal)
        glass_right.warn_of_ends(self._portal)


def couriers(portal: Portal) -> list[Courier]:
    """Those the configuration asks for: mail always, text messages where there is a service."""
    found = [delivery.mail_courier(portal, mailing.transport(portal.settings))]
    if carry := texting.carrier(portal.settings):
        found.append(Courier(portal, "sms", carry))
    return found
