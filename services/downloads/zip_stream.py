"""A zip file (PKWARE APPNOTE 6.3) written while it is sent; nothing of it is kept."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator

PIECE = 1 << 16  # bytes that are gathered before they are sent on
QUICK = 1  # of zlib's levels


class _Sink:
    """What zipfile writes to: it cannot be sought in, so sizes stand behind the data."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def take(self) -> bytes:
        taken, self._parts, self.size = b"".join(self._parts), [], 0
        return taken


class ZipStream:
    """Members are written one after the other; what comes out is to be sent at once."""

    def __init__(self) -> None:
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", compresslevel=QUICK)  # type: ignore[call-overload]

    def member(
        self, name: str, data: Iterable[bytes], *, size: int = 0, shrink: bool = False
    ) -> Iterator[bytes]:
        """Add a file; `size` is about how many bytes it has, `shrink` whether deflating is worth
        it. Names carry no time: a file's date would tell something.
        """
        self._zip.compression = zipfile.ZIP_DEFLATED if shrink else zipfile.ZIP_STORED
        large = size > zipfile.ZIP64_LIMIT // 2
        with self._zip.open(name, "w", force_zip64=large) as file:
            for part in data:
                file.write(part)
                if self._sink.size >= PIECE:
                    yield self._sink.take()
        if self._sink.size >= PIECE:
            yield self._sink.take()

    def end(self) -> bytes:
        """The directory of the zip, and what was not sent yet."""
        self._zip.close()
        return self._sink.take()
