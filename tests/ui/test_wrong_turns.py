"""What a person reads where there is nothing, and when a page could not be made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.factories import House
from tests.journeys.served import Served, free_port, serving
from ui.routes.plain_page import WrongTurns


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path / "data", free_port()) as running:
        yield running


def test_a_wrong_address_says_what_to_do_next_and_nothing_of_the_program(served: Served) -> None:
    for path in ("/nowhere", "/study", "/staff/nowhere"):
        answer = httpx.get(served.url + path, headers={"Accept-Language": "en"})
        assert answer.status_code == 404, path
        assert "There is nothing at this address." in answer.text
        assert 'href="/"' in answer.text
        assert 'href="/support"' in answer.text
        assert "HTTPException" not in answer.text
    spoken = httpx.get(served.url + "/nowhere", headers={"Accept-Language": "de"})
    assert "Diese Seite gibt es nicht" in spoken.text


def test_a_page_that_fails_says_so_without_the_error(house: House) -> None:
    def fail(request: Request) -> Response:
        raise RuntimeError("FRENCHIE^Chester at line 7")

    wrong = WrongTurns(house.portal.settings)
    application = Starlette(
        routes=[Route("/study/a1", fail)], exception_handlers={Exception: wrong.broken}
    )
    with TestClient(application, raise_server_exceptions=False) as client:
        answer = client.get("/study/a1")
    assert answer.status_code == 500
    assert "try again in a minute" in answer.text
    assert 'href="/study/a1"' in answer.text
    assert "FRENCHIE" not in answer.text
