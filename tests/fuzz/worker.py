"""A process that puts one damaged file after another through a portal of its own.

It reads seeds from standard input and answers each with a line of JSON. Whatever kills it kills no
one else: the process that started it sees which seed it was.
"""

from __future__ import annotations

import faulthandler
import json
import resource
import sys
import tempfile
import time
import warnings
from pathlib import Path

from tests.fuzz.mutations import damaged
from tests.fuzz.trial import Trial

FILES_A_PORTAL = 300
MEMORY = 6 << 30  # bytes of address space: a runaway ends here and not with the machine
GROWTH_MB = 1024  # what one file may take beside what the process has anyway


def resident_mb(what: str) -> int:
    """VmRSS or VmHWM of this process in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(what):
            return int(line.split()[1]) >> 10
    return 0


def answer(trial: Trial, seed: int) -> dict[str, object]:
    """Run the file of a seed; how it went, how long it took and how much memory."""
    what, data = damaged(seed)
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    before, begun, worked = resident_mb("VmRSS"), time.monotonic(), time.process_time()
    verdict = trial.run(f"seed {seed}", data)
    # what this process worked, not what it waited for a machine that others use too
    taken = min(time.monotonic() - begun, time.process_time() - worked)
    grown = resident_mb("VmHWM") - before
    if grown > GROWTH_MB:
        verdict.faults.append(f"It took {grown} MB of memory.")
    return {
        "seed": seed, "what": what, "seconds": round(taken, 2), "mb": grown,
        "fate": verdict.fate, "reason": verdict.reason, "shown": verdict.shown,
        "refused": verdict.refused, "faults": verdict.faults,
    }  # fmt: skip


def main() -> None:
    """Answer seeds until there are no more."""
    faulthandler.enable()
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    seeds = iter(sys.stdin.readline, "")
    ended = False
    while not ended:
        with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
            trial = Trial(Path(folder))
            for _ in range(FILES_A_PORTAL):
                line = next(seeds, "")
                if not line:
                    ended = True
                    break
                print(json.dumps(answer(trial, int(line))), flush=True)
            trial.close()


if __name__ == "__main__":
    main()
