"""Who calls: what a program's or a picture's request presents, and the caller behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from services.callers import Caller, Callers, Way


def presented(headers: Iterable[tuple[bytes, bytes]], cookie: bytes) -> tuple[Way, str] | None:
    """A bearer token (RFC 6750 2.1) or the value of the session cookie; None: neither.

    Who sends an Authorization header means it: a cookie beside it is not looked at.
    """
    found: tuple[Way, str] | None = None
    for name, value in headers:
        if name == b"authorization":
            scheme, _, token = value.decode("latin-1").partition(" ")
            return (Way.TOKEN, token.strip()) if scheme.lower() == "bearer" else None
        if name == b"cookie":
            for part in value.split(b";"):
                key, _, content = part.strip().partition(b"=")
                if key == cookie and content:
                    found = Way.SESSION, content.decode("latin-1")
    return found


async def caller_of(
    callers: Callers, headers: Iterable[tuple[bytes, bytes]], cookie: bytes
) -> Caller | None:
    """The caller of a request, None for nobody; a thread only where the database is asked."""
    shown = presented(headers, cookie)
    if shown is None:
        return None
    return callers.remembered(*shown) or await asyncio.to_thread(callers.found, *shown)
