"""News of a letter changes where it stands: no button is made anew under somebody's finger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nicegui import Client
from nicegui.element import Element
from nicegui.page import page

from services.settings import Settings
from services.shares.manage_sharing import Share
from services.shares.share_news import News
from ui.components.sharing.letter_news import LetterNews, only_news

DAY = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
SHARE = Share(
    grant_id=1, depth=0, exam="CT", shared_on=DAY, expires_at=DAY, shared_with="rooms@practice",
    shared_by="", may_share=False, may_download=True, hidden=False, opened=False,
    news=News(None, "on its way", False), patient_id=1, study_id=1, grantee_id=2,
    email="rooms@practice", by_carer=False,
)  # fmt: skip


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with Client(page("/"), request=None) as client:
        yield client


def seen(client: Client) -> list[str]:
    spans = (e for e in client.elements.values() if e.tag in ("span", "button") and e.visible)
    return [str(e._text) for e in spans if e._text]


def button(client: Client) -> Element:
    return next(e for e in client.elements.values() if e.tag == "button")


async def nothing(_share: Share) -> None:
    pass


def test_what_becomes_of_a_letter_is_told_beside_the_same_button(
    client: Client, tmp_path: Path
) -> None:
    news = LetterNews(Settings(_env_file=None, data_dir=tmp_path), SHARE, nothing)
    before = button(client)
    assert seen(client) == ["Has not set up an account yet", "on its way", "Send again"]
    news.tell(replace(SHARE, news=News(None, "", False)))
    assert seen(client) == ["Has not set up an account yet", "Send again"]
    news.tell(replace(SHARE, opened=True, news=News(None, "failed", True)))
    assert seen(client) == ["Not opened yet", "failed", "Send again"]
    news.tell(replace(SHARE, opened=True, news=News(DAY, "", False)))
    assert [text[:9] for text in seen(client)] == ["opened on"]
    assert button(client) is before


def test_only_news_is_told_from_other_changes() -> None:
    sent = replace(SHARE, opened=True, news=News(DAY, "", False))
    assert only_news([SHARE], [sent])
    assert not only_news([SHARE], [replace(sent, may_share=True)])
    assert not only_news([SHARE], [sent, sent])
    assert not only_news([SHARE], [])
