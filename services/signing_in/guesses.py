"""How many guesses an attacker who knows people needs for a password (Wheeler, USENIX 2016)."""

from __future__ import annotations

import re

from zxcvbn import zxcvbn

LOOKED_AT = 64  # characters: the estimate takes time that grows with the square of the length
LEAST = 8.0  # a hundred million guesses: the throttles make that many take centuries


def guesses(password: str, *about: str) -> float:
    """The power of ten of the number of guesses; `about` is what is known of the person."""
    if not password:
        return 0.0
    known = [part for words in about for part in re.split(r"\W+", words.lower()) if part]
    found = zxcvbn(password[:LOOKED_AT], user_inputs=known, max_length=LOOKED_AT)
    return float(found["guesses_log10"])


def enough(power: float) -> bool:
    """Whether that many guesses are too many to be tried."""
    return power >= LEAST
