"""P7: how late the server's event loop is while ten people scroll.

Seen from outside: a trivial route is asked for a hundred times a second over one kept connection.
Each answer is timed from the moment it was due to be asked for, so that a pause hides nothing; the
median of the idle server is taken off. What the client itself waits for a processor counts too.
"""

from __future__ import annotations

import time
from statistics import median

from tests.bench.clients import Line
from tests.bench.exam import long_ct
from tests.bench.figures import Figure, percentile, say, spread
from tests.bench.goals import GOALS
from tests.bench.ours import our_side
from tests.bench.viewers import crowd

PEOPLE, EACH_SECOND, SECONDS = 10, 100, 12


def measure() -> list[Figure]:
    """First idle, then with everybody scrolling."""
    study = long_ct()
    with our_side([study], PEOPLE) as ours:
        line = Line(ours.port)
        _answers(line, 1)
        idle = _answers(line, 4)
        with crowd(ours, ours.viewers, study.uid) as people:
            line = Line(
                ours.port
            )  # the server has closed the other one if people took long to come
            _answers(line, 2)  # until caches and people are warm
            busy = _answers(line, SECONDS)
    say(f"idle {spread(idle, 'ms')}; busy {spread(busy, 'ms')}")
    say(f"{people.a_second:.0f} pictures a second in all, {spread(people.latencies, 'ms')}")
    return [Figure(GOALS["P7"], max(percentile(busy, 99) - median(idle), 0.0))]


def _answers(line: Line, seconds: float) -> list[float]:
    """ms from when each request was due to its answer."""
    began = time.perf_counter()
    late = []
    for number in range(int(seconds * EACH_SECOND)):
        due = began + number / EACH_SECOND
        time.sleep(max(0.0, due - time.perf_counter()))
        status, _, _ = line.get("/health/live")
        assert status == 200
        late.append((time.perf_counter() - due) * 1000)
    return late
