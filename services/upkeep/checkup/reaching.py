"""Whether messages leave: the mail server, the text message service, the outbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.errors import Invalid
from services.language import _, ngettext
from services.messaging.mailing import SmtpTransport, Undeliverable
from services.messaging.texting import SmsTransport
from services.settings import Settings
from services.upkeep.checkup.configuration import LOOPBACK
from services.upkeep.checkup.finding import Finding, bad, good, weak
from storage.models import Message

PATIENCE = 8.0  # seconds for an answer of the mail server
OVERDUE = timedelta(hours=1)
LATELY = timedelta(days=7)


def look_at_mail(settings: Settings) -> Finding:
    """Whether the mail server answers and lets the portal in; nothing is sent."""
    subject = _("Mail")
    if not settings.smtp_url:
        return weak(
            subject,
            _("No mail server is set: messages are only kept as files."),
            _("Set MYIMAGING_SMTP_URL, such as smtp://user:password@host:587?starttls=1"),
        )
    try:
        server = SmtpTransport(settings.smtp_url, timeout=PATIENCE)
        server.greet()
    except Invalid as error:
        return bad(subject, str(error), _("Correct MYIMAGING_SMTP_URL."))
    except Undeliverable as error:
        return bad(
            subject,
            _("The mail server {host} does not let the portal in ({reason}).").format(
                host=server.host, reason=error
            ),
            _("Check MYIMAGING_SMTP_URL: host, port, user, password. Messages wait meanwhile."),
        )
    if not (server.tls or server.starttls) and server.host not in LOOPBACK:
        return weak(
            subject,
            _("Mail goes to {host} without encryption.").format(host=server.host),
            _("Use smtps://… or add ?starttls=1 to MYIMAGING_SMTP_URL."),
        )
    return good(subject, _("The mail server {host} answers.").format(host=server.host))


def look_at_sms(settings: Settings) -> Finding:
    """Whether text messages have a service; none is sent."""
    subject = _("Text messages")
    if not settings.sms_url:
        return good(subject, _("None are sent; one-time passwords go by e-mail."))
    try:
        SmsTransport(settings.sms_url)
    except Invalid as error:
        return bad(subject, str(error), _("Correct MYIMAGING_SMS_URL."))
    return good(subject, _("A text message service is set."))


def look_at_outbox(db: Session, now: datetime) -> Iterator[Finding]:
    """Whether messages wait for long, or failed lately."""
    subject = _("Outbox")
    waiting, oldest = db.execute(
        select(func.count(), func.min(Message.created_at)).where(Message.state == "waiting")
    ).one()
    failed = db.execute(
        select(func.count()).where(Message.state == "failed", Message.failed_at > now - LATELY)
    ).scalar_one()
    said = ngettext("{count} message waits.", "{count} messages wait.", waiting)
    said = said.format(count=waiting)
    if oldest is not None and now - oldest > OVERDUE:
        yield bad(
            subject, said + " " + _("The oldest has waited for over an hour."),
            _("See under Messages at the staff desk why they do not leave."),
        )  # fmt: skip
    elif failed:
        lately = ngettext(
            "{count} message failed in the last week.", "{count} messages failed in the last week.",
            failed,
        )  # fmt: skip
        yield weak(
            subject, lately.format(count=failed), _("See under Messages at the staff desk why.")
        )
    else:
        yield good(subject, said)
