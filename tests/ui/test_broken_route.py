"""What a person reads when a route failed."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.factories import House
from ui.routes.plain_page import broken_route


def test_a_page_that_fails_says_so_without_the_error(house: House) -> None:
    def fail(request: Request) -> Response:
        raise RuntimeError("FRENCHIE^Chester at line 7")

    application = Starlette(
        routes=[Route("/study/a1", fail)],
        exception_handlers={Exception: broken_route(house.portal.settings)},
    )
    with TestClient(application, raise_server_exceptions=False) as client:
        answer = client.get("/study/a1")
    assert answer.status_code == 500
    assert "try again in a minute" in answer.text
    assert 'href="/study/a1"' in answer.text
    assert "FRENCHIE" not in answer.text
