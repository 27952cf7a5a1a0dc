"""Where each frame's bytes begin in a stored file: one pass over element headers, no values read.

Memory stays bounded: a fragment costs sixteen bytes, and at most `MAX_FRAGMENTS` are followed.
"""

import io
import struct
from array import array
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from imaging.inflating import Inflating, Unlocatable

PIXEL_DATA = 0x7FE00010
FLOAT_PIXEL_DATA = 0x7FE00008
DOUBLE_FLOAT_PIXEL_DATA = 0x7FE00009
_EXTENDED_OFFSETS = 0x7FE00001
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_UNDEFINED = 0xFFFFFFFF
LONG_VRS = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
MAX_FRAGMENTS = 1_000_000
MAX_ELEMENTS = 1_000_000
_MAX_DEPTH = 64
_MAX_OFFSET_TABLE = 8 * MAX_FRAGMENTS


@dataclass(frozen=True, slots=True)
class FrameSpans:
    """Byte spans of pixel data, in the stored file or (deflated data set) in the inflated data set.

    Native: one run of `length` bytes at `offset`, frames one after another. Encapsulated:
        `fragments` holds pairs of little-endian 64-bit (offset, length), `first` the index of each
        frame's first fragment as 32-bit numbers, one more than there are frames.
    """

    offset: int
    length: int
    fragments: bytes = b""
    first: bytes = b""

    @property
    def encapsulated(self) -> bool:
        return bool(self.first)

    def of_fragments(self, frame: int) -> tuple[tuple[int, int], ...]:
        """(offset, length) of every fragment of encapsulated frame `frame`; empty when the file has
        none.
        """
        begin, end = struct.unpack_from("<II", self.first, 4 * frame)
        return tuple(struct.iter_unpack("<QQ", self.fragments[16 * begin : 16 * end]))


@dataclass(frozen=True, slots=True)
class PixelElement:
    """The pixel data element that was found: `spans` for `frames` frames, `cut` if the file ends
    inside it.
    """

    tag: int
    vr: str
    spans: FrameSpans
    cut: bool
    deflated_at: int
    source_length: int


class _Source(Protocol):
    def read(self, length: int) -> bytes: ...
    def skip(self, length: int) -> None: ...
    def tell(self) -> int: ...


class _Stored:
    """The file itself, skipping by seeking."""

    def __init__(self, file: BinaryIO, end: int) -> None:
        self._file, self._end = file, end
        self.tell = file.tell
        self.read = file.read

    def skip(self, length: int) -> None:
        self._file.seek(min(self._file.tell() + length, self._end))


def locate(
    source: BinaryIO | bytes,
    *,
    implicit: bool,
    big_endian: bool,
    deflated: bool,
    encapsulated: bool,
    frames: int,
) -> PixelElement:
    """Find the pixel data of a complete file and where its `frames` frames begin.

    `encapsulated` reads pixel data of a stated length as fragments too, as some writers store it.

    Raises:
        Unlocatable: no pixel data, or a structure that cannot be followed.
    """
    file = io.BytesIO(source) if isinstance(source, bytes | bytearray) else source
    end = file.seek(0, io.SEEK_END)
    begin = data_set_begins(file)
    file.seek(begin)
    if deflated:
        inflating = Inflating(iter(lambda: file.read(1 << 16), b""))
        return _Walker(inflating, False, False).find(frames, False, begin, end)
    walker = _Walker(_Stored(file, end), implicit, big_endian)
    return walker.find(frames, encapsulated, 0, end)


def data_set_begins(file: BinaryIO) -> int:
    """The offset behind preamble and file meta information (DICOM PS3.10 7.1)."""
    file.seek(0)
    at = 132 if file.read(132)[128:] == b"DICM" else 0
    file.seek(at)
    while True:
        head = file.read(12)
        if len(head) < 12 or head[:2] != b"\x02\x00" or not head[4:6].isalpha():
            return at
        if head[4:6] in LONG_VRS:
            at += 12 + int(struct.unpack_from("<I", head, 8)[0])
        else:
            at += 8 + int(struct.unpack_from("<H", head, 6)[0])
        file.seek(at)


