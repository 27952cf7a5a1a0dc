"""The portal's own secrets: made at the first start, in a file only its owner can read."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path


class Keys:
    """Purpose-bound keys derived from one random root (HKDF-like: HMAC-SHA256 per purpose)."""

    def __init__(self, root: bytes) -> None:
        self._root = root

    @classmethod
    def load_or_make(cls, path: Path) -> Keys:
        """Read the root key from `path`, making it (mode 0600) if there is none."""
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return cls(bytes.fromhex(path.read_text().strip()))
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        return cls(bytes.fromhex(path.read_text().strip()))

    def key(self, purpose: str) -> bytes:
        """The 32-byte key for one purpose."""
        return hmac.new(self._root, purpose.encode(), hashlib.sha256).digest()
