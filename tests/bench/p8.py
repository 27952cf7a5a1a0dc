"""P8: memory of the serving process: at rest, with viewers, and with a full pixel cache."""

from __future__ import annotations

import time

from tests.bench.exam import long_ct
from tests.bench.figures import Figure, say
from tests.bench.goals import GOALS
from tests.bench.ours import our_side
from tests.bench.viewers import RATE, crowd

CACHE_MB, VIEWERS = 64, 20
QUIET = 6.0  # seconds after which everybody has acknowledged what they got


def measure() -> list[Figure]:
    """One viewer fills the cache; twenty more come, scroll and rest."""
    study = long_ct()
    slices = len(study.files)
    with our_side([study], VIEWERS + 1, pixel_cache_mb=str(CACHE_MB)) as ours:
        rest = ours.resident()
        with crowd(ours, ours.viewers[:1], study.uid, notches=0):
            one = ours.resident()
        # down and up again, so that whatever was skipped on the way is seen too
        with crowd(ours, ours.viewers[:1], study.uid, notches=2 * slices, turn=slices):
            time.sleep(2 * slices / RATE + QUIET)
            full = ours.resident()
            with crowd(ours, ours.viewers[1:], study.uid, notches=50):
                time.sleep(50 / RATE + QUIET)
                many = ours.resident()
    say(f"at rest {rest:.0f} MB, first viewer {one:.0f} MB, cache full {full:.0f} MB,"
        f" {VIEWERS} more viewers {many:.0f} MB")  # fmt: skip
    return [
        Figure(GOALS["P8 rest"], rest),
        Figure(GOALS["P8 viewer"], (many - full) / VIEWERS),
        Figure(GOALS["P8 cache"], full - one),
    ]
