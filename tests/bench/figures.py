"""Figures: what was measured, what was asked for, and how they are told on the terminal."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Literal, TypeVar

Met = Literal["yes", "no", "not measured"]
T = TypeVar("T")


class Missing(Exception):
    """Something a measurement needs is not there: a peer, a tool, a part of the portal."""


@dataclass(frozen=True)
class Goal:
    """What is asked for in one row of the table.

    `at_most` bounds our figure. `ratio` bounds our figure as a multiple of the peer's: from below
    when `more_is_better`, else from above.
    """

    key: str  # "P2", or "P2 far" where a goal asks for several figures
    what: str
    unit: str
    peer: str = ""
    ratio: float | None = None
    at_most: float | None = None
    more_is_better: bool = False

    @property
    def asked(self) -> str:
        """The goal in words."""
        parts = []
        if self.ratio is not None:
            bound = "at least" if self.more_is_better else "at most"
            parts.append(f"{bound} {self.ratio:.3g} × peer")
        if self.at_most is not None:
            parts.append(f"at most {shown(self.at_most, self.unit)}")
        return ", ".join(parts)


@dataclass(frozen=True)
class Figure:
    """What was measured for a goal; None: that side was not measured, and `note` says why."""

    goal: Goal
    ours: float | None
    peer: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours as a multiple of the peer's."""
        return self.ours / self.peer if self.ours is not None and self.peer else None

    @property
    def met(self) -> Met:
        """Whether every bound holds; a bound on a ratio without a peer is no yes."""
        goal = self.goal
        if self.ours is None:
            return "not measured"
        if goal.at_most is not None and self.ours > goal.at_most:
            return "no"
        if goal.ratio is None:
            return "yes"
        if self.ratio is None:
            return "not measured"
        right = self.ratio >= goal.ratio if goal.more_is_better else self.ratio <= goal.ratio
        return "yes" if right else "no"


def shown(value: float | None, unit: str) -> str:
    """A figure to three digits with its unit."""
    if value is None:
        return "–"
    number = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{number}{unit if unit.startswith('/') else f' {unit}'}"


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * percent // 100))  # rounded up
    return ordered[int(rank) - 1]


def spread(values: Sequence[float], unit: str) -> str:
    """Median, 95th percentile and worst of a sample, for the terminal."""
    return (
        f"p50 {shown(statistics.median(values), unit)}, p95 {shown(percentile(values, 95), unit)},"
        f" worst {shown(max(values), unit)} ({len(values)} tries)"
    )


def say(sentence: str) -> None:
    """Tell what is going on, at once."""
    print(f"  {sentence}", file=sys.stderr, flush=True)


def shout(sentence: str) -> None:
    """Tell what is missing so that nobody overlooks it."""
    print(f"\n!!! {sentence}\n", file=sys.stderr, flush=True)


@contextmanager
def optional(peer: AbstractContextManager[T]) -> Iterator[T | None]:
    """A peer for as long as the block lasts; None, said loudly, where it cannot be had."""
    with ExitStack() as stack:
        try:
            running = stack.enter_context(peer)
        except Missing as missing:
            shout(f"LEFT OUT: {missing}")
            yield None
        else:
            yield running
