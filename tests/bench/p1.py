"""P1: opening a 300-slice CT in a fresh browser context, until its first image is on screen."""

from __future__ import annotations

from statistics import median

from tests.bench.browser import OHIF, OUR_FIRST, OURS, chromium, fresh, open_exam
from tests.bench.exam import long_ct
from tests.bench.figures import Figure, optional, say, spread
from tests.bench.goals import GOALS
from tests.bench.ohif import beside_orthanc, exam_address
from tests.bench.ours import our_side

ROUNDS = 5  # after one on each side that is not counted


def measure() -> list[Figure]:
    """Ours and OHIF in turn: cold browser cache, warm servers."""
    study = long_ct()
    with (
        our_side([study]) as ours,
        optional(beside_orthanc([study])) as peer,
        chromium() as browser,
    ):
        person = ours.viewers[0]
        address = ours.direct + person.addresses[study.uid]
        mine: list[float] = []
        usable: list[float] = []
        theirs: list[float] = []
        for _ in range(ROUNDS + 1):
            with fresh(browser, ours.direct, person.cookies) as context:
                mine.append(open_exam(context, address, OUR_FIRST).first_image)
            with fresh(browser, ours.direct, person.cookies) as context:
                usable.append(open_exam(context, address, OURS).first_image)
            if peer:
                with fresh(browser, peer, {}) as context:
                    there = exam_address(peer, study.uid)
                    theirs.append(open_exam(context, there, OHIF).first_image)
    say(f"ours {spread(mine[1:], 'ms')}, to be scrolled after {spread(usable[1:], 'ms')}")
    if theirs:
        say(f"OHIF {spread(theirs[1:], 'ms')}")
    peers = median(theirs[1:]) if theirs else None
    return [
        Figure(GOALS["P1"], median(mine[1:]), peers),
        Figure(GOALS["P1 canvas"], median(usable[1:]), peers),
    ]
