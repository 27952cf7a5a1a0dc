"""P2: from the wheel to the next slice on screen: near, far, and while others scroll."""

from __future__ import annotations

from statistics import median

from playwright.sync_api import Browser

from tests.bench.browser import OHIF, OURS, chromium, fresh, open_exam, settle, wheel_through
from tests.bench.exam import long_ct
from tests.bench.figures import Figure, optional, percentile, say, spread
from tests.bench.goals import GOALS
from tests.bench.ohif import beside_orthanc, exam_address
from tests.bench.ours import our_side
from tests.bench.viewers import crowd

ROUNDS, STEPS = 2, 60
ROUND_TRIP = 0.05  # seconds
OTHERS = 10


def measure() -> list[Figure]:
    """Ours and OHIF in turn, then ours over a slow wire, then ours beside ten people."""
    study = long_ct()
    mine: list[float] = []
    theirs: list[float] = []
    with our_side([study], OTHERS + 1) as ours, chromium() as browser:
        person = ours.viewers[0]
        path = person.addresses[study.uid]

        def our_steps(base: str) -> list[float]:
            return _steps(browser, base, base + path, person.cookies, OURS)

        with optional(beside_orthanc([study])) as peer:
            for _ in range(ROUNDS):
                mine += our_steps(ours.direct)
                if peer:
                    theirs += _steps(browser, peer, exam_address(peer, study.uid), {}, OHIF)
        ours.wire.delay = ROUND_TRIP / 2
        far = our_steps(ours.url)
        with crowd(ours, ours.viewers[1:], study.uid) as others:
            crowded = our_steps(ours.direct)
    for name, values in (("ours", mine), ("OHIF", theirs), ("far", far), ("crowded", crowded)):
        if values:
            say(f"{name} {spread(values, 'ms')}")
    say(
        f"the ten others got {others.a_second:.0f} pictures a second in all,"
        f" {spread(others.latencies, 'ms')}"
    )
    return [
        Figure(GOALS["P2"], percentile(mine, 95), percentile(theirs, 95) if theirs else None),
        Figure(GOALS["P2 median"], median(mine), median(theirs) if theirs else None),
        Figure(GOALS["P2 far"], percentile(far, 95)),
        Figure(GOALS["P2 crowd"], percentile(crowded, 95)),
    ]


def _steps(
    browser: Browser, base: str, address: str, cookies: dict[str, str], selector: str
) -> list[float]:
    with fresh(browser, base, cookies) as context:
        look = open_exam(context, address, selector)
        settle(look)
        return wheel_through(look, selector, STEPS)
