"""What services work with: the portal's parts, and the transaction a service call happens in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from services import audit
from services.keys import Keys
from services.letterhead import Letter
from services.publisher import MessagePosted, Publisher, Topic
from services.randomness import SecretSource
from services.settings import Settings
from services.throttling import Throttles
from storage.database import Database
from storage.models import Message
from storage.objects import FolderObjects
from storage.pixels import PixelCache

Clock = Callable[[], datetime]


@dataclass(slots=True)
class Transaction:
    """What a service call changes, its audit events, messages and announcements, all or nothing."""

    db: Session
    now: datetime
    _audit_key: Callable[[], bytes]
    _announcements: list[Topic] = field(default_factory=list)

    def record(
        self,
        action: audit.Action,
        *,
        account_id: int | None,
        patient_id: int | None = None,
        study_id: int | None = None,
        **detail: Any,
    ) -> None:
        """Append an audit event; `detail` holds ids and plain values, never names or secrets."""
        audit.append(
            self.db,
            self._audit_key,
            audit.Entry(self.now, action, account_id, patient_id, study_id, detail),
        )

    def post(
        self,
        recipient: str,
        letter: Letter,
        *,
        account_id: int | None = None,
        grant_id: int | None = None,
        secret: bool = False,
        urgent: bool = False,
        within: timedelta | None = None,
        channel: str = "mail",
        instead_of: Message | None = None,
    ) -> Message:
        """Put a letter in the outbox; after `within` it is no longer worth delivering.

        A secret one keeps no text once it has left; one `instead_of` another leaves only if that
        one cannot be delivered.
        """
        message = Message(
            account_id=account_id,
            grant_id=grant_id,
            instead_of=instead_of.id if instead_of else None,
            channel=channel,
            kind=letter.kind,
            state="held" if instead_of else "waiting",
            urgent=urgent,
            recipient=recipient,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            secret=secret,
            created_at=self.now,
            not_before=self.now,
            expires_at=self.now + within if within else None,
        )
        self.db.add(message)
        self.db.flush()
        self.announce(MessagePosted())
        return message

    def announce(self, topic: Topic) -> None:
        """Tell open pages once this transaction is committed."""
        if topic not in self._announcements:
            self._announcements.append(topic)


@dataclass(frozen=True)
class Portal:
    """The composition: storage, keys, clock, randomness and the publisher."""

    settings: Settings
    database: Database
    objects: FolderObjects
    pixels: PixelCache
    keys: Keys
    clock: Clock
    secrets: SecretSource
    publisher: Publisher
    throttles: Throttles

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One service call: commits when the block ends, undone if it raises, then announced."""
        with self.database.write() as db:
            transaction = Transaction(db, self.clock(), lambda: self.keys.key("audit"))
            yield transaction
        for topic in transaction._announcements:
            self.publisher.publish(topic)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A look at the database that changes nothing."""
        with self.database.read() as db:
            yield db
