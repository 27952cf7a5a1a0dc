"""What was changed by another process, told to the open pages of this one.

A command such as `account disable` runs beside the serving process, whose publisher does not hear
it. But every change leaves an event in the audit trail: the newest are read twice a second, and
what they may have ended is announced here.
"""

from __future__ import annotations

import threading

import structlog
from sqlalchemy import select

from services.audit import Action
from services.grant_chain import announce_holder
from services.portal import Portal, Transaction
from services.publisher import AccessChanged, SessionEnded, SharingChanged, TokenRevoked
from storage.models import AuditEvent, AuditHead, SignInSession

log = structlog.get_logger()
EVERY = 0.5  # seconds; what ends must be told within one
MOST = 500  # events at a time
HOLDERS = frozenset({"account.disabled", "account.linked", "account.unlinked"})
SHARES = frozenset({"share.given", "share.changed", "share.ended"})
SESSIONS = frozenset({"account.disabled", "password.changed", "signin.out"})


class Elsewhere:
    """One thread that reads the newest audit events, and tells what they mean for open pages."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._seen = self._newest()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="elsewhere", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stop.set()
        self._thread.join(timeout=30)

    def look(self) -> int:
        """Tell what the events since the last look ended; returns how many there were.

        Those of this process are told once more: that costs a decision and changes nothing.
        """
        if self._newest() == self._seen:
            return 0
        query = select(AuditEvent).where(AuditEvent.seq > self._seen).order_by(AuditEvent.seq)
        with self._portal.reading() as db:
            events = list(db.execute(query.limit(MOST)).scalars())
        telling = [e for e in events if e.action in HOLDERS | SHARES | SESSIONS | {"token.revoked"}]
        if telling:
            with self._portal.transaction() as tx:
                for event in telling:
                    _tell(tx, event)
        self._seen = events[-1].seq if events else self._seen
        return len(events)

    def _newest(self) -> int:
        with self._portal.reading() as db:
            return db.execute(select(AuditHead.seq)).scalar_one_or_none() or 0

    def _run(self) -> None:
        while not self._stop.wait(EVERY):
            try:
                while self.look():
                    pass
            except Exception:  # a bad look must not be the last one; it is logged and tried again
                log.exception("changes made elsewhere could not be read")


def _tell(tx: Transaction, event: AuditEvent) -> None:
    account_id = event.detail.get("account", event.account_id)
    if event.action in HOLDERS and account_id is not None:
        announce_holder(tx, account_id)
    if event.action in SESSIONS and account_id is not None:
        ended = select(SignInSession.id).where(
            SignInSession.account_id == account_id, SignInSession.ended_at >= event.at
        )
        for session_id in tx.db.execute(ended).scalars():
            tx.announce(SessionEnded(session_id))
        tx.announce(AccessChanged(account_id))
    if event.action in SHARES:
        tx.announce(AccessChanged(event.detail["grantee"]))
        if event.patient_id is not None:
            tx.announce(SharingChanged(event.patient_id))
    if event.action == str(Action.TOKEN_REVOKED):
        tx.announce(TokenRevoked(event.detail["token"]))
