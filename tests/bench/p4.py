"""P4: the same rendered frame again and again, by `wrk -t1 -c1`."""

from __future__ import annotations

from statistics import median

from tests.bench.clients import JPEG, Line, each_once, wrk
from tests.bench.exam import one_slice
from tests.bench.figures import Figure, optional, say
from tests.bench.goals import GOALS
from tests.bench.orthanc import ROOT, orthanc
from tests.bench.ours import our_side
from tests.bench.p3 import rendered

ROUNDS, SECONDS = 3, 4


def measure() -> list[Figure]:
    """Ours and Orthanc in turn, both running."""
    study = one_slice()
    mine: list[float] = []
    theirs: list[float] = []
    with our_side([study]) as ours, optional(orthanc([study])) as peer:
        headers, (path,) = ours.bearer(), rendered("/dicomweb", study)
        each_once(Line(ours.port, headers), [path])
        for _ in range(ROUNDS):
            mine.append(wrk(ours.direct + path, SECONDS, headers))
            if peer:
                theirs.append(wrk(peer.url + rendered(ROOT, study)[0], SECONDS, JPEG))
    say(f"ours {[round(rate) for rate in mine]}/s, Orthanc {[round(rate) for rate in theirs]}/s")
    return [Figure(GOALS["P4"], median(mine), median(theirs) if theirs else None)]
