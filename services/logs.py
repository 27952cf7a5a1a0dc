"""Logs: lines of key and value about what the portal does, never about whom.

What an error says often quotes a value, and that may be somebody's name. So an error is told by its
kind and by where it happened, in one line, whoever raised it; so are those that libraries log.
"""

from __future__ import annotations

import copy
import logging
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

import structlog

FRAMES = 12  # of a traceback, the innermost


def configure() -> None:
    """Structured lines on standard error, from warnings up.

    What the DICOM library warns of quotes the values it dislikes, names among them: left out. So
    is the page library's note of addresses that are not there.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("pydicom").setLevel(logging.CRITICAL)
    logging.getLogger("nicegui").setLevel(logging.ERROR)
    for name in ("engineio", "engineio.server", "socketio", "socketio.server"):
        logging.getLogger(name).handlers.clear()  # their own would print whole tracebacks
    warnings.filterwarnings("ignore", module=r"pydicom\b")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(where),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def refused(account_id: int, what: str) -> None:
    """Somebody signed in asked for what is not theirs, or is no more: who by number, never whose.

    Whether an address was made for somebody else or mistyped cannot be told, and is told alike.
    """
    structlog.get_logger().warning("access refused", account=account_id, what=what)


def where(exc_info: Any) -> str:
    """An error's kind and where it happened, the innermost place last; none of its words."""
    _, error, _ = exc_info
    told: list[str] = []
    while error is not None and len(told) < 4:
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        places = " > ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames)
        told.append(f"{type(error).__name__} at {places or 'an unknown place'}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return ", after ".join(told)


class Lines(logging.Formatter):
    """Lines of libraries: a message that is an error, or quotes one, without its words."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        told = copy.copy(record)
        told.exc_text = None
        if isinstance(told.msg, BaseException):
            told.msg, told.args = type(told.msg).__name__, None
        elif told.exc_info and told.exc_info[0] is not None:
            told.msg, told.args = told.getMessage().split("\n", 1)[0], None
        return super().format(told).replace("\n", " ")

    def formatException(self, ei: Any) -> str:  # noqa: N802, its name in the standard library
        """As `where`."""
        return where(ei)
