"""What became of messages: for the person who waits for one, and for the person who shares."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.language import _
from services.messaging.delivery import wipe
from services.messaging.letters import ONE_TIME_PASSWORD, SHARE_LETTERS
from services.messaging.mailing import Fault
from services.portal import Portal, Transaction
from storage.models import Message


def waiting(portal: Portal) -> int:
    """How many messages have not left yet."""
    with portal.reading() as db:
        return len(db.execute(select(Message.id).where(Message.state == "waiting")).all())


def withdraw(messages: list[Message]) -> None:
    """Take back what has not left."""
    for message in messages:
        if message.state in ("waiting", "held"):
            message.state = "cancelled"
            wipe(message)


def supersede_codes(tx: Transaction, account_id: int) -> None:
    """Take back one-time passwords that a newer one makes useless."""
    query = select(Message).where(
        Message.account_id == account_id,
        Message.kind == ONE_TIME_PASSWORD,
        Message.state.in_(("waiting", "held")),
    )
    withdraw(list(tx.db.execute(query).scalars()))


def about_grant(db: Session, grant_id: int) -> list[Message]:
    """Every message about a share, newest first."""
    query = select(Message).where(Message.grant_id == grant_id)
    return list(db.execute(query.order_by(Message.id.desc())).scalars())


def told_of(db: Session, grant_id: int) -> Message | None:
    """The newest invitation or notice of a share."""
    letters = (m for m in about_grant(db, grant_id) if m.kind in SHARE_LETTERS)
    return next(letters, None)


def has_begun(message: Message) -> bool:
    """Whether it may be in somebody's mailbox."""
    return message.state == "sent" or (message.state != "failed" and message.attempts > 0)


def fate(message: Message | None) -> str:
    """What the sharer should know of the letter to the other person; empty: it left."""
    if message is None:
        return ""
    if message.state == "failed" and message.error.startswith(Fault.ADDRESS):
        return _("could not be delivered: check the address")
    if message.state == "failed":
        return _("could not be delivered: send it again, or ask the help desk")
    if message.state == "waiting" and message.error:
        return _("not delivered yet: the portal keeps trying")
    return _("the e-mail is on its way") if message.state == "waiting" else ""
