"""Reading multipart/related (RFC 2387) as it arrives: part after part, never a whole one in memory.

The boundaries are found by python-multipart's parser, which also bounds the headers of a part.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from email.message import Message

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

from services.errors import Invalid

MOST_HEADERS = 16  # a part
LONGEST_HEADER = 4096  # bytes
_DAMAGED = "The body is not multipart/related with the boundary that its Content-Type tells."


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
        kind, data = self._reader.event()
        self._over = kind == "end"
        return data


def parts(chunks: Iterable[bytes], boundary: str) -> Iterator[Part]:
    """The parts of a body in order; each must be read before the next is asked for.

    Raises Invalid, here or while a part is read, when the body is damaged or ends too early.
    """
    reader = _Reader(chunks, boundary)
    while (headers := reader.next_headers()) is not None:
        part = Part(reader, headers)
        yield part
        part.skip()


def media_type(header: str) -> tuple[str, dict[str, str]]:
    """A Content-Type as media type in lower case and parameters (RFC 9110 8.3)."""
    message = Message()
    message["Content-Type"] = header.replace("\r", " ").replace("\n", " ")
    kind, *parameters = message.get_params([("", "")])
    return kind[0].strip().lower(), {name.lower(): value for name, value in parameters}


class _Reader:
    """Pulls chunks through the parser and hands out what it found, one event at a time."""

    def __init__(self, chunks: Iterable[bytes], boundary: str) -> None:
        self._chunks = iter(chunks)
        self._events: deque[tuple[str, bytes]] = deque()
        self._name, self._value = bytearray(), bytearray()
        self._headers: dict[str, str] = {}
        self._kept: deque[dict[str, str]] = deque()  # of parts whose bytes were not asked for yet
        self._closed = False
        try:
            self._parser = MultipartParser(
                boundary.encode("latin-1"),
                {
                    "on_part_begin": self._headers.clear,
                    "on_header_field": lambda data, a, b: self._name.extend(data[a:b]),
                    "on_header_value": lambda data, a, b: self._value.extend(data[a:b]),
                    "on_header_end": self._header,
                    "on_headers_finished": self._headers_finished,
                    "on_part_data": lambda data, a, b: self._events.append(("data", data[a:b])),
                    "on_part_end": lambda: self._events.append(("end", b"")),
                    "on_end": self._close,
                },
                max_header_count=MOST_HEADERS,
                max_header_size=LONGEST_HEADER,
            )
        except (FormParserError, UnicodeEncodeError) as error:
            raise Invalid(_DAMAGED) from error

    def next_headers(self) -> dict[str, str] | None:
        """The headers of the next part, None after the closing boundary."""
        while not self._events:
            if self._closed:
                for _ in self._chunks:  # an epilogue means nothing, but is the client's to send
                    pass
                return None
            self._feed()
        self._events.popleft()
        return self._kept.popleft()

    def event(self) -> tuple[str, bytes]:
        """The next piece of the current part, or its end."""
        while not self._events:
            self._feed()
        return self._events.popleft()

    def _feed(self) -> None:
        """One more chunk through the parser."""
        chunk = next(self._chunks, b"")
        if not chunk:
            raise Invalid(_DAMAGED)
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise Invalid(_DAMAGED) from error

    def _header(self) -> None:
        name, value = self._name.decode("latin-1"), self._value.decode("latin-1")
        self._headers[name.strip().lower()] = value.strip()
        self._name.clear()
        self._value.clear()

    def _headers_finished(self) -> None:
        self._kept.append(dict(self._headers))
        self._events.append(("headers", b""))

    def _close(self) -> None:
        self._closed = True
