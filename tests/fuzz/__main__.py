"""`python -m tests.fuzz --count 10000`: damaged files by the thousand; exit 1 if any did harm."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.fuzz.killing import killed_imports
from tests.fuzz.mutations import damaged
from tests.fuzz.running import run


def main() -> int:
    """Run the seeds asked for and print what became of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, action="append", help="only this one")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kills", type=int, default=0, help="kill imports so many times instead")
    asked = parser.parse_args()
    if asked.kills:
        return _kill(asked.kills, asked.first)
    seeds = asked.seed or range(asked.first, asked.first + asked.count)
    fates: Counter[str] = Counter()
    harm = done = shown = refused = 0
    slowest, largest = 0.0, 0
    for answer in run(seeds, asked.workers):
        done += 1
        fates[answer["fate"]] += 1
        shown, refused = shown + answer.get("shown", 0), refused + answer.get("refused", 0)
        slowest, largest = max(slowest, answer["seconds"]), max(largest, answer["mb"])
        if answer["faults"]:
            harm += 1
            what = answer["what"] or damaged(answer["seed"])[0]
            print(f"HARM, seed {answer['seed']} ({what}):", *answer["faults"], sep="\n", flush=True)
        if done % 500 == 0:
            print(f"{done} files, {harm} did harm", file=sys.stderr, flush=True)
    print(f"{done} files: {', '.join(f'{n} {fate}' for fate, n in sorted(fates.items()))}.")
    print(f"{shown} pictures and reports shown, {refused} refused with a sentence.")
    print(f"Slowest {slowest:.1f} s, most memory {largest} MB, {harm} did harm.")
    return int(harm > 0)


def _kill(times: int, seed: int) -> int:
    with tempfile.TemporaryDirectory(prefix="killed-") as folder:
        faults = list(killed_imports(Path(folder), times, seed))
    print(*faults, f"{times} imports were killed: {len(faults)} faults.", sep="\n")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
