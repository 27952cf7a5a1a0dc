"""Watches how late the event loop comes to its appointments."""

from __future__ import annotations

import asyncio
import time

from services.upkeep.system_health import LAG

EVERY = 0.5  # seconds


async def watch() -> None:
    """Note the lag twice a second, for as long as the process lives."""
    while True:
        due = time.monotonic() + EVERY
        await asyncio.sleep(EVERY)
        LAG.note(max(0.0, (time.monotonic() - due) * 1000))
