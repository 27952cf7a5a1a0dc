"""Encoded pictures in memory: a cache with a hard budget in bytes, each made only once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future

OVERHEAD = 500  # bytes that an entry costs beside its picture, roughly


class PictureCache:
    """Least recently used pictures up to `budget` bytes; concurrent askers share one making."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.used = 0
        self._pictures: OrderedDict[Hashable, bytes] = OrderedDict()
        self._making: dict[Hashable, Future[bytes]] = {}
        self._lock = threading.Lock()

    def kept(self, key: Hashable) -> bytes | None:
        """The picture if it is here."""
        with self._lock:
            if (picture := self._pictures.get(key)) is not None:
                self._pictures.move_to_end(key)
            return picture

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """The picture, made by `make` if it is not here; what `make` raises is raised."""
        mine: Future[bytes] = Future()
        with self._lock:
            if (picture := self._pictures.get(key)) is not None:
                self._pictures.move_to_end(key)
                return picture
            being_made = self._making.setdefault(key, mine)
        if being_made is not mine:
            return being_made.result()
        try:
            picture = make()
        except BaseException as error:
            with self._lock:
                del self._making[key]
            mine.set_exception(error)
            raise
        with self._lock:
            del self._making[key]
            self._keep(key, picture)
        mine.set_result(picture)
        return picture

    def _keep(self, key: Hashable, picture: bytes) -> None:
        if len(picture) + OVERHEAD > self.budget:
            return
        self._pictures[key] = picture
        self.used += len(picture) + OVERHEAD
        while self.used > self.budget:
            _, oldest = self._pictures.popitem(last=False)
            self.used -= len(oldest) + OVERHEAD
