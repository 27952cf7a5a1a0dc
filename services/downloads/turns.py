"""How many downloads run at once: each holds a thread now and then, and some memory."""

from __future__ import annotations

import threading
from collections import Counter

from services.errors import TooMany
from services.language import N_, _

AT_ONCE, EACH = 6, 2
OWN = N_("Two downloads of yours are running already. Please wait until one of them has ended.")
ALL = N_("Many downloads are running at the moment. Please try again in a few minutes.")


class Turns:
    """Counts running downloads, of everybody and of each account."""

    def __init__(self, at_once: int = AT_ONCE, each: int = EACH) -> None:
        self._at_once, self._each = at_once, each
        self._running: Counter[int] = Counter()
        self._lock = threading.Lock()

    def take(self, account_id: int) -> None:
        """Begin one; TooMany, with a sentence, while there is no room."""
        with self._lock:
            if self._running[account_id] >= self._each:
                raise TooMany(_(OWN))
            if self._running.total() >= self._at_once:
                raise TooMany(_(ALL))
            self._running[account_id] += 1

    def give_back(self, account_id: int) -> None:
        """End one."""
        with self._lock:
            self._running[account_id] -= 1
            self._running += Counter()  # forgets accounts with none

    @property
    def running(self) -> int:
        """How many run now."""
        return self._running.total()
