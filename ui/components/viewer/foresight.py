"""Foresight: what will be asked for next is read, drawn and sent to the browser before it is.

Pixels around the slice on screen are read. After a single step the next slice in that direction is
drawn too, and sent as soon as nothing else is under way: it lies behind the picture on screen, and
a further step only turns the two round. Who leaps does not see the slices in between: theirs would
be drawn in vain. Who steps faster than the link carries pictures, or plays them, is better served
by two that are under way at once, each shown when it arrives: nothing is sent ahead then.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from nicegui import background_tasks

from services.errors import PortalError
from services.pictures.workshop import Urgency
from services.viewer import demand
from services.viewer.demand import Screen
from services.viewer.viewing import Picture
from ui.components.viewer.scene import Scene, may_be_shown
from ui.gate import Visit

LEISURE = 1.3  # a step takes at least so many times as long as a picture is under way
Ahead = tuple[int, str, int, bool]  # series, plane, slice; whether its picture is drawn


@dataclass(frozen=True, slots=True)
class Ready:
    """A picture that was drawn before it was asked for."""

    scene: Scene
    seen_by: Screen
    picture: Picture

    def serves(self, scene: Scene, seen_by: Screen) -> bool:
        """Whether it is what would be drawn now."""
        mine = self.scene
        return (
            (mine.access, mine.series) == (scene.access, scene.series)
            and mine.state.picture == scene.state.picture
            and demand.moving(mine.state, self.seen_by) == demand.moving(scene.state, seen_by)
        )


class Backstage(Protocol):
    """Where pictures wait that are not asked for yet."""

    def prepare(self, picture: Picture, scene: Scene) -> bool:
        """Have the browser load a picture behind the one on screen; False when it will not."""
        ...


class Foresight:
    """What is made ahead for one viewport; `idle` tells whether the link has nothing to do,
    `carries` in how many seconds it usually carries a picture.
    """

    def __init__(
        self,
        visit: Visit,
        backstage: Backstage | None,
        idle: Callable[[], bool],
        carries: Callable[[], float],
    ) -> None:
        self._visit = visit
        self._backstage = backstage
        self._idle = idle
        self._carries = carries
        self._came_from = 0
        self._asked: tuple[int, float] | None = None  # the slice last asked for, and when
        self._interval = math.inf  # seconds between the last two
        self._tasks: dict[Ahead, asyncio.Task[None]] = {}
        self._ready: Ready | None = None
        self._sent: Ready | None = None  # the last that was sent
        self._since = 0.0  # when
        self._here = asyncio.Event()  # unless a picture is under way
        self._here.set()

    async def picture(self, scene: Scene, seen_by: Screen, patience: float) -> Picture | None:
        """The picture of a scene if it is drawn; one that is under way is waited for."""
        ready = self._ready
        if ready is None or not ready.serves(scene, seen_by):
            return None
        await self._visit.goes_on()
        if ready is self._sent and not self._here.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._here.wait(), patience)
            self._here.set()
        self._sent = ready  # it is shown now: nothing is left to send ahead
        return ready.picture

    def asked(self, slice: int) -> None:
        """A slice is asked for: how quickly do they follow one another?"""
        if self._asked is None or self._asked[0] != slice:
            now = self._now()
            self._interval = now - self._asked[1] if self._asked else math.inf
            self._asked = slice, now

    def look(self, scene: Scene, seen_by: Screen) -> None:
        """A scene is on screen: prepare for what comes after it."""
        now, before = scene.state.slice, self._came_from
        most = demand.most_ahead(scene.state, self._visit.portal.pixels.budget)
        slices = demand.ahead(before, now, len(scene.series.slices), most)
        self._came_from = now
        stack, stepped = scene.state.stack, abs(now - before) == 1
        keys = {
            (stack.series_id, stack.plane, slice, stepped and slice == 2 * now - before): slice
            for slice in slices
        }
        self._drop(set(keys))
        for key, slice in keys.items():
            if key not in self._tasks:
                work = self._draw if key[-1] else self._read
                self._tasks[key] = background_tasks.create(
                    work(scene, slice, seen_by), name="ahead"
                )

    async def send(self) -> None:
        """Send what is drawn ahead, once, while the link has nothing else to do."""
        ready = self._ready
        if ready is None or ready is self._sent or self._backstage is None:
            return
        if self._pace < LEISURE * self._carries():
            return
        with suppress(PortalError):  # what is drawn next says so
            lawful = await may_be_shown(self._visit, ready.scene)
            if lawful and self._ready is ready and self._idle() and self._here.is_set():
                self._sent = ready
                if self._backstage.prepare(ready.picture, ready.scene):
                    self._since = self._now()
                    self._here.clear()

    def arrived(self) -> float:
        """The browser has loaded what was sent ahead; the seconds that took."""
        self._here.set()
        return self._now() - self._since

    @property
    def _pace(self) -> float:
        """Seconds that a step takes, by the last one and by how long there has been none."""
        return max(self._interval, self._now() - self._asked[1]) if self._asked else math.inf

    def forget(self) -> None:
        """What was drawn is not to be seen any more, nor what is under way."""
        self._ready = None
        self._here.set()

    def stop(self) -> None:
        """Make nothing more."""
        self._ready = self._backstage = None
        self._drop(set())

    async def _read(self, scene: Scene, slice: int, seen_by: Screen) -> None:
        with suppress(PortalError):
            await self._visit.draw(
                Urgency.AHEAD, self._visit.viewer.read_ahead,
                scene.access, scene.series, scene.state, slice, seen_by,
            )  # fmt: skip

    async def _draw(self, scene: Scene, slice: int, seen_by: Screen) -> None:
        there = replace(scene, state=replace(scene.state, slice=slice))
        with suppress(PortalError):
            picture = await self._visit.draw(
                Urgency.AHEAD, self._visit.viewer.moving,
                there.access, there.series, there.state, seen_by,
            )  # fmt: skip
            self._ready = Ready(there, seen_by, picture)
            await self.send()

    def _drop(self, wanted: set[Ahead]) -> None:
        for key in self._tasks.keys() - wanted:
            self._tasks.pop(key).cancel()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
