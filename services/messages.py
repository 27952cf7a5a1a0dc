"""Delivering the outbox: in order, with back-off, never losing a message to a dead mail server."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
import structlog
from sqlalchemy import or_, select

from services.errors import Invalid
from services.portal import Portal
from services.settings import Settings
from storage.models import Message

log = structlog.get_logger()
GIVE_UP_AFTER = timedelta(days=3)
LONGEST_WAIT = timedelta(minutes=30)


class Undeliverable(Exception):
    """`final`: this recipient will never get it; else the server may take it later."""

    def __init__(self, reason: str, *, final: bool) -> None:
        super().__init__(reason)
        self.final = final


class Transport(Protocol):
    """Hands one e-mail over to whoever delivers it."""

    def send(self, mail: EmailMessage) -> None:
        """Raises Undeliverable."""


class FolderTransport:
    """Keeps e-mails as `.eml` files, for a portal without a mail server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def send(self, mail: EmailMessage) -> None:
        """Write the message whole, then give it its name."""
        number = str(mail["X-Outbox-Number"]).zfill(8)
        partial = self.folder / f"{number}.part"
        partial.write_bytes(mail.as_bytes())
        partial.replace(self.folder / f"{number}.eml")


class SmtpTransport:
    """A mail server, from `smtp://user:password@host:port?starttls=1` or `smtps://…`."""

    def __init__(self, url: str, timeout: float = 20) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise Invalid("MYIMAGING_SMTP_URL must look like smtp://user:password@host:port")
        self.timeout = timeout
        self.host = parts.hostname
        self.tls = parts.scheme == "smtps"
        self.starttls = parse_qs(parts.query).get("starttls") == ["1"]
        self.port = parts.port or (465 if self.tls else 587 if self.starttls else 25)
        self.user = unquote(parts.username) if parts.username else None
        self.password = unquote(parts.password) if parts.password else None

    def send(self, mail: EmailMessage) -> None:
        """Speak SMTP (RFC 5321); a 5xx answer about the recipient is final."""
        try:
            asyncio.run(
                aiosmtplib.send(
                    mail,
                    hostname=self.host,
                    port=self.port,
                    username=self.user,
                    password=self.password,
                    use_tls=self.tls,
                    start_tls=self.starttls,
                    timeout=self.timeout,
                )
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            code = error.recipients[0].code if error.recipients else 450
            raise Undeliverable(f"refused with {code}", final=code >= 500) from None
        except aiosmtplib.SMTPResponseException as error:
            raise Undeliverable(f"answered {error.code}", final=False) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Undeliverable(type(error).__name__, final=False) from None


def transport(settings: Settings) -> Transport:
    """The transport that the configuration names."""
    if settings.smtp_url:
        return SmtpTransport(settings.smtp_url)
    return FolderTransport(settings.data_dir / "mail")


def deliver_due(portal: Portal, carrier: Transport) -> int:
    """Deliver what is due, oldest first; returns how many left."""
    now = portal.clock()
    with portal.reading() as db:
        due = select(Message.id).where(
            Message.sent_at.is_(None),
            Message.failed_at.is_(None),
            Message.not_before <= now,
        )
        numbers = list(db.execute(due.order_by(Message.id)).scalars())
    return sum(_deliver(portal, carrier, number) for number in numbers)


def waiting(portal: Portal) -> int:
    """How many messages have not left yet."""
    with portal.reading() as db:
        query = select(Message.id).where(Message.sent_at.is_(None), Message.failed_at.is_(None))
        return len(db.execute(query).all())


def delivery_trouble(portal: Portal) -> bool:
    """Whether a message waits because the mail server could not be reached."""
    with portal.reading() as db:
        query = select(Message.id).where(
            Message.sent_at.is_(None), or_(Message.attempts > 0, Message.failed_at.is_not(None))
        )
        return db.execute(query.limit(1)).first() is not None


def _deliver(portal: Portal, carrier: Transport, number: int) -> bool:
    with portal.reading() as db:
        message = db.get_one(Message, number)
    problem: Undeliverable | None = None
    if message.expires_at is not None and message.expires_at <= portal.clock():
        problem = Undeliverable("too late to be of use", final=True)
    else:
        try:
            carrier.send(_mail(portal, message))
        except Undeliverable as error:
            problem = error
        except Exception as error:  # one message that breaks its carrier must not stop the others
            problem = Undeliverable(type(error).__name__, final=False)
    with portal.transaction() as tx:
        message = tx.db.get_one(Message, number)
        message.attempts += 1
        if problem is None:
            message.sent_at = tx.now
        else:
            message.error = str(problem)[:300]
            waits = min(timedelta(seconds=5 * 2 ** min(message.attempts, 12)), LONGEST_WAIT)
            message.not_before = tx.now + waits
            if problem.final or tx.now - message.created_at > GIVE_UP_AFTER:
                message.failed_at = tx.now
            log.warning("message not delivered", message=number, reason=str(problem))
        if message.secret and (message.sent_at or message.failed_at):
            message.text = ""
    return problem is None


def _mail(portal: Portal, message: Message) -> EmailMessage:
    settings = portal.settings
    mail = EmailMessage()
    mail["From"] = f'"{settings.portal_name}" <{settings.mail_from or settings.support_email}>'
    mail["To"] = message.recipient
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = make_msgid(
        idstring=str(message.id), domain=(urlsplit(settings.public_url).hostname or "localhost")
    )
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Outbox-Number"] = str(message.id)
    mail.set_content(message.text)
    return mail
