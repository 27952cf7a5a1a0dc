"""Decoded frames in memory: a cache with a hard budget in bytes, each frame made only once.

While frames are kept others are being made and drawn, in memory of their own; room for a few of
them is part of the budget.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.generic]
BEING_MADE = 4  # frames of the size just made; beyond a quarter of the budget they are not counted


class PixelCache:
    """Least recently used arrays up to `budget` bytes; concurrent askers share one making."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.used = 0
        self._arrays: OrderedDict[Hashable, Pixels] = OrderedDict()
        self._making: dict[Hashable, Future[Pixels]] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Pixels]) -> Pixels:
        """The array for `key`, made by `make` if it is not here; what `make` raises is raised.

        The array is shared and read-only.
        """
        mine: Future[Pixels] = Future()
        with self._lock:
            if (array := self._arrays.get(key)) is not None:
                self._arrays.move_to_end(key)
                return array
            being_made = self._making.setdefault(key, mine)
        if being_made is not mine:
            return being_made.result()
        try:
            array = _alone(make())
            array.flags.writeable = False
        except BaseException as error:
            with self._lock:
                del self._making[key]
            mine.set_exception(error)
            raise
        self._keep(key, array)
        mine.set_result(array)
        return array

    def _keep(self, key: Hashable, array: Pixels) -> None:
        with self._lock:
            del self._making[key]
            if array.nbytes > self.budget:
                return
            room = self.budget - min(BEING_MADE * array.nbytes, self.budget // 4)
            while self._arrays and self.used + array.nbytes > room:
                _, oldest = self._arrays.popitem(last=False)
                self.used -= oldest.nbytes
            self._arrays[key] = array
            self.used += array.nbytes


def _alone(array: Pixels) -> Pixels:
    """The array without a larger one that it is a part of, and that would stay in memory too."""
    whole = array
    while isinstance(whole.base, np.ndarray):
        whole = whole.base
    return array.copy() if whole.nbytes > array.nbytes else array
