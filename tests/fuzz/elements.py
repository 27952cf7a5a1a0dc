"""Where the elements of a file lie, byte for byte: tolerant, for files that are then damaged."""

from __future__ import annotations

import struct
from dataclasses import dataclass

LONG_VRS = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
UNDEFINED = 0xFFFFFFFF
DELIMITERS = (0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD)


@dataclass(frozen=True, slots=True)
class Element:
    """An element's tag and VR, and the offsets of header, length field, value and end."""

    tag: int
    vr: bytes
    at: int
    length_at: int
    length_size: int
    value_at: int
    end: int


def elements(data: bytes) -> list[Element]:
    """The elements of a little-endian file, those inside sequences and fragments too."""
    found: list[Element] = []
    at = 132 if data[128:132] == b"DICM" else 0
    while at + 8 <= len(data) and len(found) < 4000:
        element = _element(data, at)
        found.append(element)
        inside = element.vr == b"SQ" or element.tag in DELIMITERS
        if element.tag == 0xFFFEE000 and not _looks_like_an_element(data, element.value_at):
            inside = False
        at = element.value_at if inside else element.end
    return found


def _element(data: bytes, at: int) -> Element:
    group, number = struct.unpack_from("<HH", data, at)
    tag, vr = group << 16 | number, data[at + 4 : at + 6]
    if group == 0xFFFE or not (vr.isalpha() and vr.isupper()):
        vr, length_at, size = b"", at + 4, 4
    elif vr in LONG_VRS:
        length_at, size = at + 8, 4
    else:
        length_at, size = at + 6, 2
    length = int.from_bytes(data[length_at : length_at + size], "little")
    value_at = min(length_at + size, len(data))
    end = value_at if length == UNDEFINED else min(value_at + length, len(data))
    return Element(tag, vr, at, length_at, size, value_at, end)


def _looks_like_an_element(data: bytes, at: int) -> bool:
    group = int.from_bytes(data[at : at + 2], "little")
    return 0x0008 <= group <= 0x7FE0 or group == 0xFFFE


def with_value(data: bytes, element: Element, value: bytes) -> bytes:
    """The file with another value in an element, its length told truly."""
    most = (1 << 8 * element.length_size) - 2
    value = (value + b"\0" * (len(value) % 2))[:most]
    length = len(value).to_bytes(element.length_size, "little")
    head = data[: element.length_at] + length
    return (
        head
        + data[element.length_at + element.length_size : element.value_at]
        + value
        + (data[element.end :])
    )


def explicit(tag: int, vr: bytes, value: bytes) -> bytes:
    """An element in explicit little endian."""
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr
    if vr in LONG_VRS:
        return head + b"\0\0" + struct.pack("<I", len(value)) + value
    return head + struct.pack("<H", len(value) & 0xFFFF) + value
