"""What every answer carries, and what is refused at the door."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from services.opening import open_portal
from services.portal import Portal
from services.settings import Settings
from ui import doorstep
from ui.armour import Armour, cookies

HERE = "http://127.0.0.1:8080"


@asynccontextmanager
async def _life(_: Starlette) -> AsyncIterator[None]:
    yield


def _browser(portal: Portal) -> TestClient:
    async def page(_: object) -> PlainTextResponse:
        return PlainTextResponse("page")

    inner = Starlette(routes=[Route("/", page, methods=["GET", "POST"])], lifespan=_life)
    return TestClient(Armour(inner, portal), base_url=HERE)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[TestClient]:
    portal = open_portal(Settings(_env_file=None, data_dir=tmp_path))
    yield _browser(portal)
    portal.database.close()


@pytest.fixture
def secure_browser(tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(_env_file=None, data_dir=tmp_path, base_url="https://imaging.example")
    portal = open_portal(settings)
    client = _browser(portal)
    client.base_url = "https://imaging.example"  # type: ignore[assignment]
    yield client
    portal.database.close()


def test_every_answer_is_wrapped(browser: TestClient) -> None:
    headers = browser.get("/").headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "object-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers


def test_over_https_cookies_are_bound_to_the_host(secure_browser: TestClient) -> None:
    answer = secure_browser.get("/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-myimaging_browser=")
    for part in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/"):
        assert part in cookie
    assert "max-age" in answer.headers["strict-transport-security"]


def test_an_unknown_host_is_refused(browser: TestClient) -> None:
    assert browser.get("/", headers={"host": "evil.example"}).status_code == 400


def test_a_form_from_another_site_is_refused(browser: TestClient) -> None:
    assert browser.post("/", headers={"origin": "http://evil.example"}).status_code == 403
    assert browser.post("/", headers={"origin": "null"}).status_code == 403
    assert browser.post("/", headers={"origin": HERE}).status_code == 200
    own = {"origin": "null", "sec-fetch-site": "same-origin"}
    assert browser.post("/", headers=own).status_code == 200
    typed = {"origin": "null", "sec-fetch-site": "none"}
    assert browser.post("/", headers=typed).status_code == 403
    # Firefox says that of a form that a redirect sends on; the number in it is its proof
    assert browser.post(doorstep.PATH, headers=typed).status_code == 404


def test_a_browser_keeps_its_cookie(browser: TestClient) -> None:
    assert "set-cookie" in browser.get("/").headers
    assert "set-cookie" not in browser.get("/").headers


def test_a_malformed_cookie_header_counts_as_none() -> None:
    assert cookies("a=1; b=2") == {"a": "1", "b": "2"}
    assert isinstance(cookies("\x01=;;;=;"), dict)
