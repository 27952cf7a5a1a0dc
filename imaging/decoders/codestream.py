"""What a compressed frame's own header says, read before any decoder allocates by it."""

import struct
from dataclasses import dataclass

_JPEG_FRAME_MARKERS = frozenset(
    {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF, 0xF7}
)
_STANDALONE = frozenset({0x01, *range(0xD0, 0xDA)})
_START_OF_SCAN = 0xDA


class BadCodestream(ValueError):
    """The compressed data is not what its transfer syntax says; the message says how, in words."""


@dataclass(frozen=True, slots=True)
class Codestream:
    """Claims of a codestream's header.

    `signed` is JPEG 2000's; `mixed` says that JPEG 2000 mixed the components (RCT or ICT). `jfif`,
    `adobe` (-1 when absent) and `component_ids` are JPEG's hints about its colours.
    """

    rows: int
    columns: int
    components: int
    precision: int
    signed: bool = False
    mixed: bool = False
    jfif: bool = False
    adobe: int = -1
    component_ids: tuple[int, ...] = ()


def read_jpeg(data: bytes) -> Codestream:
    """The header of a JPEG or JPEG-LS codestream (ITU-T T.81 annex B, T.87 annex C).

    Raises:
        BadCodestream: no such header.
    """
    jfif, adobe = False, -1
    for marker, segment in _segments(data):
        if marker == 0xE0 and segment[:5] == b"JFIF\0":
            jfif = True
        elif marker == 0xEE and segment[:5] == b"Adobe" and len(segment) >= 12:
            adobe = segment[11]
        elif marker in _JPEG_FRAME_MARKERS and len(segment) >= 6:
            precision, rows, columns, components = struct.unpack_from(">BHHB", segment)
            ids = tuple(segment[6 : 6 + 3 * components : 3])
            return Codestream(rows, columns, components, precision, False, False, jfif, adobe, ids)
        elif marker == _START_OF_SCAN:
            break
    raise BadCodestream("it does not begin as a JPEG codestream does")


def _segments(data: bytes) -> "list[tuple[int, bytes]]":
    """Marker and content of the segments until the first scan."""
    if data[:2] != b"\xff\xd8":
        raise BadCodestream("it does not begin as a JPEG codestream does")
    found, at = [], 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise BadCodestream("its header is damaged")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _STANDALONE:
            at += 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        found.append((marker, data[at + 4 : at + 2 + length]))
        if marker == _START_OF_SCAN:
            break
        at += 2 + max(length, 2)
    return found


def with_whole_spectrum(data: bytes) -> bytes:
    """A sequential JPEG whose first scan covers all coefficients, whatever its header says.

    Some devices write a spectral selection that only progressive JPEG has (ITU-T T.81 B.2.3).
    """
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] == _START_OF_SCAN:
            end = at + 2 + length
            return data[: end - 3] + b"\0\x3f\0" + data[end:]
        at += 2 + length
    raise BadCodestream("it has no scan")


def read_jpeg_2000(data: bytes) -> Codestream:
    """The header of a JPEG 2000 or HTJ2K codestream, bare or in a JP2 file (ITU-T T.800 A.5).

    Raises:
        BadCodestream: no such header, or components that differ in size or depth.
    """
    begin = data.find(b"\xff\x4f\xff\x51", 0, 1 << 16)
    if begin < 0 or begin + 42 > len(data):
        raise BadCodestream("it does not begin as a JPEG 2000 codestream does")
    at = begin + 4
    right, bottom, left, top = struct.unpack_from(">4I", data, at + 4)
    (components,) = struct.unpack_from(">H", data, at + 36)
    kinds = [data[at + 38 + 3 * part : at + 41 + 3 * part] for part in range(min(components, 5))]
    if not kinds or any(kind != kinds[0] for kind in kinds) or kinds[0][1:] != b"\1\1":
        raise BadCodestream("its components are not all alike")
    depth = kinds[0][0]
    (length,) = struct.unpack_from(">H", data, at)
    return Codestream(
        rows=bottom - top,
        columns=right - left,
        components=components,
        precision=(depth & 0x7F) + 1,
        signed=bool(depth & 0x80),
        mixed=_mixes(data, at + length),
    )


def _mixes(data: bytes, at: int) -> bool:
    """Whether the coding style default mixes the components (ITU-T T.800 A.6.1)."""
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0x90:
        if data[at + 1] == 0x52:
            return data[at + 8 : at + 9] == b"\1"
        at += 2 + max(int.from_bytes(data[at + 2 : at + 4], "big"), 2)
    return False
