"""P10: bytes a browser receives to open a CT and look through its 50 slices, resting on three.

Counted on the wire, whole connections, the same way for both sides. Both viewers' programs are in
the browser's cache already, from another exam opened before.
"""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.bench.browser import (
    OHIF,
    OURS,
    chromium,
    fresh,
    open_exam,
    point_at,
    settle,
    wheel,
)
from tests.bench.exam import one_slice, short_ct
from tests.bench.figures import Figure, optional, say
from tests.bench.goals import GOALS
from tests.bench.ohif import beside_orthanc, exam_address
from tests.bench.ours import our_side
from tests.bench.proxy import Wire, wire

RESTS = (16, 33, 49)
REST = 1500  # ms, long enough for whatever a viewer loads of a slice that rests


def measure() -> list[Figure]:
    """Ours, then OHIF."""
    before, study = one_slice(), short_ct()
    theirs = None
    with our_side([before, study]) as ours, chromium() as browser:
        person = ours.viewers[0]
        addresses = [ours.url + person.addresses[one.uid] for one in (before, study)]
        mine = _received(browser, ours.wire, person.cookies, addresses, OURS)
        with optional(beside_orthanc([before, study])) as peer:
            if peer:
                with wire(int(peer.rsplit(":", 1)[1])) as counted:
                    base = f"http://127.0.0.1:{counted.port}"
                    addresses = [exam_address(base, one.uid) for one in (before, study)]
                    theirs = _received(browser, counted, {}, addresses, OHIF)
    say(f"ours {mine:.2f} MB, OHIF {theirs or 0:.2f} MB")
    return [Figure(GOALS["P10"], mine, theirs)]


def _received(
    browser: Browser, counted: Wire, cookies: dict[str, str], addresses: list[str], selector: str
) -> float:
    """Megabytes of the second address."""
    with fresh(browser, f"http://127.0.0.1:{counted.port}", cookies) as context:
        first = open_exam(context, addresses[0], selector)
        settle(first)
        first.page.close()
        before = counted.received
        look = open_exam(context, addresses[1], selector)
        settle(look)
        point_at(look, selector)
        for step in range(1, RESTS[-1] + 1):
            wheel(look)
            if step in RESTS:
                look.page.wait_for_timeout(REST)
        return (counted.received - before) / 1e6
