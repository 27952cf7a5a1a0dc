"""The projector: plays a viewport's images, no faster than they reach the browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from nicegui import background_tasks, ui

from services.viewer.view_events import Play, Tick
from services.viewer.view_state import ViewState

QUIET = 4.0  # seconds without a sign of life after which nobody is looking


class Paced(Protocol):
    """What draws the pictures."""

    async def caught_up(self) -> None:
        """Wait until another picture may be asked for."""
        ...


class Projector:
    """Sends a `Tick` whenever the next picture is due and the one before has been drawn.

    A browser that hides the page stops its animations: no `beat` comes any more, and it pauses.
    """

    def __init__(self, do: Callable[[Play | Tick], None], pictures: Paced) -> None:
        self._do = do
        self._pictures = pictures
        self._view: ViewState | None = None
        self._running = False
        self._stopped = False
        self._beaten = 0.0
        self._heart: ui.element | None = None

    def put_heart(self) -> None:
        """Add the element whose animation tells that the page is seen."""
        self._heart = ui.element("i").classes("heart")
        self._heart.on("animationiteration", self.beat, args=[])

    def beat(self) -> None:
        """The page is seen."""
        self._beaten = self._now()

    def follow(self, view: ViewState) -> None:
        """There is a new state; start when it plays."""
        self._view = view
        if view.cine.playing and not (self._running or self._stopped):
            self._running = True
            background_tasks.create(self._play(), name="cine")

    def stop(self) -> None:
        """Nothing plays any more."""
        self._stopped = True

    @property
    def _plays(self) -> bool:
        gone = self._stopped or (self._heart is not None and self._heart.is_deleted)
        return not gone and self._view is not None and self._view.cine.playing

    async def _play(self) -> None:
        self._show_heart(beating=True)
        self._beaten = due = self._now()
        try:
            while self._plays and self._view is not None:
                due = max(due + 1 / self._view.cine.rate(self._view.clip), self._now())
                await asyncio.sleep(due - self._now())
                await self._pictures.caught_up()
                if self._plays:
                    unseen = self._now() - self._beaten > QUIET
                    self._do(Play(on=False) if unseen else Tick())
        finally:
            self._running = False
            self._show_heart(beating=False)

    def _show_heart(self, *, beating: bool) -> None:
        if self._heart is not None and not self._heart.is_deleted:
            self._heart.classes(
                add="beating" if beating else "", remove="" if beating else "beating"
            )

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
