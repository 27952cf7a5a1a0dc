"""Stored objects: immutable bytes named by their SHA-256, in a folder."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 20
SYNCING = 4  # files synced at once: the file system writes them in one go


@dataclass(frozen=True, slots=True)
class StoredObject:
    """Name (SHA-256, hex) and size (bytes) of a stored object."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """Bytes that were received and not yet kept: where they are, and what they will be called."""

    path: Path
    stored: StoredObject
    synced: Future[None]  # writing it to disk begins at once, while the next is received


class ObjectTooLarge(Exception):
    """The stream went on beyond the allowed size; nothing was kept."""


class FolderObjects:
    """Objects as files, `ab/cd/abcd…`; a file is complete and synced before it has its name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._incoming = folder / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        self._syncing = ThreadPoolExecutor(SYNCING, thread_name_prefix="syncing")

    def put(self, stream: BinaryIO, limit: int) -> StoredObject:
        """Store what `stream` holds and sync it to disk.

        Raises ObjectTooLarge beyond `limit` bytes, OSError when the disk refuses.
        """
        incoming = self.receive(stream, limit)
        self.keep([incoming])
        return incoming.stored

    def receive(self, stream: BinaryIO, limit: int) -> Incoming:
        """Write what `stream` holds beside the objects; it lasts only once `keep` was called.

        Raises ObjectTooLarge beyond `limit` bytes, OSError when the disk refuses.
        """
        path = self._incoming / secrets.token_hex(16)
        digest, size = hashlib.sha256(), 0
        try:
            with path.open("xb") as file:
                while chunk := stream.read(CHUNK):
                    size += len(chunk)
                    if size > limit:
                        raise ObjectTooLarge
                    digest.update(chunk)
                    file.write(chunk)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        syncing = self._syncing.submit(_sync, path)
        return Incoming(path, StoredObject(digest.hexdigest(), size), syncing)

    def keep(self, received: Sequence[Incoming]) -> None:
        """Give what was received its name for good: synced, renamed, folders synced, in one go.

        Raises OSError when the disk refuses; nothing may then be acknowledged.
        """
        try:
            fresh = [one for one in received if not self.path(one.stored.sha256).exists()]
            for one in fresh:
                one.synced.result()
            for one in fresh:
                target = self.path(one.stored.sha256)
                target.parent.mkdir(parents=True, exist_ok=True)
                one.path.replace(target)
            # also of what was there: another thread may have named it and not yet synced its folder
            leaves = {self.path(one.stored.sha256).parent for one in received}
            folders = (*leaves, *{leaf.parent for leaf in leaves}, self.folder)
            list(self._syncing.map(_sync, folders))
        finally:
            self.drop(received)

    def drop(self, received: Iterable[Incoming]) -> None:
        """Forget what was received and not kept."""
        for one in received:
            one.path.unlink(missing_ok=True)

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
        """Drop what a crash left half written; call it before anything is stored."""
        for leftover in self._incoming.iterdir():
            leftover.unlink()


def room_to_write(folder: Path) -> bool:
    """Whether an object could be written there at this moment: one is, and taken away again."""
    probe = folder / "incoming" / f"probe-{secrets.token_hex(8)}"
    try:
        with probe.open("xb") as file:
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        return False
    finally:
        probe.unlink(missing_ok=True)
    return True


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
