"""Reading attributes of data sets that real devices wrote: malformed optional values count as
absent.
"""

import math
import struct
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
from pydicom.dataelem import RawDataElement, convert_raw_data_element
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag, Tag

MALFORMED = (
    *(ValueError, TypeError, OverflowError, NotImplementedError, AttributeError, KeyError),
    *(struct.error, OSError, RecursionError, BytesLengthException),
)
# their meaning depends on neither character set nor other attributes
_SELF_CONTAINED = frozenset("AS CS DA DS FD FL IS SL SS TM UI UL US".split())
_MOST_REMEMBERED = 256  # bytes of a value


def stated(dataset: Dataset, keyword: str) -> Any:
    """The attribute's value, None when it is absent or empty.

    Objects of a series repeat most values: those that mean the same wherever they stand are
    converted once. Raises whatever pydicom raises for a malformed value.
    """
    tag = _tag(keyword)
    if tag not in dataset:
        return None
    element: Any = dataset.get_item(tag)
    if isinstance(element, RawDataElement) and element.VR in _SELF_CONTAINED:
        data = element.value
        if isinstance(data, bytes) and 0 < len(data) <= _MOST_REMEMBERED:
            return _converted(tag, element.VR, data, element.is_little_endian)
    return dataset[tag].value


def value(dataset: Dataset, keyword: str) -> Any:
    """The attribute's value; an empty string when it is absent, empty or malformed."""
    try:
        found = stated(dataset, keyword)
    except MALFORMED:
        return ""
    return "" if found is None else found


@cache
def _tag(keyword: str) -> BaseTag:
    return Tag(keyword)  # many times quicker to look up than the keyword


@lru_cache(4096)
def _converted(tag: BaseTag, vr: str, data: bytes, little_endian: bool) -> Any:
    raw = RawDataElement(tag, vr, len(data), data, 0, False, little_endian)
    return convert_raw_data_element(raw).value


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
