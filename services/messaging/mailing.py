"""Handing one e-mail over: to a mail server, or to a folder where there is none."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from services.errors import Invalid
from services.letterhead import one_line
from services.portal import Portal
from services.randomness import keyed
from services.settings import Settings
from storage.models import Message

CLOSING = 421  # "service not available, closing transmission channel" (RFC 5321 4.2.2)


class Fault(StrEnum):
    """Whose fault it is that a message did not leave, and so what helps."""

    ADDRESS = "address"  # the server will never take anything for this address
    REFUSED = "refused"  # the server will never take this message
    LATER = "later"  # this message may be taken later
    AWAY = "away"  # no message can be handed over just now


class Undeliverable(Exception):
    """A message was not handed over; `fault` says what that means for it and for the others."""

    def __init__(self, reason: str, fault: Fault) -> None:
        super().__init__(reason)
        self.fault = fault

    @property
    def final(self) -> bool:
        """Whether trying again is of no use."""
        return self.fault in (Fault.ADDRESS, Fault.REFUSED)


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
    """A mail server, from `smtp://user:password@host:port?starttls=1` or `smtps://…`.

    `timeout` is in seconds: how long one answer may take, and a third of what all may take.
    """

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
        """Speak SMTP (RFC 5321); what the answers mean for this message stands in `Fault`."""
        try:
            asyncio.run(asyncio.wait_for(self._speak(mail), self.timeout * 3))
        except TimeoutError:
            raise Undeliverable("too slow", Fault.LATER) from None

    def greet(self) -> None:
        """Connect, log in and leave; raises Undeliverable when the server will not have it."""
        try:
            asyncio.run(asyncio.wait_for(self._greet(), self.timeout * 3))
        except TimeoutError:
            raise Undeliverable("too slow", Fault.LATER) from None

    async def _greet(self) -> None:
        client = self._client()
        try:
            await client.connect()
            await client.noop()
            await client.quit()
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Undeliverable(_reason(error), Fault.AWAY) from None
        finally:
            client.close()

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            use_tls=self.tls,
            start_tls=self.starttls,
            timeout=self.timeout,
        )

    async def _speak(self, mail: EmailMessage) -> None:
        client = self._client()
        try:
            try:
                await client.connect()
            except (aiosmtplib.SMTPException, OSError) as error:
                raise Undeliverable(_reason(error), Fault.AWAY) from None
            try:
                await client.send_message(mail)
            except (aiosmtplib.SMTPException, OSError) as error:
                raise Undeliverable(_reason(error), _fault(error)) from None
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()  # the message is taken: what happens now does not matter
        finally:
            client.close()


def transport(settings: Settings) -> Transport:
    """The transport that the configuration names."""
    if settings.smtp_url:
        return SmtpTransport(settings.smtp_url)
    return FolderTransport(settings.data_dir / "mail")


def envelope(portal: Portal, message: Message) -> EmailMessage:
    """The message as an e-mail, the same to the last byte however often it is made.

    So a mailbox to which it came twice, because the portal went down between handing it over and
    noting that, knows it by its Message-ID and shows it once.
    """
    settings = portal.settings
    mark = message_marks(portal, message.id)[0]
    host = urlsplit(settings.public_url).hostname or "localhost"
    mail = EmailMessage()
    mail["From"] = Address(
        one_line(settings.portal_name), addr_spec=settings.mail_from or settings.support_email
    )
    mail["To"] = Address(addr_spec=message.recipient)
    mail["Subject"] = one_line(message.subject)
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = f"<{message.id}.{mark}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence notice answers it
    mail["X-Outbox-Number"] = str(message.id)
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
        mail.set_boundary(f"=-{mark}")
    return mail


def message_marks(portal: Portal, number: int) -> list[str]:
    """What makes the Message-ID of a message one that nobody can guess; by newer keys first."""
    return [keyed(key, number)[:24] for key in portal.keys.every("message id")]


def _code(error: Exception) -> int | None:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return error.recipients[0].code if error.recipients else None
    return error.code if isinstance(error, aiosmtplib.SMTPResponseException) else None


def _reason(error: Exception) -> str:
    """Without the server's words: they may repeat an address."""
    code = _code(error)
    return f"answered {code}" if code else type(error).__name__


def _fault(error: Exception) -> Fault:
    code = _code(error) or 0
    if code == CLOSING:
        return Fault.AWAY
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return Fault.ADDRESS if code >= 500 else Fault.LATER
    if isinstance(error, aiosmtplib.SMTPDataError):
        return Fault.REFUSED if code >= 500 else Fault.LATER
    # a greeting, a log-in or a sender that is refused is refused for every message
    return Fault.AWAY if code else Fault.LATER
