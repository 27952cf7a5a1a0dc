"""The form of a backup: a tar file that proves by hashes that it is whole.

It begins with HEAD (what it is of), then `key`, `tables/NAME`, `objects/SHA-256`, and ends with
SUMS: the hash of everything before that does not carry it in its name. An archive that was cut off
has no SUMS, and a changed one fits them no more.
"""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from services.errors import PortalError

FORM = 1
HEAD, KEY, SUMS = "my-imaging-backup.json", "key", "sums.json"
TABLES, OBJECTS = "tables/", "objects/"
MEMBER = re.compile(r"(my-imaging-backup\.json|key|sums\.json|tables/\w+|objects/[0-9a-f]{64})")
CHUNK = 1 << 20


class Broken(PortalError):
    """The archive is no backup, or not whole."""


class Hashed:
    """Reads a file and hashes what was read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """As of a file."""
        data = self._file.read(size)
        self._digest.update(data)
        return data

    @property
    def sha256(self) -> str:
        """Of what was read so far, hex."""
        return self._digest.hexdigest()


def member(name: str, size: int) -> tarfile.TarInfo:
    """A member that only the archive's owner may read, and that is the same whenever it is made."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def add_bytes(tar: tarfile.TarFile, name: str, data: bytes) -> str:
    """Put a small member into the archive; returns its SHA-256."""
    tar.addfile(member(name, len(data)), io.BytesIO(data))
    return hashlib.sha256(data).hexdigest()


def add_lines(tar: tarfile.TarFile, name: str, lines: Iterable[bytes], spool: Path) -> str:
    """Put lines into the archive, written beside it first because a member begins with its size."""
    try:
        with spool.open("w+b") as file:
            spool.chmod(0o600)
            file.writelines(lines)
            size = file.tell()
            file.seek(0)
            hashed = Hashed(file)
            tar.addfile(member(name, size), hashed)
    finally:
        spool.unlink(missing_ok=True)
    return hashed.sha256


def add_object(tar: tarfile.TarFile, sha256: str, file: BinaryIO, size: int) -> bool:
    """Put an object into the archive; False when it is not what its name says any more."""
    hashed = Hashed(file)
    tar.addfile(member(OBJECTS + sha256, size), hashed)
    return hashed.sha256 == sha256


def extract(file: BinaryIO, target: Path) -> str:
    """Write a member to a file only its owner may read; returns its SHA-256."""
    hashed = Hashed(file)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with target.open("xb") as written:
        target.chmod(0o600)
        while chunk := hashed.read(CHUNK):
            written.write(chunk)
    return hashed.sha256
