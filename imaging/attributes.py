"""Reading attributes of data sets that real devices wrote: malformed optional values count as
absent.
"""

import math
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException
from pydicom.multival import MultiValue

MALFORMED = (
    *(ValueError, TypeError, OverflowError, NotImplementedError, AttributeError, KeyError),
    *(struct.error, OSError, RecursionError, BytesLengthException),
)


def value(dataset: Dataset, keyword: str) -> Any:
    """The attribute's value; an empty string when it is absent, empty or malformed."""
    try:
        found = dataset.get(keyword, "")
    except MALFORMED:
        return ""
    return "" if found is None else found


def text(dataset: Dataset, keyword: str) -> str:
    """The first value as text without padding."""
    found = value(dataset, keyword)
    if isinstance(found, MultiValue | list | tuple):
        found = found[0] if found else ""
    return str(found).strip(" \0")


def texts(dataset: Dataset, keyword: str) -> tuple[str, ...]:
    found = value(dataset, keyword)
    several = found if isinstance(found, MultiValue | list | tuple) else [found]
    return tuple(str(one).strip(" \0") for one in several) if found != "" else ()


def numbers(dataset: Dataset, keyword: str, count: int = 0) -> tuple[float, ...]:
    """All values as finite floats; empty if any is malformed, or if `count` are wanted and there
    are others.
    """
    found = value(dataset, keyword)
    several = found if isinstance(found, MultiValue | list | tuple) else [found]
    try:
        read = tuple(float(one) for one in several)
    except MALFORMED:
        return ()
    if not all(map(math.isfinite, read)) or (count and len(read) != count):
        return ()
    return read


def number(dataset: Dataset, keyword: str, default: float = 0.0) -> float:
    """The first value as a finite float."""
    read = numbers(dataset, keyword)
    return read[0] if read else default


def whole(dataset: Dataset, keyword: str, default: int = 0) -> int:
    """The first value as an integer."""
    return int(number(dataset, keyword, default))


def items(dataset: Dataset, keyword: str) -> Sequence[Dataset]:
    """The items of a sequence; none when it is absent or not a sequence."""
    found = value(dataset, keyword)
    return [item for item in found if isinstance(item, Dataset)] if found else []


def words(dataset: Dataset, keyword: str) -> np.ndarray[Any, np.dtype[np.uint16]]:
    """US, SS or OW values as 16-bit words; bytes of an OB-like odd tail are dropped."""
    found = value(dataset, keyword)
    if isinstance(found, bytes):
        order = ">" if is_big_endian(dataset) else "<"
        return np.frombuffer(found[: len(found) & ~1], order + "u2").astype(np.uint16)
    if isinstance(found, str):
        return np.empty(0, np.uint16)
    several = found if isinstance(found, MultiValue | list | tuple) else [found]
    try:
        return (np.array([int(one) for one in several], np.int64) & 0xFFFF).astype(np.uint16)
    except MALFORMED:
        return np.empty(0, np.uint16)


def is_big_endian(dataset: Dataset) -> bool:
    """Whether the data set was read from big endian bytes."""
    little = dataset.original_encoding[1]
    return little is False
