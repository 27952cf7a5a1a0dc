"""Tells screen readers what the image has become, once it rests: never faster than one listens."""

from __future__ import annotations

import asyncio

from nicegui import ui

from services.viewer.announcement import announcement
from services.viewer.view_state import ViewState
from ui.components.viewer.direct import Direct
from ui.gate import Visit

REST = 0.6  # seconds without a change until it is told
LONGEST_SILENCE = 3.0  # seconds; while scrolling goes on, it is told where one is


class Announcer:
    """A polite live region."""

    def __init__(self, visit: Visit) -> None:
        self._region = ui.label().classes("unseen").props("role=status aria-live=polite")
        self._direct = Direct(visit.client)
        self._told: ViewState | None = None
        self._newest: ViewState | None = None
        self._silent_since: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        visit.client.on_delete(self.stop)

    def follow(self, state: ViewState) -> None:
        """There is a new view; what it makes to tell is told soon."""
        if self._told is None:
            self._told = state  # what the page opens with is read with the page
        self._newest = state
        loop = asyncio.get_running_loop()
        now = loop.time()
        if self._silent_since is None:
            self._silent_since = now
        self.stop()
        self._timer = loop.call_at(
            min(now + REST, self._silent_since + LONGEST_SILENCE), self._tell
        )

    def stop(self) -> None:
        """Nothing more is told of what came so far."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tell(self) -> None:
        self._timer = self._silent_since = None
        if self._newest is not None and (text := announcement(self._told, self._newest)):
            self._told = self._newest
            self._direct.set_text(self._region, text)
