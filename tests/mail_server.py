"""A real SMTP server (aiosmtpd) for tests: it keeps what it takes, and refuses, hangs or goes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from services.messaging.mailing import SmtpTransport
from tests.factories import closed_port


@dataclass
class MailServer:
    """What it was handed; `answers` refuses recipients, `verdict` answers every letter."""

    port: int = field(default_factory=closed_port)
    received: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    senders_refused: str = ""
    verdict: str = "250 OK"
    hangs_for: set[str] = field(default_factory=set)

    def transport(self, timeout: float = 10) -> SmtpTransport:
        """The transport to this server, whether it is there or not."""
        return SmtpTransport(f"smtp://127.0.0.1:{self.port}", timeout=timeout)

    @contextmanager
    def serving(self) -> Iterator[SmtpTransport]:
        """There, until the block ends."""
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        try:
            yield self.transport()
        finally:
            controller.stop()

    @property
    def subjects(self) -> list[str]:
        """Of what was taken, oldest first."""
        return [str(mail["Subject"]) for _, mail in self.received]

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.senders_refused:
            return self.senders_refused
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.hangs_for:
            await asyncio.Event().wait()  # never answers: the other side gives up
        if refusal := self.answers.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.verdict.startswith("250"):
            mail = message_from_bytes(envelope.content, policy=policy.default)
            self.raw.append(envelope.content)
            self.received.append((list(envelope.rcpt_tos), mail))
        return self.verdict
