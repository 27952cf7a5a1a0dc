"""Where unguessable values come from; a test passes a source of its own."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Protocol

CODE_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ23456789"
CODE_LENGTH = 8


class SecretSource(Protocol):
    """Makes tokens and one-time passwords."""

    def token(self) -> str:
        """256 random bits, URL safe (43 characters)."""

    def code(self) -> str:
        """A one-time password: eight characters of A-Z and 2-9."""


class SystemSecrets:
    """The operating system's random source."""

    def token(self) -> str:
        """256 random bits, URL safe (43 characters)."""
        return secrets.token_urlsafe(32)

    def code(self) -> str:
        """A one-time password: eight characters of A-Z and 2-9."""
        return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def fingerprint(token: str) -> str:
    """SHA-256 of a token with 256 random bits: what the database keeps instead of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed(key: bytes, *parts: object) -> str:
    """HMAC-SHA256 over the parts: for values that could be guessed if merely hashed."""
    return hmac.new(key, "\x1f".join(map(str, parts)).encode(), hashlib.sha256).hexdigest()
