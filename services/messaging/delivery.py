"""Delivering the outbox: in order, with back-off, never losing a message to a dead server.

A message is claimed (committed), handed over, and then settled (committed). If the portal goes
down in between, the claim runs out and the message is handed over again: the same bytes under the
same Message-ID, which a mailbox shows once. To settle before handing over would be the other way
to be wrong: then it would be lost.

Messages to one address leave in the order they were posted: a later one waits for an earlier one.
One-time passwords are a queue of their own, in front, because they are of use for minutes only.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from services.messaging import mailing
from services.messaging.mailing import Fault, Transport, Undeliverable
from services.portal import Portal, Transaction
from services.publisher import MessagePosted, SharingChanged
from storage.models import Grant, Message

log = structlog.get_logger()
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=30)
LONGEST_PAUSE = timedelta(minutes=1)  # between tries to reach a server that is away
GIVE_UP_AFTER = timedelta(days=3)
CLAIM = timedelta(minutes=2)  # longer than any hand-over takes

Carry = Callable[[Message], None]
Jitter = Callable[[], float]
CHANCE: Jitter = secrets.SystemRandom().random


class Courier:
    """Delivers the messages of one channel, one at a time, in one thread.

    `carry` hands one over or raises Undeliverable; `jitter` gives a number from 0 to 1.
    """

    def __init__(
        self,
        portal: Portal,
        channel: str,
        carry: Carry,
        jitter: Jitter = CHANCE,
    ) -> None:
        self.channel = channel
        self._portal = portal
        self._carry = carry
        self._jitter = jitter
        self._misses = 0  # hand-overs in a row that found nobody
        self._paused_until: datetime | None = None

    def round(self) -> int:
        """Deliver what is due; returns how many left."""
        left = 0
        while (number := self._next()) is not None:
            message = self._claimed(number)
            if message is not None:
                left += self._deliver(message)
        return left

    def _next(self) -> int | None:
        """The next message to try: urgent ones first, then in the order they were posted."""
        now = self._portal.clock()
        earlier = aliased(Message)
        query = select(Message.id).where(
            Message.state == "waiting",
            Message.channel == self.channel,
            Message.not_before <= now,
            ~exists().where(
                earlier.state == "waiting",
                earlier.recipient == Message.recipient,
                earlier.channel == Message.channel,
                earlier.urgent == Message.urgent,
                earlier.id < Message.id,
            ),
        )
        if self._paused_until is not None and self._paused_until > now:
            query = query.where(Message.urgent)  # somebody is waiting for it at this moment
        with self._portal.reading() as db:
            order = (Message.urgent.desc(), Message.id)
            return db.execute(query.order_by(*order).limit(1)).scalar_one_or_none()

    def _claimed(self, number: int) -> Message | None:
        with self._portal.transaction() as tx:
            message = tx.db.get_one(Message, number)
            if message.state != "waiting" or message.not_before > tx.now:
                return None
            if message.expires_at is not None and message.expires_at <= tx.now:
                fail(tx, message, "too late to be of use")
                return None
            message.attempts += 1
            message.not_before = tx.now + CLAIM
            return message

    def _deliver(self, message: Message) -> bool:
        problem: Undeliverable | None = None
        try:
            self._carry(message)
        except Undeliverable as error:
            problem = error
        except Exception as error:  # one message that breaks its carrier must not stop the others
            problem = Undeliverable(type(error).__name__, Fault.LATER)
        away = problem is not None and problem.fault is Fault.AWAY
        is_back = self._misses > 0 and not away
        self._misses = self._misses + 1 if away else 0
        with self._portal.transaction() as tx:
            settled = tx.db.get_one(Message, message.id)
            if problem is None:
                _settle_sent(tx, settled)
            elif settled.state == "waiting":
                self._put_off(tx, settled, problem)
            if is_back:
                self._go_on(tx)
        if problem is not None:
            reason = f"{problem.fault}: {problem}"
            log.warning("message not delivered", message=message.id, reason=reason)
        return problem is None

    def _put_off(self, tx: Transaction, message: Message, problem: Undeliverable) -> None:
        reason = f"{problem.fault}: {problem}"
        instead = _held_for(tx.db, message)
        if problem.final or instead or tx.now - message.created_at > GIVE_UP_AFTER:
            fail(tx, message, reason)
            return
        message.error = reason[:300]
        if problem.fault is Fault.AWAY:
            pause = self._jittered(self._misses, LONGEST_PAUSE)
            self._paused_until = message.not_before = tx.now + pause
        else:
            message.not_before = tx.now + self._jittered(message.attempts, LONGEST_WAIT)

    def _go_on(self, tx: Transaction) -> None:
        """The server is back: what waits only because it was away waits no longer."""
        self._paused_until = None
        query = select(Message).where(
            Message.state == "waiting",
            Message.channel == self.channel,
            Message.error.startswith(Fault.AWAY),
            Message.not_before <= tx.now + LONGEST_PAUSE,  # longer is a claim
        )
        for message in tx.db.execute(query).scalars():
            message.not_before = tx.now

    def _jittered(self, tries: int, longest: timedelta) -> timedelta:
        """Doubling from one try to the next; between half and all of that, by chance."""
        wait: timedelta = min(FIRST_WAIT * (1 << min(tries - 1, 12)), longest)
        return wait * (0.5 + self._jitter() / 2)


def mail_courier(portal: Portal, carrier: Transport, jitter: Jitter = CHANCE) -> Courier:
    """The courier of e-mails."""
    return Courier(
        portal, "mail", lambda message: carrier.send(mailing.envelope(portal, message)), jitter
    )


def _settle_sent(tx: Transaction, message: Message) -> None:
    message.state, message.sent_at, message.error = "sent", tx.now, ""
    for other in _held_for(tx.db, message):
        other.state = "cancelled"
        wipe(other)
    wipe(message)
    _announce(tx, message)


def fail(tx: Transaction, message: Message, reason: str) -> None:
    """It will not arrive: what was held for that case is sent instead."""
    message.state, message.failed_at, message.error = "failed", tx.now, reason[:300]
    for other in _held_for(tx.db, message):
        other.state, other.not_before = "waiting", tx.now
        tx.announce(MessagePosted())
    wipe(message)
    _announce(tx, message)


def wipe(message: Message) -> None:
    """A secret is not kept once it is of no more use."""
    if message.secret:
        message.text = message.html = ""


def _held_for(db: Session, message: Message) -> list[Message]:
    """What is sent only if this message cannot be."""
    query = select(Message).where(Message.instead_of == message.id, Message.state == "held")
    return list(db.execute(query).scalars())


def _announce(tx: Transaction, message: Message) -> None:
    grant = tx.db.get(Grant, message.grant_id) if message.grant_id else None
    if grant is not None:
        tx.announce(SharingChanged(grant.patient_id))
