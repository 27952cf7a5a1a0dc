"""Decoded frames in memory: within a budget, each made once, never changed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.pixels import PixelCache, Pixels

PATIENCE = 20.0  # seconds until a test gives up


def frame(size: int, value: int = 0) -> Pixels:
    return np.full(size, value, dtype=np.uint8)


class Making:
    """Makes frames and notes for which keys."""

    def __init__(self, size: int = 10) -> None:
        self.size = size
        self.made: list[object] = []

    def get(self, cache: PixelCache, key: int) -> Pixels:
        return cache.get(key, lambda: self._make(key))

    def _make(self, key: int) -> Pixels:
        self.made.append(key)
        return frame(self.size, key)


def test_a_frame_is_made_once_and_then_remembered() -> None:
    cache, making = PixelCache(100), Making()
    first, second = making.get(cache, 7), making.get(cache, 7)
    assert first is second
    assert making.made == [7]
    assert first[0] == 7


def test_what_was_not_used_for_longest_is_dropped_first() -> None:
    cache, making = PixelCache(40), Making(10)  # a quarter is for what is being made
    for key in (1, 2, 3, 1, 4):  # 2 is now the oldest
        making.get(cache, key)
    for key in (1, 3, 4):
        making.get(cache, key)
    assert making.made == [1, 2, 3, 4]
    making.get(cache, 2)
    assert making.made == [1, 2, 3, 4, 2]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 60)), max_size=60))
def test_the_budget_is_kept_whatever_is_asked_for(asked: list[tuple[int, int]]) -> None:
    cache = PixelCache(100)
    for key, size in asked:
        assert cache.get((key, size), lambda s=size: frame(s)).nbytes == size  # type: ignore[misc]
        held = {id(a): a.nbytes for a in cache._arrays.values()}
        assert cache.used == sum(held.values()) <= 100


def test_a_frame_larger_than_the_budget_is_given_and_not_kept() -> None:
    cache, small, large = PixelCache(100), Making(10), Making(101)
    small.get(cache, 1)
    assert large.get(cache, 2).nbytes == 101
    assert cache.used == 10
    large.get(cache, 2)
    assert large.made == [2, 2]
    small.get(cache, 1)
    assert small.made == [1]


def test_a_frame_cannot_be_changed() -> None:
    pixels = Making().get(PixelCache(100), 1)
    with pytest.raises(ValueError, match="read-only"):
        pixels[0] = 255


def test_an_error_is_raised_and_not_remembered() -> None:
    cache = PixelCache(100)

    def broken() -> Pixels:
        raise ValueError("damaged")

    for _ in range(2):
        with pytest.raises(ValueError, match="damaged"):
            cache.get(1, broken)
    assert Making().get(cache, 1)[0] == 1


class Counted:
    """A key that tells how many different threads have asked for it."""

    def __init__(self) -> None:
        self._askers: set[int] = set()
        self._changed = threading.Condition()

    def __hash__(self) -> int:
        with self._changed:
            self._askers.add(threading.get_ident())
            self._changed.notify_all()
        return 1

    def __eq__(self, other: object) -> bool:
        return self is other

    def asked_by(self, count: int) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: len(self._askers) >= count, PATIENCE)


def test_askers_at_the_same_moment_share_one_making() -> None:
    cache, key, made = PixelCache(100), Counted(), []

    def make() -> Pixels:
        assert key.asked_by(8)  # nothing is ready until everybody has asked
        made.append(1)
        return frame(10)

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(cache.get, key, make) for _ in range(8)]
        got = [a.result(PATIENCE) for a in asked]
    assert made == [1]
    assert all(pixels is got[0] for pixels in got)


def test_askers_at_the_same_moment_share_one_error_and_the_next_one_tries_again() -> None:
    cache, key, tries = PixelCache(100), Counted(), []

    def make() -> Pixels:
        assert key.asked_by(4)
        tries.append(1)
        raise ValueError("damaged")

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(cache.get, key, make) for _ in range(4)]
        errors = [a.exception(PATIENCE) for a in asked]
    assert [str(e) for e in errors] == ["damaged"] * 4
    assert tries == [1]
    assert cache.get(key, lambda: frame(10)).nbytes == 10


def test_a_slow_frame_does_not_hold_up_another() -> None:
    cache, slow, asked = PixelCache(100), threading.Event(), threading.Event()

    def make_slowly() -> Pixels:
        asked.set()
        assert slow.wait(PATIENCE)
        return frame(10)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(cache.get, "slow", make_slowly)
        assert asked.wait(PATIENCE)
        assert cache.get("quick", lambda: frame(10)).nbytes == 10
        assert not waiting.done()
        slow.set()
        assert waiting.result(PATIENCE).nbytes == 10


def test_many_threads_over_a_small_budget_get_the_right_frames() -> None:
    cache = PixelCache(50)

    def ask(number: int) -> bool:
        key = number % 13
        return bool((cache.get(key, lambda: frame(10, key)) == key).all())

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(2000)))
    assert cache.used <= 50
    assert cache._making == {}


def test_a_part_of_a_larger_array_does_not_keep_the_larger_one_alive() -> None:
    cache = PixelCache(100)
    volume = frame(1000)
    kept = cache.get(1, lambda: volume[10:20])
    assert kept.nbytes == cache.used == 10
    assert not np.shares_memory(kept, volume)


def test_an_array_larger_than_the_budget_is_given_but_not_kept() -> None:
    cache, making = PixelCache(100), Making(101)
    assert making.get(cache, 1).nbytes == 101
    making.get(cache, 1)
    assert making.made == [1, 1]
    assert cache.used == 0
