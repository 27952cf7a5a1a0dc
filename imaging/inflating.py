"""A deflated data set, inflated as far as it is read."""

import zlib
from collections.abc import Iterator

MAX_INFLATED = 1 << 28  # bytes: a parser holds all of it in memory


class Unlocatable(ValueError):
    """The file holds no pixel data that can be found; the message says why in a plain sentence."""


class Inflating:
    """A deflated data set (DICOM PS3.5 A.5), inflated as it is read, forwards only."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._inflate = zlib.decompressobj(-15)
        self._ready = b""
        self._at = 0

    def tell(self) -> int:
        return self._at

    def _more(self, length: int) -> bytes:
        """Up to `length` further bytes, empty only at the end."""
        while not self._ready and not self._inflate.eof:
            fed = self._inflate.unconsumed_tail or next(self._chunks, b"")
            try:
                self._ready = self._inflate.decompress(fed, 1 << 16)
            except zlib.error as damage:
                raise Unlocatable("The deflated data set is damaged.") from damage
            if not fed:
                break
        part, self._ready = self._ready[:length], self._ready[length:]
        self._at += len(part)
        if self._at > MAX_INFLATED:
            raise Unlocatable("The deflated data set is implausibly large once inflated.")
        return part

    def read(self, length: int) -> bytes:
        parts = []
        while length > 0 and (part := self._more(length)):
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def skip(self, length: int) -> None:
        while length > 0 and (part := self._more(length)):
            length -= len(part)
