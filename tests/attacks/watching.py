"""What must not be in any answer, nor in any log."""

from __future__ import annotations

import re

from tests.services.traced import TRACES
from tests.tracer import eyes

TRACEBACK = re.compile(
    rb"Traceback \(most recent|File \"[^\"]+\.py\"|\.py:\d+|sqlalchemy\.|/site-packages/"
)
# names of people are never in logs, whoever they are
NAMES = ("x.example", "Person ", "Nachbar", "Rhea", *TRACES)


def told_of_the_patient(data: bytes) -> list[str]:
    """Which of the traced patient's details are in what somebody was sent."""
    return eyes.texts(data)


def told_of_the_inside(data: bytes) -> list[str]:
    """Paths, modules and tracebacks in an answer."""
    return [found.decode() for found in TRACEBACK.findall(data)]


def told_in_the_log(log: bytes) -> list[str]:
    """Whom a log names, and whether it holds a traceback of many lines."""
    found = [name for name in NAMES if name.lower().encode() in log.lower()]
    return found + ["a traceback"] * (b"Traceback (most recent" in log)
