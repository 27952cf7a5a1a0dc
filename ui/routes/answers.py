"""Answers to programs: a status, headers and bytes, sent with no framework in between."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Send

from services.errors import (
    Expired,
    Invalid,
    NotAllowed,
    NotFound,
    PortalError,
    TooLarge,
    TooMany,
    Unavailable,
    Unshowable,
    UnsupportedMedia,
)

RawHeaders = tuple[tuple[bytes, bytes], ...]
NOBODY = "Please sign in, or present a token: Authorization: Bearer …"
STATUS: dict[type[PortalError], int] = {
    Invalid: 400,
    NotAllowed: 403,
    NotFound: 404,
    Expired: 404,
    Unshowable: 406,
    UnsupportedMedia: 415,
    TooLarge: 413,
    TooMany: 429,
    Unavailable: 503,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back; Content-Length is added, and the body left out for HEAD."""

    status: int
    headers: RawHeaders
    body: bytes = b""

    async def send(self, send: Send, protective: RawHeaders, *, head: bool = False) -> None:
        """Send it, with the headers that protect every answer."""
        headers = [*self.headers, *protective]
        if self.status != 304:
            headers.append((b"content-length", b"%d" % len(self.body)))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if head else self.body})


def sentence(status: int, text: str, *more: tuple[bytes, bytes]) -> Answer:
    """A plain sentence; errors are not kept by any cache."""
    headers = (
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"cache-control", b"no-store"),
        *more,
    )
    return Answer(status, headers, f"{text}\n".encode())


def problem(error: PortalError) -> Answer:
    """A portal error as its status and its sentence."""
    return sentence(STATUS.get(type(error), 400), str(error))


async def told(_: Request, error: Exception) -> Response:
    """A portal error as a Starlette application answers it."""
    if not isinstance(error, PortalError):
        raise error
    answer = problem(error)
    headers = {name.decode(): value.decode() for name, value in answer.headers}
    return Response(answer.body, answer.status, headers)


def nobody() -> Answer:
    """Nobody is known to be calling (RFC 6750 3)."""
    return sentence(401, NOBODY, (b"www-authenticate", b"Bearer"))
