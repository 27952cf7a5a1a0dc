"""Requests that no browser sends, byte by byte: refused or answered once, never taken for two."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from tests.journeys.served import Served, free_port, serving

SILENCE = 0.4  # seconds after which no second answer is expected any more
SMUGGLED = b"GET /health/live HTTP/1.1\r\nHost: {host}\r\n\r\n"
HEAD = b"POST /session HTTP/1.1\r\nHost: {host}\r\n"
BOTH_LENGTHS = {
    "length and chunks":
        HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunks and length":
        HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n" + SMUGGLED,
    "two lengths": HEAD + b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n" + SMUGGLED,
    "a length with a sign": HEAD + b"Content-Length: +0\r\n\r\n" + SMUGGLED,
    "chunks spelt otherwise": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunks twice": HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "a blank before the colon": HEAD + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "a chunk that is no number": HEAD + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" + SMUGGLED,
}  # fmt: skip
HOSTS = {
    "another host": b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "a host with an address before it": b"GET / HTTP/1.1\r\nHost: evil.example@{host}\r\n\r\n",
    "a forwarded host does not count": 
        b"GET / HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: {host}\r\n\r\n",
    "a host in another spelling": b"GET / HTTP/1.1\r\nHost: {host}.\r\n\r\n",
}  # fmt: skip
HONEST = b"GET /studies HTTP/1.1\r\nHost: {host}\r\n"
BROKEN = {
    "no request": b"\x16\x03\x01\x02\0\x01\0\x01\xfc",
    "a header of a megabyte": HONEST + b"X: " + b"a" * (1 << 20) + b"\r\n\r\n",
    "an address of a megabyte": b"GET /" + b"a" * (1 << 20) + b" HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "ten thousand headers": HONEST + b"X: y\r\n" * 10_000 + b"\r\n",
    "a header that is folded": HONEST + b"X: y\r\n z: w\r\n\r\n",
    "a zero byte": b"GET /login\0 HTTP/1.1\r\nHost: {host}\r\n\r\n",
    "an old version": b"GET /login\r\n\r\n",
    "cookies that are none": HONEST + b"Cookie: \xff=;;myimaging_session=\xfe\"\r\n\r\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("raw"), free_port()) as running:
        yield running
        assert httpx.get(f"{running.url}/health/ready").status_code == 200


def said(served: Served, request: bytes) -> bytes:
    """All that comes back until the line is closed or silent."""
    host = served.url.removeprefix("http://")
    name, _, port = host.partition(":")
    answer = b""
    with socket.create_connection((name, int(port)), timeout=5) as line:
        with suppress(OSError):
            line.sendall(request.replace(b"{host}", host.encode()))
        with suppress(OSError):
            while piece := line.recv(65536):
                answer += piece
                line.settimeout(SILENCE)
    return answer


@pytest.mark.parametrize("kind", BOTH_LENGTHS)
def test_a_request_within_a_request_is_not_answered(served: Served, kind: str) -> None:
    answer = said(served, BOTH_LENGTHS[kind])
    assert b"live\n" not in answer
    assert not re.search(rb"HTTP/1.1 5\d\d", answer)


@pytest.mark.parametrize("kind", HOSTS)
def test_only_its_own_names_are_answered(served: Served, kind: str) -> None:
    answer = said(served, HOSTS[kind])
    assert re.match(rb"HTTP/1.1 400", answer)
    assert b"evil.example" not in answer


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_no_request_breaks_nothing(served: Served, kind: str) -> None:
    assert not re.search(rb"HTTP/1.1 5\d\d", said(served, BROKEN[kind]))
    assert said(served, SMUGGLED).endswith(b"live\n"), "an honest request is answered"


def test_a_prefix_that_a_proxy_did_not_send_is_not_believed(served: Served) -> None:
    for path in ("/login", "/studies", "/login/"):
        answer = httpx.get(served.url + path, headers={"x-forwarded-prefix": "//evil.example"})
        told = answer.text + str(answer.headers)
        assert "evil.example" not in told, path


def test_nothing_outside_the_browsers_files_is_served(served: Served) -> None:
    version = re.search(r"/_nicegui/[^/\"]+", httpx.get(f"{served.url}/login").text)
    assert version is not None
    for way in ("static", "libraries", "components", "resources/x", "esm/nicegui"):
        for up in ("../" * 8, "..%2f" * 8, "%2e%2e/" * 8, "..\\" * 8, "....//" * 8, "%252e%252e/"):
            for target in ("etc/passwd", "main.py", "portal.sqlite3", ".env"):
                path = f"{version[0]}/{way}/{up}{target}"
                request = f"GET {path} HTTP/1.1\r\nHost: {{host}}\r\nConnection: close\r\n\r\n"
                answer = said(served, request.encode())
                assert re.match(rb"HTTP/1.1 (4|30)", answer), (way, up, answer[:80])
                assert b"root:" not in answer
