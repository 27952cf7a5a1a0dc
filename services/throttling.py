"""Slowing down guessing: counted tries per account, per address and overall.

Counts live in memory: one process serves, and a restart forgives. A refusal lasts as long as its
window at most, so a stranger can delay an owner, never lock them out for good.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from services.errors import TooMany
from services.language import N_, _

PASSWORD_PER_ACCOUNT = RateLimitItemPerMinute(10, 5)  # ten in five minutes
PASSWORD_PER_ADDRESS = RateLimitItemPerMinute(60, 5)
PASSWORDS_OVERALL = RateLimitItemPerMinute(600, 5)  # of strangers: a botnet is slowed as well
CODES_PER_ACCOUNT = RateLimitItemPerHour(12)
MAIL_PER_ACCOUNT = RateLimitItemPerHour(5)
PASSWORDS_AGAIN = RateLimitItemPerMinute(5, 5)
CONTACT_CHANGES = RateLimitItemPerHour(5)
AGAIN_PER_SHARE = RateLimitItemPerHour(3)
AGAIN_PER_SHARER = RateLimitItemPerHour(20)
GLASS_SEARCHES = RateLimitItemPerMinute(20, 10)
GLASS_SEARCHES_A_DAY = RateLimitItemPerDay(100)
APPLICATIONS_PER_ADDRESS = RateLimitItemPerHour(10)
APPLICATIONS_ALTOGETHER = RateLimitItemPerHour(200)
ANSWERS_PER_ADDRESS = RateLimitItemPerHour(30)
SENTENCE = N_("There were too many tries. Please wait a few minutes and try again.")


@dataclass(frozen=True)
class Throttles:
    """Moving windows over tries."""

    _limiter: MovingWindowRateLimiter = field(
        default_factory=lambda: MovingWindowRateLimiter(MemoryStorage())
    )
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def spend(self, limit: RateLimitItem, *about: str) -> None:
        """Count one try; raises TooMany once the window is full."""
        with self._lock:  # so that parallel guesses get no more tries than serial ones
            if not self._limiter.hit(limit, *about):
                raise TooMany(_(SENTENCE))

    def forgive(self, limit: RateLimitItem, *about: str) -> None:
        """Forget the tries, after a success."""
        self._limiter.clear(limit, *about)
