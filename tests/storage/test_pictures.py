"""Encoded pictures in memory: made once, kept within a budget."""

from __future__ import annotations

import threading

import pytest

from storage.pictures import OVERHEAD, PictureCache


def test_a_picture_is_made_once_and_kept() -> None:
    cache = PictureCache(10_000)
    assert cache.kept("a") is None
    assert cache.get("a", lambda: b"picture") == b"picture"
    assert cache.get("a", lambda: b"another") == b"picture"
    assert cache.kept("a") == b"picture"


def test_the_budget_holds_and_what_was_used_last_stays() -> None:
    cache = PictureCache(3 * (100 + OVERHEAD))
    for key in "abc":
        cache.get(key, lambda: b"x" * 100)
    assert cache.kept("a")
    cache.get("d", lambda: b"x" * 100)
    assert cache.used <= cache.budget
    assert [cache.kept(key) is not None for key in "abcd"] == [True, False, True, True]


def test_a_picture_beyond_the_budget_is_handed_out_and_not_kept() -> None:
    cache = PictureCache(1000)
    assert len(cache.get("a", lambda: b"x" * 2000)) == 2000
    assert cache.kept("a") is None
    assert cache.used == 0


def test_what_fails_is_raised_and_tried_again() -> None:
    cache = PictureCache(10_000)

    def fail() -> bytes:
        raise ValueError("damaged")

    with pytest.raises(ValueError, match="damaged"):
        cache.get("a", fail)
    assert cache.get("a", lambda: b"mended") == b"mended"


@pytest.mark.parametrize("fails", [False, True])
def test_who_asks_meanwhile_shares_the_making(fails: bool) -> None:
    cache = PictureCache(10_000)
    began, go_on, told = threading.Event(), threading.Event(), []

    def slow() -> bytes:
        began.set()
        assert go_on.wait(10)
        if fails:
            raise ValueError("damaged")
        return b"picture"

    def ask() -> None:
        try:
            told.append(cache.get("a", slow))
        except ValueError as error:
            told.append(str(error).encode())

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert began.wait(10)
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert told == [b"damaged" if fails else b"picture"] * 2
