"""Asking a virus scanner about what was received: ClamAV's daemon, by INSTREAM (clamd(8))."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import BinaryIO

from services.errors import Unavailable
from services.language import N_, _

PIECE = 1 << 16  # bytes sent at once
PATIENCE = 60.0  # seconds for an answer
LONGEST = 4096  # bytes of an answer
AWAY = N_("The virus scanner does not answer: nothing is taken in.")


class Unscanned(Exception):
    """The scanner answers, and will not look at this file, such as one beyond its own limit."""


def found_in(address: str, path: Path) -> str:
    """What malware the scanner finds in a file, by its name; empty where it finds none.

    Raises Unscanned where it will not look, and Unavailable where it cannot be reached or says
    nothing that can be understood: nobody knows then what the file is.
    """
    with path.open("rb") as file:
        try:
            answer = _asked(address, file)
        except OSError as error:
            raise Unavailable(_(AWAY)) from error
    if answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    if answer.endswith(" ERROR"):
        raise Unscanned(answer.removesuffix(" ERROR"))
    if answer != "stream: OK":
        raise Unavailable(_(AWAY))
    return ""


def _asked(address: str, file: BinaryIO) -> str:
    with closing(_reached(address)) as scanner:
        with suppress(BrokenPipeError, ConnectionResetError):  # it has seen enough, and says why
            scanner.sendall(b"zINSTREAM\0")
            while piece := file.read(PIECE):
                scanner.sendall(struct.pack(">I", len(piece)) + piece)
            scanner.sendall(struct.pack(">I", 0))
        return _answer(scanner)


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
