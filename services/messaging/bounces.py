"""Mail that came back: a delivery status notification (RFC 3464) about a letter of this portal."""

from __future__ import annotations

import hmac
import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from services.audit import Action
from services.messaging.delivery import fail
from services.messaging.mailing import Fault, message_marks
from services.portal import Portal
from storage.models import Message

LARGEST = 4 << 20  # bytes of a notification; it may hold the whole letter
OWN = re.compile(r"<(\d{1,18})\.([0-9a-f]{24})@")
STATUS = re.compile(r"^([245])\.(\d{1,3})\.\d{1,3}")


def take_in(portal: Portal, notification: bytes) -> bool:
    """Note that a letter came back for good; False when this is no such notification.

    Only a letter's own Message-ID, which nobody else can make up, moves anything. What is merely
    late (status 4, RFC 3463) changes nothing.
    """
    mail = message_from_bytes(notification[:LARGEST], policy=policy.default)
    status, number = _status(mail), _number(portal, mail)
    if number is None or status is None or status[1] != "5":
        return False
    with portal.transaction() as tx:
        message = tx.db.get(Message, number)
        if message is None or message.state != "sent":
            return False
        fault = Fault.ADDRESS if status[2] == "1" else Fault.REFUSED
        fail(tx, message, f"{fault}: came back with {status[0]}")
        tx.record(Action.MESSAGE_BOUNCED, account_id=None, message=number)
        return True


def _status(mail: EmailMessage) -> re.Match[str] | None:
    """The status of the one recipient that the notification is about."""
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in part.iter_parts() if part.is_multipart() else ():
            action = str(block.get("Action", "")).strip().lower()
            if action == "failed":
                return STATUS.match(str(block.get("Status", "")).strip())
    return None


def _number(portal: Portal, mail: EmailMessage) -> int | None:
    """The number of our letter that the notification quotes, if its mark is right."""
    quoted = [part for part in mail.walk() if part.get("X-Outbox-Number")]
    texts = [
        str(part.get_payload())
        for part in mail.walk()
        if part.get_content_type() == "text/rfc822-headers"
    ]
    ids = [str(part.get("Message-ID", "")) for part in quoted] + texts
    for found in (OWN.search(text) for text in ids):
        if found is None:
            continue
        marks = message_marks(portal, int(found[1]))
        if any(hmac.compare_digest(mark, found[2]) for mark in marks):
            return int(found[1])
    return None
