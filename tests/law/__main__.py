"""Long histories: `make law` lives through a hundred thousand steps, seed by seed.

    python -m tests.law --steps 100000 --seed 1000 --processes 2

Prints how far it is. Should portal and law ever disagree, it prints the seed at once, so that
`--seed SEED --steps 100` lives through that history again, and then as short a history as still
shows the difference.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time

from tests.law.living import LENGTH, live, told_shortest


def main() -> int:
    """Exit 1 when a history differs."""
    asked = argparse.ArgumentParser(prog="python -m tests.law", description=__doc__)
    asked.add_argument("--steps", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=1000, help="the first seed")
    asked.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    chosen = asked.parse_args()
    began, lived = time.monotonic(), 0
    seeds = range(chosen.seed, chosen.seed + -(-chosen.steps // LENGTH))
    print(f"Seeds {seeds[0]} to {seeds[-1]}, {LENGTH} steps each.", flush=True)
    with multiprocessing.get_context("spawn").Pool(chosen.processes) as pool:
        for seed, difference in pool.imap_unordered(live, seeds):
            if difference:
                print(f"seed {seed}: {difference}", flush=True)
                print("As short as it gets:", pool.apply(told_shortest, [seed]), flush=True)
                return 1
            lived += LENGTH
            if lived % 1000 == 0:
                print(f"{lived:,} steps, {time.monotonic() - began:.0f} s", flush=True)
    print(f"No difference in {lived:,} steps, {time.monotonic() - began:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
