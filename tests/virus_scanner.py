"""A virus scanner for tests: speaks clamd's PING and INSTREAM, and dislikes one word."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

DISLIKED = b"pretend this is malware"


class _Scanner(socketserver.StreamRequestHandler):
    server: Scanner

    def handle(self) -> None:
        command = self._line()
        if command == b"zPING":
            self.wfile.write(b"PONG\0")
        elif command == b"zINSTREAM":
            self.wfile.write(self._judge() + b"\0")

    def _line(self) -> bytes:
        read = b""
        while not read.endswith(b"\0"):
            if not (one := self.rfile.read(1)):
                return b""
            read += one
        return read[:-1]

    def _judge(self) -> bytes:
        seen = b""
        while length := int.from_bytes(self.rfile.read(4)):
            seen += self.rfile.read(length)
        self.server.seen.append(len(seen))
        if len(seen) > self.server.limit:
            return b"INSTREAM size limit exceeded. ERROR"
        return b"stream: Pretended-1 FOUND" if DISLIKED in seen else b"stream: OK"


class Scanner(socketserver.ThreadingTCPServer):
    """What it has seen: the sizes of files; `limit` is the largest that it looks at."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Scanner)
        self.limit, self.seen = 1 << 24, list[int]()

    @property
    def address(self) -> str:
        """For MYIMAGING_CLAMD."""
        return f"127.0.0.1:{self.server_address[1]}"


@contextmanager
def scanner() -> Iterator[Scanner]:
    """One that runs until the block ends."""
    with Scanner() as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()
