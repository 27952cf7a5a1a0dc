"""Parsing a file from outside: its structure is bounded before the parser proper sees it.

A few bytes make an element, and a few more a level of nesting: a small file can hold more of both
than a parser survives. One pass over the element headers counts them; no value is read.
"""

import functools
import io
import struct
from dataclasses import dataclass
from typing import BinaryIO, cast

import pydicom
from pydicom.datadict import dictionary_VR
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
# elements, and items eight times over, for they cost a parser as much more; an enhanced object of
# ten thousand frames stays below
MOST_PARTS = 1_000_000
AN_ITEM = 8
MOST_READS = 5_000  # of what comes before the data set: a few for each of its elements
DEFERRED_FROM = 1 << 16  # bytes of a value
_ITEM_END = 0xFFFEE00D
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


@dataclass(slots=True)
class _Level:
    """Where the walk is: in a sequence (items follow) or in a data set (elements follow)."""

    in_sequence: bool
    end: int  # where it ends at the latest; its delimiter may come before
    region: int  # where the value ends that holds all of it; nothing inside reaches further
    implicit: bool
    has_length: bool = False


class _Walk:
    """Over one data set, from where its file stands to its pixels, the way the parser goes."""

    def __init__(self, file: BinaryIO, big_endian: bool) -> None:
        order = ">" if big_endian else "<"
        self._file = file
        self._tag_of = struct.Struct(order + "HH").unpack_from
        self._short_of = struct.Struct(order + "H").unpack_from
        self._long_of = struct.Struct(order + "I").unpack_from
        self._item = struct.pack(order + "HH", 0xFFFE, 0xE000)
        self._sequence_end = struct.pack(order + "HH", 0xFFFE, 0xE0DD)
        begin = file.tell()
        size = file.seek(0, io.SEEK_END)
        file.seek(begin)
        self._levels = [_Level(False, size, size, self._is_implicit())]
        self._parts = 0

    def through(self) -> None:
        while self._levels:
            level = self._levels[-1]
            head = self._file.read(8)
            if len(head) < 8 or self._file.tell() > level.region:
                self._leave_region(level.region)
            elif level.in_sequence:
                self._item_of(level, head)
            elif not self._element_of(level, head):
                return
            self._leave_what_is_over()
            if len(self._levels) > 2 * DEEPEST + 1:  # a sequence and its item are one level
                raise Implausible(f"The file nests sequences more than {DEEPEST} levels deep.")
            if self._parts > MOST_PARTS:
                raise Implausible(f"The file holds more than {MOST_PARTS:,} elements.")

    def _item_of(self, level: _Level, head: bytes) -> None:
        if head[:4] == self._sequence_end:
            self._levels.pop()
            if level.has_length:
                self._file.seek(level.end)
            return
        # whatever stands where an item should is taken for one
        self._parts += AN_ITEM
        (length,) = self._long_of(head, 4)
        end = level.region if length == _UNDEFINED else self._file.tell() + length
        implicit = level.implicit or self._is_implicit()
        self._levels.append(_Level(False, end, level.region, implicit))

    def _element_of(self, level: _Level, head: bytes) -> bool:
        """Step over an element, or into it; False where the data set ends."""
        self._parts += 1
        group, element = self._tag_of(head)
        tag, vr, length = group << 16 | element, head[4:6], 0
        if level.implicit or not b"AA" <= vr <= b"ZZ":
            vr, (length,) = b"", self._long_of(head, 4)
        elif vr in LONG_VRS:
            (length,) = self._long_of(self._file.read(4).ljust(4, b"\0"))
        else:
            (length,) = self._short_of(head, 6)
        if tag == _ITEM_END:
            self._levels.pop()
            return bool(self._levels)
        if tag in _PIXELS and len(self._levels) == 1:
            return False
        if not length:
            return True
        at = self._file.tell()
        begins_item = length >= 8 and self._file.read(4) == self._item
        self._file.seek(at)
        is_sequence = _is_sequence(tag, vr, begins_item)
        if length == _UNDEFINED:
            if is_sequence or vr == b"UN":
                self._levels.append(_Level(True, level.region, level.region, level.implicit))
            else:
                self._skip_to_delimiter()
        else:
            end = min(at + length, level.region)
            if is_sequence or (begins_item and vr not in _BULK):
                self._levels.append(_Level(True, end, end, level.implicit, has_length=True))
            else:
                self._file.seek(end)
        return True

    def _leave_region(self, end: int) -> None:
        """Go on behind the value that ended too early for what it holds; out, at the file's end."""
        while self._levels and self._levels[-1].region == end:
            self._levels.pop()
        self._file.seek(end)

    def _leave_what_is_over(self) -> None:
        while len(self._levels) > 1 and self._file.tell() >= self._levels[-1].end:
            level = self._levels.pop()
            if level.has_length:
                self._file.seek(level.end)

    def _skip_to_delimiter(self) -> None:
        kept = b""
        while chunk := self._file.read(1 << 16):
            found = (kept + chunk).find(self._sequence_end)
            if found >= 0:
                self._file.seek(found - len(kept) - len(chunk) + 8, io.SEEK_CUR)
                return
            kept = chunk[-3:]

    def _is_implicit(self) -> bool:
        """Whether the data set that begins here has no VRs, whatever the transfer syntax says."""
        at = self._file.tell()
        vr = self._file.read(6)[4:]
        self._file.seek(at)
        return len(vr) == 2 and not all(0x40 < letter < 0x5B for letter in vr)


def _is_sequence(tag: int, vr: bytes, begins_item: bool) -> bool:
    if vr == b"SQ":
        return True
    if vr not in (b"", b"UN"):
        return False
    known = _dictionary_vr(tag)
    return known == "SQ" if known else begins_item


@functools.lru_cache(4096)
def _dictionary_vr(tag: int) -> str:
    try:
        return dictionary_VR(tag)
    except KeyError:
        return ""
