"""The portal's own secrets: made at the first start, in a file only its owner can read.

The file has a line for every root key, oldest first: 64 hex digits, and from which audit event on
it was used (none: from the first). Everything new is made with the newest; what an older one made
is still read. `rotate` adds a line, and a portal that runs meanwhile notices.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Root:
    """A root key, and the first audit event that was made with it."""

    secret: bytes
    since: int = 1


class Keys:
    """Purpose-bound keys derived from random roots (HKDF-like: HMAC-SHA256 per purpose)."""

    def __init__(self, root: bytes, path: Path | None = None) -> None:
        self._roots: tuple[Root, ...] = (Root(root),)
        self._path = path
        self._read_at: tuple[int, int] | None = None

    @classmethod
    def load_or_make(cls, path: Path) -> Keys:
        """Read the root keys from `path`, making one (mode 0600) if there is none."""
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
        return cls(b"", path)

    @property
    def roots(self) -> tuple[Root, ...]:
        """Oldest first."""
        if self._path is not None:
            found = self._path.stat()
            if (stamp := (found.st_mtime_ns, found.st_ino)) != self._read_at:
                self._roots, self._read_at = read(self._path), stamp
        return self._roots

    def key(self, purpose: str) -> bytes:
        """The 32-byte key for one purpose, of the newest root."""
        return _derived(self.roots[-1], purpose)

    def every(self, purpose: str) -> list[bytes]:
        """Keys for one purpose, newest first: what an older one made is read with the others."""
        return [_derived(root, purpose) for root in reversed(self.roots)]

    def periods(self, purpose: str) -> list[tuple[int, bytes]]:
        """From which audit event on which key was used, oldest first."""
        return [(root.since, _derived(root, purpose)) for root in self.roots]

    def add(self, since: int) -> None:
        """Make a new root the newest; the caller holds the lock that audit events are made under.

        The file is whole at every moment: the new one takes the place of the old.
        """
        if self._path is None:
            raise ValueError("these keys are in no file")
        roots = (*self.roots, Root(secrets.token_bytes(32), since))
        fresh = self._path.with_name(f"{self._path.name}.new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(written(roots))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def read(path: Path) -> tuple[Root, ...]:
    """The root keys of a key file; ValueError, which tells nothing of them, when it is none."""
    try:
        lines = [line.split() for line in path.read_text().splitlines() if line.strip()]
        roots = tuple(Root(bytes.fromhex(line[0]), int((*line, "1")[1])) for line in lines)
    except (ValueError, IndexError):
        roots = ()
    if not roots or any(len(root.secret) != 32 for root in roots):
        raise ValueError(f"{path} is no key file of the portal")
    return roots


def written(roots: Sequence[Root]) -> str:
    """What a key file with these roots says."""
    return "".join(f"{root.secret.hex()} {root.since}\n" for root in roots)


def _derived(root: Root, purpose: str) -> bytes:
    return hmac.new(root.secret, purpose.encode(), hashlib.sha256).digest()
