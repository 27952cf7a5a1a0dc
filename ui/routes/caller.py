"""Who calls: what a program's or a picture's request presents, and the caller behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from services.programs.callers import Caller, Callers, Way


def presented(headers: Mapping[bytes, bytes], cookie: bytes) -> tuple[Way, str] | None:
    """A bearer token (RFC 6750 2.1) or the value of the session cookie; None: neither.

    Who sends an Authorization header means it: a cookie beside it is not looked at.
    """
    if (authorization := headers.get(b"authorization")) is not None:
        scheme, _, token = authorization.decode("latin-1").partition(" ")
        return (Way.TOKEN, token.strip()) if scheme.lower() == "bearer" else None
    for part in headers.get(b"cookie", b"").split(b";"):
        name, _, value = part.strip().partition(b"=")
        if name == cookie and value:
            return Way.SESSION, value.decode("latin-1")
    return None


async def caller_of(callers: Callers, shown: tuple[Way, str] | None) -> Caller | None:
    """The caller behind what was presented, None for nobody; a thread only where the database is
    asked.
    """
    if shown is None:
        return None
    return callers.remembered(*shown) or await asyncio.to_thread(callers.found, *shown)