class _Walker:
    def __init__(self, source: _Source, implicit: bool, big_endian: bool) -> None:
        self._source = source
        self._implicit = implicit
        order = ">" if big_endian else "<"
        self._tag = struct.Struct(order + "HH")
        self._short = struct.Struct(order + "H")
        self._long = struct.Struct(order + "I")
        self._left = MAX_ELEMENTS

    def find(
        self, frames: int, encapsulated: bool, deflated_at: int, source_length: int
    ) -> PixelElement:
        offsets = b""
        while (head := self._header(self._implicit)) is not None:
            tag, vr, length = head
            if tag in (PIXEL_DATA, FLOAT_PIXEL_DATA, DOUBLE_FLOAT_PIXEL_DATA):
                spans, cut = self._spans(length, frames, encapsulated, offsets)
                return PixelElement(tag, vr, spans, cut, deflated_at, source_length)
            if tag == _EXTENDED_OFFSETS and length <= _MAX_OFFSET_TABLE:
                offsets = self._source.read(length)
            elif length != _UNDEFINED:
                self._source.skip(length)
            else:
                self._skip_sequence(self._implicit or vr == "UN")
        raise Unlocatable("This object holds no pixel data.")

    def _header(self, implicit: bool) -> tuple[int, str, int] | None:
        head = self._source.read(8)
        if len(head) < 8:
            return None
        self._left -= 1
        if self._left < 0:
            raise Unlocatable(f"The file holds more than {MAX_ELEMENTS:,} elements.")
        group, element = self._tag.unpack_from(head)
        tag = group << 16 | element
        vr = head[4:6]
        if implicit or group == 0xFFFE or not (vr.isalpha() and vr.isupper()):
            return tag, "", self._long.unpack_from(head, 4)[0]
        if vr in LONG_VRS:
            extra = self._source.read(4)
            if len(extra) < 4:
                return None
            return tag, vr.decode(), self._long.unpack(extra)[0]
        return tag, vr.decode(), self._short.unpack_from(head, 6)[0]

    def _skip_sequence(self, implicit: bool) -> None:
        """Skip a sequence of undefined length, its first item not yet read."""
        # each open level: inside a sequence (True: items follow) or an item (False: elements
        # follow)
        open_levels = [True]
        while open_levels:
            if len(open_levels) > _MAX_DEPTH:
                raise Unlocatable("The file nests sequences deeper than any real one does.")
            head = self._header(implicit)
            if head is None:
                raise Unlocatable("The file ends before its pixel data.")
            tag, vr, length = head
            if tag in (_SEQUENCE_END, _ITEM_END):
                open_levels.pop()
            elif length != _UNDEFINED:
                self._source.skip(length)
            elif tag == _ITEM:
                open_levels.append(False)
            else:
                open_levels.append(True)
                implicit = implicit or vr == "UN"

    def _spans(
        self, length: int, frames: int, encapsulated: bool, offsets: bytes
    ) -> tuple[FrameSpans, bool]:
        at = self._source.tell()
        if length != _UNDEFINED and not encapsulated:
            self._source.skip(length)
            available = self._source.tell() - at
            return FrameSpans(at, available), available < length
        fragments, table, marks, cut = self._fragments()
        first = _first_fragments(frames, fragments, table, marks, offsets)
        return FrameSpans(at, 0, _packed(fragments), first.tobytes()), cut

    def _fragments(self) -> tuple["array[int]", bytes, "array[int]", bool]:
        """Fragments as offset, length, offset ...; the basic offset table; fragments that begin a
        codestream.
        """
        fragments, marks = array("Q"), array("I")
        table = b""
        is_table = True
        while (head := self._source.read(8)) and len(head) == 8:
            group, element = self._tag.unpack_from(head)
            if group << 16 | element != _ITEM:
                ended = group << 16 | element == _SEQUENCE_END
                return fragments, table, marks, not ended
            length = self._long.unpack_from(head, 4)[0]
            if is_table:
                table = self._source.read(min(length, _MAX_OFFSET_TABLE))
                self._source.skip(length - len(table))
                is_table = False
                continue
            at = self._source.tell()
            if _begins_codestream(start := self._source.read(min(length, 12))):
                marks.append(len(fragments) // 2)
            self._source.skip(length - len(start))
            fragments.extend((at, self._source.tell() - at))
            if len(fragments) > 2 * MAX_FRAGMENTS:
                raise Unlocatable(f"The pixel data is in more than {MAX_FRAGMENTS:,} pieces.")
        return fragments, table, marks, True


def _begins_codestream(data: bytes) -> bool:
    """Whether a fragment begins a JPEG, JPEG-LS or JPEG 2000 codestream or JP2 file."""
    return data[:3] == b"\xff\xd8\xff" or data[:4] == b"\xff\x4f\xff\x51" or data[4:8] == b"jP  "


def _packed(numbers: "array[int]") -> bytes:
    return struct.pack(f"<{len(numbers)}Q", *numbers)


def _first_fragments(
    frames: int,
    fragments: "array[int]",
    table: bytes,
    marks: "array[int]",
    extended: bytes,
) -> "array[int]":
    """The index of each frame's first fragment, and the end (DICOM PS3.5 A.4)."""
    count = len(fragments) // 2
    if frames == 1:
        return _indices([0], 1, count)
    if count <= frames:
        return _indices(range(count), frames, count)
    # offsets count from the first item's tag, eight bytes before the first fragment
    origin = fragments[0] - 8
    item_at = {fragments[2 * index] - 8 - origin: index for index in range(count)}
    for code, stored in (("Q", extended), ("I", table)):
        size = array(code).itemsize
        if len(stored) == frames * size:
            begins = [
                item_at.get(offset, -1) for (offset,) in struct.iter_unpack("<" + code, stored)
            ]
            if -1 not in begins and begins == sorted(begins):
                return _indices(begins, frames, count)
    if len(marks) > 1:
        return _indices(marks[:frames], frames, count)
    return _indices([0], frames, count)


def _indices(begins: "list[int] | range | array[int]", frames: int, count: int) -> "array[int]":
    indices = array("I", begins)
    indices.extend([count] * (frames + 1 - len(indices)))
    return indices
