"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How well something is."""

    GOOD = "good"
    WEAK = "weak"  # it works, and should be better
    BAD = "bad"  # something does not work


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what it is, how it is, and what to do about it (if anything).

    It holds no secret: addresses of servers without their passwords, counts, names of settings.
    """

    subject: str
    level: Level
    said: str
    todo: str = ""


def good(subject: str, said: str) -> Finding:
    """It is as it should be."""
    return Finding(subject, Level.GOOD, said)


def weak(subject: str, said: str, todo: str) -> Finding:
    """It works, and should be better."""
    return Finding(subject, Level.WEAK, said, todo)


def bad(subject: str, said: str, todo: str) -> Finding:
    """It does not work."""
    return Finding(subject, Level.BAD, said, todo)
