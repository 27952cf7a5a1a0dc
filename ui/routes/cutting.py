"""What is sent piece by piece stops between two slices, once the person may not have it any more.

A slice is small: what was handed to the connection before that moment may still arrive, and with a
slow reader that is all that does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import structlog

from services.errors import PortalError

log = structlog.get_logger()
SLICE = 64 << 10  # bytes handed to the connection at a time


def slices(piece: bytes) -> Iterator[memoryview]:
    """A piece in small parts, without copying it."""
    view = memoryview(piece)
    return (view[start : start + SLICE] for start in range(0, len(view), SLICE))


class CutOff(Exception):
    """An answer ended before it was whole: the connection must not end in good order."""


async def stepwise(
    pieces: Iterator[bytes], unchanged: Callable[[], bool], still: Callable[[], None]
) -> AsyncIterator[bytes]:
    """Made in a thread, piece by piece: a slow reader holds up nobody, and nothing piles up.

    `still` asks whether it may go on, with a portal error if not, before and after a piece is
    made; `unchanged` tells at once, in the event loop, whether it has to be asked again.
    """

    def make() -> bytes | None:
        still()
        piece = next(pieces, None)
        still()
        return piece

    try:
        while (piece := await asyncio.to_thread(make)) is not None:
            for part in slices(piece):
                if not unchanged():
                    await asyncio.to_thread(still)
                yield bytes(part)
    except PortalError as reason:
        log.info("an answer to a program was cut off", reason=type(reason).__name__)
        raise CutOff from None
    finally:
        if (close := getattr(pieces, "close", None)) is not None:
            await asyncio.to_thread(close)
