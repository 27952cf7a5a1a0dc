"""The outbox for staff: what left, what waits, what failed; to be sent again or taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.audit import Action
from services.errors import Invalid, NotFound
from services.finding import listing
from services.finding.listing import Page, Wanted
from services.finding.patient_search import begins
from services.language import N_, _
from services.letterhead import Letter
from services.messaging import letters, messages
from services.persons import accounts, staff_roles
from services.persons.desk_work import changing
from services.persons.staff_roles import Task
from services.portal import Portal, Transaction
from services.preferences import letterhead
from services.publisher import MessagePosted, SharingChanged
from services.shares import invitations
from services.signing_in import one_time_links
from services.signing_in.sessions import SignedIn
from storage.models import Account, Grant, Message

SHOWN = 200
MOST = 250  # messages that one search looks at
ORDERS = {
    "": (Message.id.desc(),),
    "posted": (Message.id,),
    "recipient": (Message.recipient, Message.id),
}
STAFF_ONLY = N_("Only imaging administrators see messages.")
CODES = N_("A one-time password is not sent again: the person gets a new one by logging in.")
LINKS = N_("This link is not sent again: the person gets a new one through Forgot password.")


@dataclass(frozen=True, slots=True)
class Entry:
    """A message without its text, which may be secret."""

    number: int
    kind: str
    channel: str  # mail, sms
    recipient: str
    subject: str
    state: str  # waiting, held, sent, failed, cancelled
    posted_at: datetime
    sent_at: datetime | None
    attempts: int
    next_try_at: datetime | None
    reason: str  # of the last try: whose fault (`services.messaging.mailing.Fault`) and what it was


def listed(
    portal: Portal, account_id: int, *, state: str = "", before: int | None = None
) -> list[Entry]:
    """Messages, newest first: those in one `state`, or all; `before` a number, to go on."""
    with portal.reading() as db:
        staff_roles.check(db, account_id, Task.SEE_MESSAGES, _(STAFF_ONLY))
        query = select(Message).order_by(Message.id.desc()).limit(SHOWN)
        if state:
            query = query.where(Message.state == state)
        if before is not None:
            query = query.where(Message.id < before)
        return [_entry(message) for message in db.execute(query).scalars()]


def page(portal: Portal, account_id: int, wanted: Wanted) -> Page[Entry]:
    """A page of messages, newest first; those to addresses that begin with the words."""
    chosen = [
        column == wanted.chosen(column.key)
        for column in (Message.state, Message.channel)
        if wanted.chosen(column.key)
    ]
    query = select(Message).where(*chosen)
    with portal.reading() as db:
        staff_roles.check(db, account_id, Task.SEE_MESSAGES, _(STAFF_ONLY))
        if words := wanted.words.strip().lower():
            to_them = select(Message.id).where(begins(Message.recipient, words), *chosen)
            numbers = db.execute(to_them.limit(MOST)).scalars().all()
            query = query.where(Message.id.in_(numbers))
        found = listing.page(db, query, wanted, ORDERS)
        return found.of([_entry(row[0]) for row in found.rows])


def resend(portal: Portal, who: SignedIn, number: int) -> None:
    """Try a waiting message now; send any other once more, one with a link with a new link.

    Raises Invalid for what cannot be sent again because its text is not kept.
    """
    with changing(portal, who, Task.CHANGE_MESSAGES) as tx:
        message = _message(tx.db, number)
        tx.record(Action.MESSAGE_RESENT, account_id=who.account_id, message=number)
        if message.state == "waiting":
            message.not_before = tx.now
            tx.announce(MessagePosted())
            return
        if message.kind != letters.INVITATION:
            tx.post(
                message.recipient,
                _again(portal, tx, message),
                account_id=message.account_id,
                grant_id=message.grant_id,
                secret=message.secret,
                channel=message.channel,
            )
            return
        grant_id = message.grant_id or 0
    invitations.send_again(portal, who.account_id, grant_id)


def cancel(portal: Portal, who: SignedIn, number: int) -> None:
    """Take back a message that has not left; Invalid when it is too late."""
    with changing(portal, who, Task.CHANGE_MESSAGES) as tx:
        message = _message(tx.db, number)
        if message.state not in ("waiting", "held"):
            raise Invalid(_("This message cannot be taken back any more."))
        messages.withdraw([message])
        tx.record(Action.MESSAGE_CANCELLED, account_id=who.account_id, message=number)
        if grant := tx.db.get(Grant, message.grant_id) if message.grant_id else None:
            tx.announce(SharingChanged(grant.patient_id))


def _again(portal: Portal, tx: Transaction, message: Message) -> Letter:
    """The same letter; where it was secret, a new one if its kind can be made anew."""
    if not message.secret:
        return Letter(message.kind, message.subject, message.text, message.html)
    if message.kind == letters.ONE_TIME_PASSWORD:
        raise Invalid(_(CODES))
    owner = tx.db.get(Account, message.account_id) if message.account_id else None
    if message.kind != letters.SET_UP or owner is None or owner.status != "invited":
        raise Invalid(_(LINKS))
    link = one_time_links.make(portal, tx, owner, "setup", accounts.SETUP_LINK_LIFE)
    return letters.set_up(letterhead(portal.settings, owner), link)


def _entry(message: Message) -> Entry:
    return Entry(
        number=message.id,
        kind=message.kind,
        channel=message.channel,
        recipient=message.recipient,
        subject=message.subject,
        state=message.state,
        posted_at=message.created_at,
        sent_at=message.sent_at,
        attempts=message.attempts,
        next_try_at=message.not_before if message.state == "waiting" else None,
        reason=message.error,
    )


def _message(db: Session, number: int) -> Message:
    message = db.get(Message, number)
    if message is None:
        raise NotFound(_("There is no such message."))
    return message
