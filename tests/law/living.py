"""A history lived through in a process of its own, for `python -m tests.law`."""

from __future__ import annotations

import gc
import tempfile
from functools import cache
from pathlib import Path

from tests.law.doors import Difference
from tests.law.history import drive, random_history, shortened
from tests.law.world import Stage

LENGTH = 100


@cache
def _stage() -> Stage:
    """This process's portal, in memory where there is a folder for that."""
    memory = Path("/dev/shm")  # noqa: S108
    folder = tempfile.mkdtemp(prefix="law", dir=memory if memory.is_dir() else None)
    stage = Stage(Path(folder))
    gc.freeze()  # what was loaded stays: it need not be looked through again and again
    gc.set_threshold(100_000, 50, 50)
    return stage


def live(seed: int) -> tuple[int, str]:
    """A history in a process of the pool; what differs, empty where nothing does."""
    try:
        drive(_stage(), random_history(seed, LENGTH))
    except Difference as difference:
        return seed, str(difference)
    return seed, ""


def told_shortest(seed: int) -> str:
    """The difference of a seed after as few steps as still show it."""
    steps = shortened(_stage(), random_history(seed, LENGTH))
    try:
        drive(_stage(), steps)
    except Difference as difference:
        return str(difference)
    return "a difference that does not come again"
