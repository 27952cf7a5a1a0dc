"""A page's socket speaks for that page only: same origin, same browser, same session."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.journeys.served import Served, free_port, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("data"), free_port()) as running:
        yield running


@pytest.fixture
def page(served: Served) -> tuple[str, str]:
    """The cookie and the client id of somebody's open log-in page."""
    with urllib.request.urlopen(served.url + "/login") as answer:  # noqa: S310
        cookie = str(answer.headers["set-cookie"]).split(";")[0]
        found = re.search(r"client_id['\": ]+([0-9a-f-]{36})", answer.read().decode())
    assert found is not None
    return cookie, found[1]


def knock(served: Served, page: tuple[str, str], *, cookie: str | None, origin: str) -> str:
    """Open a socket for the page; returns the first words of the server."""
    headers = {"Cookie": cookie} if cookie else {}
    address = served.url.replace("http", "ws") + "/_nicegui_ws/socket.io/"
    address += f"?EIO=4&transport=websocket&client_id={page[1]}"
    with connect(address, additional_headers=headers, origin=origin) as socket:  # type: ignore[arg-type]
        return str(socket.recv(timeout=5))


def test_the_browser_that_got_the_page_is_let_in(served: Served, page: tuple[str, str]) -> None:
    assert knock(served, page, cookie=page[0], origin=served.url).startswith("0{")


def test_another_sites_page_is_refused(served: Served, page: tuple[str, str]) -> None:
    for origin in ("http://evil.example", "null"):
        with pytest.raises(InvalidStatus):
            knock(served, page, cookie=page[0], origin=origin)


def test_another_browser_is_refused(served: Served, page: tuple[str, str]) -> None:
    for cookie in (None, "myimaging_browser=somebody-elses"):
        with pytest.raises(InvalidStatus):
            knock(served, page, cookie=cookie, origin=served.url)


def test_a_session_that_the_page_was_not_given_to_is_refused(
    served: Served, page: tuple[str, str]
) -> None:
    with pytest.raises(InvalidStatus):
        knock(served, page, cookie=f"{page[0]}; myimaging_session=stolen-later", origin=served.url)
