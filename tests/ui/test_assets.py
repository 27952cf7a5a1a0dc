"""Scripts and styles are read once; everything else passes through."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from ui import assets
from ui.assets import Assets


class Counting:
    """An application that counts what reaches it."""

    def __init__(self) -> None:
        self.asked = 0
        self.client = TestClient(Assets(Starlette(routes=[Route("/{path:path}", self._answer)])))

    def _answer(self, request: Request) -> Response:
        self.asked += 1
        status = 404 if "missing" in request.url.path else 200
        return PlainTextResponse(f"{request.url.path} {self.asked}", status)


@pytest.fixture
def app() -> Counting:
    return Counting()


def test_an_asset_is_made_once(app: Counting) -> None:
    answers = {app.client.get("/_nicegui/1/static/a.js").text for _ in range(3)}
    assert answers == {"/_nicegui/1/static/a.js 1"}


def test_who_takes_no_compressed_answer_gets_another(app: Counting) -> None:
    for encoding in ("gzip", "identity", "gzip"):
        app.client.get("/_nicegui/1/a.js", headers={"Accept-Encoding": encoding})
    assert app.asked == 2


@pytest.mark.parametrize(
    "path", ["/study/abc", "/_nicegui/1/a.js?x=1", "/_nicegui/1/dynamic_resources/now"]
)
def test_what_may_change_is_never_remembered(app: Counting, path: str) -> None:
    assert app.client.get(path).text != app.client.get(path).text


def test_a_part_of_an_asset_is_not_taken_for_all_of_it(app: Counting) -> None:
    app.client.get("/_nicegui/1/a.js", headers={"Range": "bytes=0-1"})
    assert app.client.get("/_nicegui/1/a.js").text.endswith("2")


def test_an_error_is_passed_on_and_not_remembered(app: Counting) -> None:
    answers = [app.client.get("/_nicegui/1/missing.js") for _ in range(2)]
    assert [a.status_code for a in answers] == [404, 404]
    assert answers[0].text != answers[1].text


def test_what_is_remembered_is_bounded(app: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "MOST_BYTES", 30)
    for number in (1, 1, 2, 2):
        assert app.client.get(f"/_nicegui/1/static/{number}.js").status_code == 200
    assert app.asked == 3
