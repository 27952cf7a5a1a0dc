"""Of what there is in a history, one: whichever the number falls on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
DAYS = (1, 3, 12, 40)
HOURS = (1, 5, 24, 24 * 4, 24 * 15)


def one_of(there: Sequence[T], number: int) -> T:
    return there[number % len(there)]
