"""A history lived through in a process of its own, for `python -m tests.law`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.law.doors import Difference
from tests.law.history import drive, random_history, shortened
from tests.law.world import Stage

LENGTH = 100
_stage: list[Stage] = []


def live(seed: int) -> tuple[int, str]:
    """A history in a process of the pool; what differs, empty where nothing does."""
    if not _stage:
        memory = Path("/dev/shm")  # noqa: S108
        folder = tempfile.mkdtemp(prefix="law", dir=memory if memory.is_dir() else None)
        _stage.append(Stage(Path(folder)))
    steps = random_history(seed, LENGTH)
    try:
        drive(_stage[0], steps)
    except Difference:
        try:
            drive(_stage[0], shortened(_stage[0], steps))
        except Difference as difference:
            return seed, str(difference)
        return seed, "a difference that does not come again"
    return seed, ""
