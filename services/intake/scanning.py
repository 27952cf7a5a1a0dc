"""Asking a virus scanner about what was received: ClamAV's daemon, by INSTREAM (clamd(8))."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

PIECE = 1 << 16  # bytes sent at once
PATIENCE = 60.0  # seconds for an answer
LONGEST = 4096  # bytes of an answer


class Unscanned(Exception):
    """The scanner answers, and will not look at this file, such as one beyond its own limit."""


def found_in(address: str, path: Path) -> str:
    """What malware the scanner finds in a file, by its name; empty where it finds none.

    Raises Unscanned where it will not look, and OSError where it cannot be reached or says nothing
    that can be understood: nobody knows then what the file is.
    """
    with closing(_reached(address)) as scanner, path.open("rb") as file:
        with suppress(BrokenPipeError, ConnectionResetError):  # it has seen enough, and says why
            scanner.sendall(b"zINSTREAM\0")
            while piece := file.read(PIECE):
                scanner.sendall(struct.pack(">I", len(piece)) + piece)
            scanner.sendall(struct.pack(">I", 0))
        answer = _answer(scanner)
    if answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    if answer.endswith(" ERROR"):
        raise Unscanned(answer.removesuffix(" ERROR"))
    if answer != "stream: OK":
        raise OSError("the virus scanner gave no answer that can be understood")
    return ""


def answers(address: str) -> bool:
    """Whether the scanner is there (its command PING)."""
    try:
        with closing(_reached(address)) as scanner:
            scanner.sendall(b"zPING\0")
            return _answer(scanner) == "PONG"
    except OSError:
        return False


def _reached(address: str) -> socket.socket:
    if address.startswith("/"):
        scanner = socket.socket(socket.AF_UNIX)
        scanner.settimeout(PATIENCE)
        try:
            scanner.connect(address)
        except OSError:
            scanner.close()
            raise
        return scanner
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), PATIENCE)


def _answer(scanner: socket.socket) -> str:
    return b"".join(_pieces(scanner)).partition(b"\0")[0].decode("utf-8", "replace").strip()


def _pieces(scanner: socket.socket) -> Iterator[bytes]:
    total = 0
    while total < LONGEST and (piece := scanner.recv(LONGEST)):
        total += len(piece)
        yield piece
        if b"\0" in piece:
            return
