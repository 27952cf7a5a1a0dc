"""Handing one text message over, through whichever service Apprise knows."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import quote, urlsplit, urlunsplit

from services.errors import Invalid
from services.messaging.mailing import Fault, Undeliverable
from services.settings import Settings
from storage.models import Message

PLACE = "{mobile}"
WRONG_URL = (
    "MYIMAGING_SMS_URL must be an Apprise URL, such as twilio://SID:TOKEN@FROM; {mobile} in it "
    "stands for the number, which otherwise is added to its path."
)


class SmsTransport:
    """A text message service, from an Apprise URL without its recipient."""

    def __init__(self, url: str) -> None:
        from apprise import Apprise  # large, and only needed where text messages are sent

        logging.getLogger("apprise").disabled = True  # its lines hold numbers and texts
        self._url, self._service = url, Apprise
        if not self._service().add(self._to("+15550100")):
            raise Invalid(WRONG_URL)

    def send(self, mobile: str, text: str) -> None:
        """Send `text` to an E.164 number; raises Undeliverable.

        The service does not tell a wrong number from one that is busy, so neither can this.
        """
        service = self._service()
        if not service.add(self._to(mobile)):
            raise Undeliverable("no such number", Fault.ADDRESS)
        if not service.notify(body=text, body_format="text"):
            raise Undeliverable("the service did not take it", Fault.LATER)

    def _to(self, mobile: str) -> str:
        if PLACE in self._url:
            return self._url.replace(PLACE, quote(mobile))
        parts = urlsplit(self._url)
        path = f"{parts.path.rstrip('/')}/{quote(mobile)}"
        return urlunsplit(parts._replace(path=path))


def carrier(settings: Settings) -> Callable[[Message], None] | None:
    """What takes text messages; None where the configuration names no service."""
    if not settings.sms_url:
        return None
    service = SmsTransport(settings.sms_url)
    return lambda message: service.send(message.recipient, message.text)
