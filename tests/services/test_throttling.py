"""Guessing is slowed down, and nobody is locked out for good."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from services import throttling
from services.errors import TooMany
from services.throttling import PASSWORD_PER_ACCOUNT, Throttles

LIMITS = [
    throttling.PASSWORD_PER_ACCOUNT,
    throttling.PASSWORD_PER_ADDRESS,
    throttling.CODES_PER_ACCOUNT,
    throttling.MAIL_PER_ACCOUNT,
    throttling.PASSWORDS_AGAIN,
    throttling.GLASS_SEARCHES,
]


def use_up(throttles: Throttles, limit: RateLimitItem, about: str) -> None:
    for _ in range(limit.amount):
        throttles.spend(limit, about)


def test_one_try_too_many_is_refused_with_what_to_do() -> None:
    throttles = Throttles()
    use_up(throttles, PASSWORD_PER_ACCOUNT, "chester")
    with pytest.raises(TooMany, match="wait a few minutes"):
        throttles.spend(PASSWORD_PER_ACCOUNT, "chester")


def test_tries_against_one_person_do_not_delay_another() -> None:
    throttles = Throttles()
    use_up(throttles, PASSWORD_PER_ACCOUNT, "chester")
    throttles.spend(PASSWORD_PER_ACCOUNT, "robin")


def test_different_limits_on_the_same_person_are_counted_apart() -> None:
    throttles = Throttles()
    use_up(throttles, PASSWORD_PER_ACCOUNT, "chester")
    throttles.spend(throttling.CODES_PER_ACCOUNT, "chester")


def test_success_forgives_the_tries_before_it() -> None:
    throttles = Throttles()
    use_up(throttles, PASSWORD_PER_ACCOUNT, "chester")
    throttles.forgive(PASSWORD_PER_ACCOUNT, "chester")
    use_up(throttles, PASSWORD_PER_ACCOUNT, "chester")


@pytest.mark.parametrize("limit", LIMITS, ids=str)
def test_refused_tries_never_make_the_delay_longer_than_its_window(limit: RateLimitItem) -> None:
    counting = MovingWindowRateLimiter(MemoryStorage())
    throttles, begun = Throttles(counting), time.time()
    use_up(throttles, limit, "chester")
    used_up = time.time()
    for _ in range(3 * limit.amount):
        with pytest.raises(TooMany):
            throttles.spend(limit, "chester")
    freed = counting.get_window_stats(limit, "chester").reset_time
    assert begun <= freed - limit.get_expiry() <= used_up
    assert limit.get_expiry() <= 3600


def test_parallel_guesses_get_no_more_tries_than_serial_ones() -> None:
    throttles = Throttles()

    def guess(_: int) -> bool:
        try:
            throttles.spend(PASSWORD_PER_ACCOUNT, "chester")
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        allowed = sum(pool.map(guess, range(200)))
    assert allowed == PASSWORD_PER_ACCOUNT.amount
