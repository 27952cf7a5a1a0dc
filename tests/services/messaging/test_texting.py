"""One-time passwords as text messages, through Apprise; by e-mail where that fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import select, update

from services.errors import Invalid, NotAllowed
from services.messaging import texting
from services.messaging.mailing import Undeliverable
from services.messaging.texting import SmsTransport
from services.signing_in import login
from services.signing_in.login_codes import Challenge
from services.upkeep import housekeeping
from storage.models import Account, Message
from tests.factories import PASSWORD, QUICK_HASH, House, closed_port, open_house

EMAIL, MOBILE = "chester@x.example", "+61491570006"
BROWSER = "the browser that asked"


@dataclass
class SmsService:
    """A text message service as Apprise's `json://` speaks to it."""

    port: int = field(default_factory=closed_port)
    received: list[tuple[str, str]] = field(default_factory=list)
    status: int = 200

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.port}/send"

    @contextmanager
    def serving(self) -> Iterator[None]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if service.status == 200:
                    service.received.append((self.path, body["message"]))
                self.send_response(service.status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@pytest.fixture
def service() -> SmsService:
    return SmsService()


@pytest.fixture
def texted(tmp_path: Path, service: SmsService) -> Iterator[House]:
    """A portal that sends text messages, with Chester, who has a mobile number."""
    house = open_house(tmp_path / "texted", sms_url=service.url)
    chester = house.account(EMAIL, "patient", password_hash=QUICK_HASH)
    with house.portal.transaction() as tx:
        tx.db.get_one(Account, chester).mobile = MOBILE
    yield house
    house.portal.database.close()


def begin(house: House) -> Challenge:
    return login.begin(house.portal, EMAIL, PASSWORD, BROWSER)


def deliver(house: House) -> None:
    mail, sms = housekeeping.couriers(house.portal)
    sms.round()
    mail.round()


def outbox(house: House) -> list[tuple[str, str, str]]:
    with house.portal.reading() as db:
        rows = db.execute(select(Message).order_by(Message.id)).scalars()
        return [(row.channel, row.state, row.text) for row in rows]


def test_the_one_time_password_goes_to_the_mobile_number_and_to_nowhere_else(
    texted: House, service: SmsService
) -> None:
    challenge = begin(texted)
    assert (challenge.by_text, challenge.destination) == (True, "••• 006")
    with service.serving():
        deliver(texted)
    [(path, text)] = service.received
    assert path == "/send/+61491570006"
    assert texted.secrets.codes[-1] in text
    assert outbox(texted) == [("sms", "sent", ""), ("mail", "cancelled", "")]
    assert texted.mail() == []
    assert login.sending(texted.portal, challenge.attempt, BROWSER) == login.Sending("", True)


@pytest.mark.parametrize("status", [500, 404, None])
def test_where_the_text_message_fails_the_same_password_is_mailed_and_the_page_says_so(
    texted: House, service: SmsService, status: int | None
) -> None:
    challenge = begin(texted)
    if status is None:  # nobody there
        deliver(texted)
    else:
        service.status = status
        with service.serving():
            deliver(texted)
    [(to, _, text)] = texted.mail()
    assert to == EMAIL
    assert texted.secrets.codes[-1] in text
    sending = login.sending(texted.portal, challenge.attempt, BROWSER)
    assert "could not be sent to your mobile number" in sending.sentence
    assert "c•••@x•••.example" in sending.sentence
    assert sending.over
    assert login.confirm(texted.portal, challenge.attempt, texted.secrets.codes[-1], BROWSER)


def test_a_text_message_under_way_keeps_its_letter_waiting(texted: House) -> None:
    challenge = begin(texted)
    assert texted.mail() == []
    assert not login.sending(texted.portal, challenge.attempt, BROWSER).over


def test_on_request_the_next_one_time_password_is_mailed(
    texted: House, service: SmsService
) -> None:
    challenge = begin(texted)
    texted.clock.move(seconds=60)
    again = login.resend(texted.portal, challenge.attempt, BROWSER, by_mail=True)
    assert (again.by_text, again.destination) == (False, "c•••@x•••.example")
    with service.serving():
        deliver(texted)
    assert service.received == []  # the text message was taken back: its password is superseded
    assert len(texted.mail()) == 1


def test_without_a_mobile_number_it_is_mailed(texted: House) -> None:
    with texted.portal.transaction() as tx:
        tx.db.execute(update(Account).values(mobile=""))
    assert not begin(texted).by_text
    assert len(texted.mail()) == 1


def test_without_a_service_it_is_mailed(house: House) -> None:
    account = house.account(EMAIL, "patient", password_hash=QUICK_HASH)
    with house.portal.transaction() as tx:
        tx.db.get_one(Account, account).mobile = MOBILE
    assert not begin(house).by_text
    assert len(house.mail()) == 1
    assert texting.carrier(house.portal.settings) is None


def test_only_the_browser_that_asked_hears_what_became_of_it(texted: House) -> None:
    challenge = begin(texted)
    with pytest.raises(NotAllowed):
        login.sending(texted.portal, challenge.attempt, "another browser")


def test_the_url_may_say_where_the_number_belongs(service: SmsService) -> None:
    with service.serving():
        SmsTransport(f"json://127.0.0.1:{service.port}/to/{{mobile}}/now").send(MOBILE, "Hello")
    assert service.received == [("/to/+61491570006/now", "Hello")]


def test_a_service_that_does_not_take_it_is_told_without_number_or_text(
    service: SmsService, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Undeliverable, match="did not take it"):
        SmsTransport(service.url).send(MOBILE, "CODE2345")
    assert MOBILE not in caplog.text
    assert "CODE2345" not in caplog.text


def test_an_address_that_is_no_service_is_refused_at_the_start() -> None:
    with pytest.raises(Invalid, match="MYIMAGING_SMS_URL"):
        SmsTransport("carrier-pigeon://north")
