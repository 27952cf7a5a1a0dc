"""Sending a download piece by piece; it breaks off rather than end as if it were whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import structlog
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.downloads.wanted import Download
from services.errors import PortalError
from ui.routes.cutting import slices

log = structlog.get_logger()
PATIENCE = 120.0  # seconds for a piece to be read by the other side
# threads of their own: downloads slow each other down before they slow down the viewers
_MAKERS = ThreadPoolExecutor(2, thread_name_prefix="download")
BROKEN_OFF = "broken_off"
PDF_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; object-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


class BrokenOff(Exception):
    """A download ended before it was whole: the connection must not end in good order."""


class Sending(Response):
    """A download as an answer; `refused` makes the answer when it fails before its first byte."""

    def __init__(
        self, download: Download, refused: Callable[[PortalError], Response], *, inline: bool
    ) -> None:
        disposition = "inline" if inline else "attachment"
        name = quote(download.name)
        super().__init__(
            media_type=download.media_type,
            headers={
                "Content-Disposition": f"{disposition}; filename*=UTF-8''{name}",
                # nginx gathers answers otherwise, and passes on what nobody may have any more
                "X-Accel-Buffering": "no",
            },
        )
        del self.headers["content-length"]
        if inline:
            self.headers["Content-Security-Policy"] = PDF_POLICY
        self._pieces = download.pieces
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until it is whole, the person may not have it any more, or nobody reads it."""
        gone = asyncio.create_task(_gone(receive))
        try:
            await self._send(scope, receive, send, gone)
        finally:
            gone.cancel()
            await asyncio.shield(
                asyncio.get_running_loop().run_in_executor(_MAKERS, self._pieces.close)
            )

    async def _send(
        self, scope: Scope, receive: Receive, send: Send, gone: asyncio.Task[None]
    ) -> None:
        try:
            piece = await self._next()
        except PortalError as error:
            await self._refused(error)(scope, receive, send)
            return
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        while piece is not None:
            if gone.done():
                return
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._hand_over(piece, send)
                piece = await self._next()
            except (PortalError, TimeoutError) as reason:
                log.info("a download was broken off", reason=type(reason).__name__)
                scope["state"][BROKEN_OFF] = True
                raise BrokenOff from None
        await send({"type": "http.response.body", "body": b""})

    async def _hand_over(self, piece: bytes, send: Send) -> None:
        """In slices, each only while the person may have it: a slow reader gets little more."""
        for part in slices(piece):
            if not self._pieces.unchanged():
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(_MAKERS, self._pieces.check)
            await send({"type": "http.response.body", "body": bytes(part), "more_body": True})

    async def _next(self) -> bytes | None:
        """The next piece that has bytes in it; None at the end."""
        loop = asyncio.get_running_loop()
        while True:
            piece = await loop.run_in_executor(_MAKERS, next, self._pieces, None)
            if piece is None or piece:
                return piece


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def ends_quietly(app: ASGIApp) -> ASGIApp:
    """The application, whose broken-off downloads are no failures: the server cuts the line.

    Middleware in between would end the answer as if it were whole; what it says then is not sent.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        state = scope.setdefault("state", {})

        async def as_long_as_whole(message: Message) -> None:
            if not state.get(BROKEN_OFF):
                await send(message)

        try:
            await app(scope, receive, as_long_as_whole)
        except BrokenOff:
            return

    return wrapped
