"""Values that must be read again but not by whoever copies the database: sealed by AES-256-GCM.

NIST SP 800-38D with a random 96-bit nonce; what a value belongs to is bound to it, so that a sealed
value moved to another row opens nothing.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable
from contextlib import suppress

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12  # bytes


def sealed(key: bytes, plain: str, *about: object) -> str:
    """`plain` under a 32-byte key, for `about` only; URL-safe base64."""
    nonce = secrets.token_bytes(NONCE)
    box = AESGCM(key).encrypt(nonce, plain.encode(), _bound(about))
    return base64.urlsafe_b64encode(nonce + box).decode()


def unsealed(keys: Iterable[bytes], text: str, *about: object) -> str:
    """What was sealed under one of the keys; ValueError when it or `about` is another."""
    box = base64.urlsafe_b64decode(text)
    for key in keys:
        with suppress(InvalidTag):
            return AESGCM(key).decrypt(box[:NONCE], box[NONCE:], _bound(about)).decode()
    raise ValueError("a sealed value does not belong here")


def _bound(about: tuple[object, ...]) -> bytes:
    return "\x1f".join(map(str, about)).encode()
