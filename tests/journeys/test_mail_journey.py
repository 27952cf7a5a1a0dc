"""Signing in with a one-time password that a real mail server delivered."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from playwright.sync_api import Browser, expect

from tests.factories import PASSWORD
from tests.journeys.conftest import CHESTER, fill
from tests.journeys.people import DESKTOP, somebody
from tests.journeys.served import code_in, free_port, serving, text_of, until

pytestmark = pytest.mark.journey


class Mailbox:
    """Keeps what a mail server accepts."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        self.texts.append((envelope.rcpt_tos[0], text_of(mail)))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    kept, port = Mailbox(), free_port()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield kept, port
    controller.stop()


def test_the_one_time_password_arrives_by_smtp(
    browser: Browser, tmp_path: Path, mailbox: tuple[Mailbox, int]
) -> None:
    kept, smtp_port = mailbox
    data, port = tmp_path / "data", free_port()
    fill(data, port)
    with serving(data, port, smtp_url=f"smtp://127.0.0.1:{smtp_port}") as served:
        chester = somebody(browser, served, DESKTOP)
        chester.log_in(CHESTER, PASSWORD)
        text = until(lambda: next((t for to, t in kept.texts if to == CHESTER), ""), "the mail")
        dialog = chester.page.get_by_role("dialog")
        dialog.get_by_label("Password", exact=True).fill(code_in(text))
        dialog.get_by_role("button", name="Continue").click()
        chester.sees_image()
        expect(chester.page).to_have_title("CT 03 October 2026 09:20 - My Imaging")
        chester.context.close()
    assert not list((data / "mail").glob("*.eml"))
