"""How quickly pictures reach a browser, told by its load events."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from services.viewer.demand import MOVING

SLOW, VERY_SLOW = 0.2, 0.5  # seconds a picture of full quality takes
FORGETTING = 1.01  # the quickest way is forgotten slowly: links change
LONGEST_WAIT, SHORTEST_WAIT = 2.0, 0.3


@dataclass(frozen=True, slots=True)
class Link:
    """A way to one browser; times in seconds from sending a picture to its load event."""

    quickest: float = math.inf
    typical: float = 0.0
    ease: int = 0  # 0 quick, 1 slow, 2 very slow

    def after(self, seconds: float) -> Link:
        """The link as known once another picture has arrived."""
        quickest = min(self.quickest * FORGETTING, seconds)
        typical = seconds if not self.typical else 0.7 * self.typical + 0.3 * seconds
        # a smaller picture is on its way for less long: what would a full one take?
        share = MOVING[self.ease][1] ** 2
        full = quickest + max(typical - quickest, 0.0) / share
        ease = 0 if full < SLOW else 1 if full < VERY_SLOW else 2
        return replace(self, quickest=quickest, typical=typical, ease=ease)

    @property
    def underway(self) -> int:
        """How many pictures may be on their way: two hide a long way, one suits a narrow one."""
        return 1 if self.ease else 2

    @property
    def patience(self) -> float:
        """Seconds to wait for a load event until it is taken for lost."""
        if not self.typical:
            return LONGEST_WAIT
        return min(max(4 * self.typical, SHORTEST_WAIT), LONGEST_WAIT)
