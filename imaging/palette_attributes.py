"""Reading palettes, plain, segmented and supplemental, into 8-bit colours (DICOM PS3.3 C.7.9)."""

from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from imaging.attributes import value, words
from imaging.grey_attributes import table_entries
from imaging.modules import Palette

_COLOURS = ("Red", "Green", "Blue")
_Words = np.ndarray[Any, np.dtype[np.uint16]]


class _Malformed(ValueError):
    pass


def read_palette(dataset: Dataset, *, supplemental: bool) -> Palette | None:
    """The palette, or None when there is none or it is malformed."""
    described = words(dataset, "RedPaletteColorLookupTableDescriptor")
    if len(described) != 3:
        return None
    count = int(described[0]) or 65536
    first = int(value(dataset, "RedPaletteColorLookupTableDescriptor")[1])
    bits = int(described[2])
    try:
        tables = [_entries(dataset, colour, count) for colour in _COLOURS]
    except _Malformed:
        return None
    highest = max(int(table.max()) for table in tables)
    # writers mix up the depth: the entries themselves tell 8 bits from 16
    full = 65535 if highest > 255 else 255 if bits <= 8 or highest > 1 else 65535
    rgb = np.stack(tables, axis=1).astype(np.uint32)
    scaled = ((rgb * 255 + full // 2) // full).astype(np.uint8)
    return Palette(first, scaled.tobytes(), supplemental)


def _entries(dataset: Dataset, colour: str, count: int) -> _Words:
    plain = table_entries(dataset, f"{colour}PaletteColorLookupTableData", count)
    if len(plain):
        return plain
    segments = words(dataset, f"Segmented{colour}PaletteColorLookupTableData")
    if not len(segments):
        raise _Malformed
    return expand_segments(segments, count)


def expand_segments(data: _Words, count: int) -> _Words:
    """The `count` entries that a segmented table stands for (DICOM PS3.3 C.7.9.2).

    Raises:
        ValueError: the segments do not make sense, or do not make `count` entries.
    """
    made: list[_Words] = []
    total = _expand(data, 0, len(data), -1, made, count)
    if total < count:
        raise _Malformed(f"The segments make {total} entries, not {count}.")
    return np.concatenate(made)[:count]


def _expand(data: _Words, at: int, segments: int, last: int, made: list[_Words], count: int) -> int:
    """Append what up to `segments` segments from word `at` on make; how many entries `made` holds
    then.
    """
    total = sum(map(len, made))
    while segments > 0 and at + 1 < len(data) and total < count:
        opcode, length = int(data[at]), int(data[at + 1])
        at += 2
        segments -= 1
        if opcode == 0 and at + length <= len(data):
            made.append(data[at : at + length])
            at += length
        elif opcode == 1 and made and at < len(data):
            begin, end = int(made[-1][-1]), int(data[at])
            steps = np.arange(1, length + 1, dtype=np.float64) / max(length, 1)
            made.append(np.rint(begin + steps * (end - begin)).astype(np.uint16))
            at += 1
        elif opcode == 2 and last < 0 and at + 1 < len(data):
            target = (int(data[at]) | int(data[at + 1]) << 16) // 2
            at += 2
            # an indirect segment never points at another one: that bounds the recursion
            total = _expand(data, target, length, at, made, count)
            continue
        else:
            raise _Malformed("The segmented palette is malformed.")
        total += len(made[-1])
        if not len(made[-1]):
            made.pop()
    return total
