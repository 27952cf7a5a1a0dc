"""Parsing a file from outside: its structure is bounded before the parser proper sees it.

A few bytes make an element, and a few more a level of nesting: a small file can hold more of both
than a parser survives. One pass over the element headers counts them; no value is read.
"""

import io
import struct
from typing import BinaryIO, cast

import pydicom
from pydicom.dataset import Dataset
from pydicom.filereader import (
    _read_command_set_elements,
    _read_file_meta_info,
    read_preamble,
)

from imaging.frame_spans import LONG_VRS
from imaging.inflating import Inflating, Unlocatable
from imaging.transfer_syntax import DEFLATED_DATA_SET, EXPLICIT_BIG

DEEPEST = 64  # levels of sequences; the standard's own objects need about ten
# elements, and items four times over, for they cost a parser as much more; an enhanced object of
# ten thousand frames stays below
MOST_PARTS = 1_000_000
AN_ITEM = 4
MOST_READS = 5_000  # of what comes before the data set: a few for each of its elements
DEFERRED_FROM = 1 << 16  # bytes of a value
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_PIXELS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
_BULK = frozenset(b"OB OD OF OL OV OW".split())
_UNDEFINED = 0xFFFFFFFF


class Implausible(ValueError):
    """No real file is built like this; the message says how, in a plain sentence."""


def read_data_set(file: BinaryIO, *, deferring: bool = True) -> Dataset:
    """The data set of a DICOM file (PS3.10 7.1) up to its pixel data, where `file` is left.

    `deferring` leaves values over 64 kB in the file until they are asked for. Pixel data is for
    `imaging.description` to find: a parser gives up the whole data set where it breaks off.

    Raises:
        Implausible: see `check_structure`.
        InvalidDicomError: this is no DICOM file; and whatever else a parser may raise on damage.
    """
    file.seek(0)
    has_preamble = file.read(132)[128:] == b"DICM"
    syntax = check_structure(file)
    # what was deferred is later looked for in the file, not in what was inflated
    defer = DEFERRED_FROM if deferring and syntax != DEFLATED_DATA_SET else None
    return pydicom.dcmread(file, force=not has_preamble, defer_size=defer, stop_before_pixels=True)


def check_structure(file: BinaryIO) -> str:
    """Walk over a file, which is left at its beginning; returns its transfer syntax as stated.

    Whatever begins as an item does is walked into, whatever its VR says, because a parser may too.
    A data set that breaks off, or makes no sense, passes as far as it goes: a parser will say so.

    Raises:
        Implausible: more than `MOST_PARTS` elements, deeper than `DEEPEST` levels, or a deflated
            data set beyond `imaging.inflating.MAX_INFLATED` bytes.
    """
    file.seek(0)
    # the parser's own steps: where it takes the data set to begin, and what it takes it for, counts
    read_preamble(file, force=True)
    reads = cast(BinaryIO, _CountedReads(file))
    syntax = str(_read_file_meta_info(reads).get("TransferSyntaxUID") or "")
    _read_command_set_elements(reads)
    source = _inflated(file) if syntax == DEFLATED_DATA_SET else file
    _Walk(source, syntax == EXPLICIT_BIG).through()
    file.seek(0)
    return syntax


class _CountedReads:
    """A file that is read from only so often: what stands before a data set is short."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._left = file, MOST_READS
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int = -1) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise Implausible("What comes before the data set of this file is implausibly long.")
        return self._file.read(size)


def _inflated(file: BinaryIO) -> BinaryIO:
    inflating = Inflating(iter(lambda: file.read(1 << 16), b""))
    made = io.BytesIO()
    try:
        while part := inflating.read(1 << 20):
            made.write(part)
    except Unlocatable as reason:
        raise Implausible(str(reason)) from reason
    made.seek(0)
    return made


class _Walk:
    """Over one data set, from where its file stands to the end."""

    def __init__(self, file: BinaryIO, big_endian: bool) -> None:
        order = ">" if big_endian else "<"
        self._file = file
        self._tag_of = struct.Struct(order + "HH").unpack_from
        self._short_of = struct.Struct(order + "H").unpack_from
        self._long_of = struct.Struct(order + "I").unpack_from
        self._item = struct.pack(order + "HH", 0xFFFE, 0xE000)
        begin = file.tell()
        # the first element tells for all, whatever the transfer syntax says
        self._implicit = not _is_vr(file.read(6)[4:])
        self._size = file.seek(0, io.SEEK_END)
        file.seek(begin)

    def through(self) -> None:
        # each open level: where it ends, and whether its items are fragments of pixel data;
        # one of undefined length ends at its delimiter
        levels = [(self._size, False)]
        parts = 0
        while len(head := self._file.read(8)) == 8:
            tag, vr, length = self._header(head)
            parts += AN_ITEM if tag == _ITEM else 1
            if parts > MOST_PARTS:
                raise Implausible(f"The file holds more than {MOST_PARTS:,} elements.")
            at = self._file.tell()
            end = self._size if length == _UNDEFINED else min(at + length, self._size)
            if tag in (_ITEM_END, _SEQUENCE_END):
                levels[1:] = levels[1:-1]
            elif self._goes_deeper(tag, vr, length, in_fragments=levels[-1][1]):
                levels.append((end, length == _UNDEFINED and _is_bulk(tag, vr)))
                # a sequence and its item are one level
                if len(levels) > 2 * DEEPEST:
                    raise Implausible(f"The file nests sequences more than {DEEPEST} levels deep.")
            else:
                self._file.seek(end)
            while len(levels) > 1 and self._file.tell() >= levels[-1][0]:
                levels.pop()

    def _header(self, head: bytes) -> tuple[int, bytes, int]:
        group, element = self._tag_of(head)
        tag, vr = group << 16 | element, head[4:6]
        if self._implicit or group == 0xFFFE or not _is_vr(vr):
            return tag, b"", int(self._long_of(head, 4)[0])
        if vr in LONG_VRS:
            return tag, vr, int(self._long_of(self._file.read(4).ljust(4, b"\0"))[0])
        return tag, vr, int(self._short_of(head, 6)[0])

    def _goes_deeper(self, tag: int, vr: bytes, length: int, *, in_fragments: bool) -> bool:
        """Whether elements follow inside; leaves the file where the value begins."""
        if tag == _ITEM:
            return not in_fragments
        if length == _UNDEFINED:
            return True
        if length < 8 or _is_bulk(tag, vr):
            return False
        begins_item = self._file.read(4) == self._item
        self._file.seek(-4, io.SEEK_CUR)
        return begins_item


def _is_vr(two: bytes) -> bool:
    return two.isalpha() and two.isupper()


def _is_bulk(tag: int, vr: bytes) -> bool:
    """Whether a value is pixels, or what no parser looks for elements in."""
    return vr in _BULK or (tag in _PIXELS and not vr)
