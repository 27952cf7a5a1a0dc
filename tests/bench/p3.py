"""P3: every slice of a series once, rendered to JPEG, over one connection."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

from tests.bench.clients import JPEG, Line, each_once
from tests.bench.exam import Study, long_ct, one_slice
from tests.bench.figures import Figure, optional, say
from tests.bench.goals import GOALS
from tests.bench.orthanc import ROOT, orthanc
from tests.bench.ours import our_side

ROUNDS = 3


def measure() -> list[Figure]:
    """Servers are started anew for each round: no slice was asked for before."""
    first, study = one_slice(), long_ct()
    mine: list[float] = []
    theirs: list[float] = []
    for _ in range(ROUNDS):
        with our_side([first, study]) as ours:
            mine.append(_pass(ours.port, ours.bearer(), "/dicomweb", first, study))
        with optional(orthanc([first, study])) as peer:
            if peer:
                theirs.append(_pass(peer.port, JPEG, ROOT, first, study))
    say(f"ours {[round(rate) for rate in mine]}/s, Orthanc {[round(rate) for rate in theirs]}/s")
    return [Figure(GOALS["P3"], median(mine), median(theirs) if theirs else None)]


def _pass(port: int, headers: Mapping[str, str], root: str, first: Study, study: Study) -> float:
    line = Line(port, headers)
    each_once(line, rendered(root, first))  # the connection, and what a server does only once
    return each_once(line, rendered(root, study))


def rendered(root: str, study: Study) -> list[str]:
    """The address of each slice, rendered in the window of soft tissue (PS3.18 10.4.1.1.3)."""
    series = f"{root}/studies/{study.uid}/series/{study.series_uid}"
    query = "window=40,400,linear"
    return [f"{series}/instances/{i}/frames/1/rendered?{query}" for i in study.instance_uids()]
