"""Exam ids for addresses: they name no patient and no UID, and mean nothing to anybody else.

An id is made for one account: the exam's number, encrypted under a synthetic IV that also binds
the account (the construction of RFC 5297, with HMAC-SHA256 as the pseudo-random function).
The same exam has another id for every person who may see it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from services.errors import NotFound
from services.language import _

_NUMBER = 8  # bytes of an exam's number
_TAG = 16  # bytes of the synthetic IV


def seal(key: bytes, account_id: int, kind: str, number: int) -> str:
    """The id under which `account_id` knows object `number` of `kind`."""
    plain = number.to_bytes(_NUMBER, "big")
    tag = _tag(key, account_id, kind, plain)
    return base64.b32encode(tag + _mask(key, tag, plain)).decode().rstrip("=").lower()


def unseal(key: bytes, account_id: int, kind: str, opaque: str) -> int:
    """The number behind an id; NotFound when it was not made for this account."""
    try:
        data = base64.b32decode(opaque.upper() + "=" * (-len(opaque) % 8))
    except (binascii.Error, ValueError):
        raise NotFound(_("There is no such exam, or it is not shared with you.")) from None
    tag, plain = data[:_TAG], _mask(key, data[:_TAG], data[_TAG:])
    if len(data) != _TAG + _NUMBER or not hmac.compare_digest(
        tag, _tag(key, account_id, kind, plain)
    ):
        raise NotFound(_("There is no such exam, or it is not shared with you."))
    return int.from_bytes(plain, "big")


def seal_text(key: bytes, account_id: int, kind: str, text: str) -> str:
    """Words for an address, which others may keep: only `account_id` reads them again."""
    plain = text.encode()
    tag = _tag(key, account_id, kind, plain)
    return base64.urlsafe_b64encode(tag + _mask(key, tag, plain)).decode().rstrip("=")


def unseal_text(key: bytes, account_id: int, kind: str, opaque: str) -> str:
    """The words behind `seal_text`; empty when they were not sealed for this account."""
    try:
        data = base64.urlsafe_b64decode(opaque + "=" * (-len(opaque) % 4))
    except (binascii.Error, ValueError):
        return ""
    tag, plain = data[:_TAG], _mask(key, data[:_TAG], data[_TAG:])
    if not hmac.compare_digest(tag, _tag(key, account_id, kind, plain)):
        return ""
    return plain.decode()


def _tag(key: bytes, account_id: int, kind: str, plain: bytes) -> bytes:
    message = f"tag\x1f{kind}\x1f{account_id}\x1f".encode() + plain
    return hmac.new(key, message, hashlib.sha256).digest()[:_TAG]


def _mask(key: bytes, tag: bytes, data: bytes) -> bytes:
    stream = hmac.new(key, b"mask\x1f" + tag, hashlib.sha256).digest()
    while len(stream) < len(data):
        more = b"mask\x1f" + tag + len(stream).to_bytes(4, "big")
        stream += hmac.new(key, more, hashlib.sha256).digest()
    return bytes(a ^ b for a, b in zip(data, stream, strict=False))
