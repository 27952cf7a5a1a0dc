"""Reading multipart/related (RFC 2387) as it arrives: part after part, never a whole one in memory.

The boundaries are found by python-multipart's parser, which also bounds the headers of a part.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Any, cast

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

from services.errors import Invalid

MOST_HEADERS = 16  # a part
LONGEST_HEADER = 4096  # bytes
DAMAGED = "The body is not multipart/related with the boundary that its Content-Type tells."


class Part:
    """One part: its headers, and its bytes as a file that can be read once, forwards."""

    def __init__(self, reader: _Reader, headers: dict[str, str]) -> None:
        self._reader = reader
        self.headers = headers  # names in lower case
        self._pending: deque[bytes] = deque()
        self._over = False

    def __enter__(self) -> Part:
        return self

    def __exit__(self, *_: object) -> None:
        """What is left unread is skipped when the next part is asked for."""

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, b"" at the end; Invalid when the body ends within the part."""
        taken, length = [], 0
        while (size < 0 or length < size) and (piece := self._next()):
            if size >= 0 and length + len(piece) > size:
                cut = size - length
                self._pending.appendleft(piece[cut:])
                piece = piece[:cut]
            taken.append(piece)
            length += len(piece)
        return taken[0] if len(taken) == 1 else b"".join(taken)

    def skip(self) -> None:
        """Read on to the end, keeping nothing."""
        while self._next():
            pass

    def _next(self) -> bytes:
        if self._pending:
            return self._pending.popleft()
        if self._over:
            return b""
        piece = self._reader.piece()
        self._over = not piece
        return piece


def parts(chunks: Iterable[bytes], boundary: str) -> Iterator[Part]:
    """The parts of a body in order; each must be read before the next is asked for.

    Raises Invalid, here or while a part is read, when the body is damaged or ends too early.
    """
    reader = _Reader(chunks, boundary)
    while (headers := reader.headers()) is not None:
        part = Part(reader, headers)
        yield part
        part.skip()


def media_type(header: str) -> tuple[str, dict[str, str]]:
    """A Content-Type as media type in lower case and parameters (RFC 9110 8.3)."""
    message = Message()
    message["Content-Type"] = header.replace("\r", " ").replace("\n", " ")
    kind, *parameters = message.get_params([("", "")])
    return kind[0].strip().lower(), {name.lower(): value for name, value in parameters}


@dataclass(frozen=True, slots=True)
class _Data:
    """A piece of a part."""

    data: bytes


class _Reader:
    """Pulls chunks through the parser and hands out what it found, one event at a time.

    Events are the headers of a part, pieces of it, and None where it ends.
    """

    def __init__(self, chunks: Iterable[bytes], boundary: str) -> None:
        self._chunks = iter(chunks)
        self._events: deque[dict[str, str] | _Data | None] = deque()
        self._headers: dict[str, str] = {}
        self._name, self._value = bytearray(), bytearray()
        self._closed = False
        callbacks: dict[str, Callable[..., None]] = {
            "on_header_field": lambda data, begin, end: self._name.extend(data[begin:end]),
            "on_header_value": lambda data, begin, end: self._value.extend(data[begin:end]),
            "on_header_end": self._header,
            "on_headers_finished": self._headers_finished,
            "on_part_data": lambda data, a, b: self._events.append(_Data(data[a:b])),
            "on_part_end": lambda: self._events.append(None),
            "on_end": self._close,
        }
        try:
            self._parser = MultipartParser(
                boundary.encode("ascii"),
                cast("Any", callbacks),
                max_header_count=MOST_HEADERS,
                max_header_size=LONGEST_HEADER,
            )
        except (FormParserError, UnicodeEncodeError) as error:
            raise Invalid(DAMAGED) from error

    def headers(self) -> dict[str, str] | None:
        """The headers of the next part, None after the closing boundary."""
        while not self._events:
            if self._closed:
                for _ in self._chunks:  # an epilogue means nothing, but the client still sends it
                    pass
                return None
            self._feed()
        found = self._events.popleft()
        return found if isinstance(found, dict) else {}

    def piece(self) -> bytes:
        """The next piece of the current part, b"" at its end."""
        while not self._events:
            self._feed()
        found = self._events.popleft()
        return found.data if isinstance(found, _Data) else b""

    def _feed(self) -> None:
        chunk = next(self._chunks, None)
        if chunk is None:
            raise Invalid(DAMAGED)
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise Invalid(DAMAGED) from error

    def _header(self) -> None:
        name = self._name.decode("latin-1").lower()
        self._headers[name] = self._value.decode("latin-1").strip()
        self._name.clear()
        self._value.clear()

    def _headers_finished(self) -> None:
        self._events.append(self._headers)
        self._headers = {}

    def _close(self) -> None:
        self._closed = True
