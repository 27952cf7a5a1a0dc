"""Long histories: `make law` lives through a hundred thousand steps, seed by seed.

    python -m tests.law --steps 100000 --first 1000

Prints how far it is, and, should portal and law ever disagree, the seed and as short a history as
still shows the difference.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.law.doors import Difference
from tests.law.history import drive, random_history, shortened
from tests.law.world import Stage

LENGTH = 100
_stage: list[Stage] = []


def _live(seed: int) -> tuple[int, str]:
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


def main() -> int:
    """Exit 1 when a history differs."""
    asked = argparse.ArgumentParser(prog="python -m tests.law", description=__doc__)
    asked.add_argument("--steps", type=int, default=100_000)
    asked.add_argument("--first", type=int, default=1000, help="the first seed")
    asked.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    chosen = asked.parse_args()
    began, lived = time.monotonic(), 0
    seeds = range(chosen.first, chosen.first + -(-chosen.steps // LENGTH))
    with multiprocessing.get_context("spawn").Pool(chosen.processes) as pool:
        for seed, difference in pool.imap_unordered(_live, seeds):
            if difference:
                print(f"seed {seed}: {difference}")
                return 1
            lived += LENGTH
            if lived % 1000 == 0:
                print(f"{lived:,} steps, {time.monotonic() - began:.0f} s", flush=True)
    print(f"No difference in {lived:,} steps, seeds {seeds[0]} to {seeds[-1]}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
