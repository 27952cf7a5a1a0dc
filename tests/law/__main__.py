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
import time

from tests.law.living import LENGTH, live


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
        for seed, difference in pool.imap_unordered(live, seeds):
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
