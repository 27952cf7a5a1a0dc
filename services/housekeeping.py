"""What goes on beside the requests: delivering messages, ending overdue sessions."""

from __future__ import annotations

import threading

import structlog

from services import messages, sessions
from services.messages import Transport
from services.portal import Portal
from services.publisher import MessagePosted

log = structlog.get_logger()
EVERY = 5.0  # seconds between rounds when nothing is posted


class Housekeeping:
    """One thread that wakes when a message is posted, and every few seconds."""

    def __init__(self, portal: Portal, carrier: Transport) -> None:
        self._portal = portal
        self._carrier = carrier
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)
        self._unsubscribe = portal.publisher.subscribe(MessagePosted(), self._wake.set)

    def start(self) -> None:
        """Begin the rounds."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the round under way and end."""
        self._unsubscribe()
        self._stopping = True
        self._wake.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        while not self._stopping:
            try:
                messages.deliver_due(self._portal, self._carrier)
                sessions.end_overdue(self._portal)
            except Exception:  # a bad round must not end the rounds; it is logged and tried again
                log.exception("housekeeping round failed")
            self._wake.wait(EVERY)
            self._wake.clear()
