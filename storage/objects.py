"""Stored objects: immutable bytes named by their SHA-256, in a folder."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredObject:
    """Name (SHA-256, hex) and size (bytes) of a stored object."""

    sha256: str
    size: int


class ObjectTooLarge(Exception):
    """The stream went on beyond the allowed size; nothing was kept."""


class FolderObjects:
    """Objects as files, `ab/cd/abcd…`; a file is complete and synced before it has its name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._incoming = folder / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)

    def put(self, stream: BinaryIO, limit: int) -> StoredObject:
        """Store what `stream` holds and sync it to disk.

        Raises ObjectTooLarge beyond `limit` bytes, OSError when the disk refuses.
        """
        temporary = self._incoming / secrets.token_hex(16)
        digest, size = hashlib.sha256(), 0
        try:
            with temporary.open("xb") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                while chunk := stream.read(CHUNK):
                    size += len(chunk)
                    if size > limit:
                        raise ObjectTooLarge
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
                target = self.path(digest.hexdigest())
                if not target.exists():
                    self._make_folder(target.parent)
                    temporary.replace(target)  # while locked: see `clear_incoming`
                    _sync_folder(target.parent)
        finally:
            temporary.unlink(missing_ok=True)
        return StoredObject(digest.hexdigest(), size)

    def path(self, sha256: str) -> Path:
        """The file that holds, or would hold, the object."""
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def open(self, sha256: str) -> BinaryIO:
        """The object as a binary file; FileNotFoundError when it is not there."""
        return self.path(sha256).open("rb")

    def read(self, sha256: str, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`, fewer where the object ends."""
        with self.open(sha256) as file:
            return os.pread(file.fileno(), length, offset)

    def clear_incoming(self) -> None:
        """Drop what a crash left half written; what another process is writing stays."""
        for leftover in self._incoming.iterdir():
            with suppress(OSError), leftover.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                leftover.unlink()

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        folder.mkdir(parents=True, exist_ok=True)
        _sync_folder(folder.parent)
        _sync_folder(folder.parent.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
