"""Motion: keeps a viewport's picture true to its newest state, at the pace of the link.

Only the newest state is ever drawn: while pictures are under way, states in between are skipped.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Protocol

from nicegui import background_tasks

from services.errors import PortalError
from services.pictures.workshop import Urgency
from services.viewer import demand
from services.viewer.demand import Demand, Screen
from services.viewer.link import Link
from services.viewer.viewing import Picture
from ui.components.viewer.foresight import Backstage, Foresight
from ui.components.viewer.scene import Scene, may_be_shown
from ui.gate import Visit

REST_AFTER = 0.15  # seconds without change until the lossless picture is made


class Screenlike(Protocol):
    """Where pictures go."""

    def put(self, picture: Picture, scene: Scene, *, resting: bool) -> bool:
        """Show a picture; False when the browser will tell nothing, having it already."""
        ...

    def lost(self, error: PortalError) -> None:
        """The scene may no longer be seen."""
        ...


class Motion:
    """The pictures of one viewport."""

    def __init__(
        self, visit: Visit, screen: Screenlike, backstage: Backstage | None = None
    ) -> None:
        self._visit = visit
        self._screen = screen
        self._scene: Scene | None = None
        self._drawn: tuple[Scene, Demand] | None = None
        self._drawing = False
        self._free = asyncio.Event()  # while nothing is being drawn
        self._free.set()
        self._density = 1.0
        self._link = Link()
        # when pictures were sent that have not arrived, and whether they tell how quick the link is
        self._sent: deque[tuple[float, bool]] = deque()
        self._arrival = asyncio.Event()
        self._rest: asyncio.TimerHandle | None = None
        self._stopped = False
        self._foresight = Foresight(
            visit, backstage,
            idle=lambda: not self._sent and not self._stopped,
            carries=lambda: self._link.typical,
        )  # fmt: skip

    async def first(self, scene: Scene) -> None:
        """The first picture, before the page goes out: it is then part of the page itself."""
        self._scene = scene
        await self._draw_newest(scene, expect_arrival=False)

    def follow(self, scene: Scene) -> None:
        """There is a new state to be seen."""
        self._scene = scene
        self._foresight.asked(scene.state.slice)
        self._cancel_rest()
        if self._stopped or self._drawing:
            return
        if self._is_served(scene):
            self._rest_soon()
        else:
            self._drawing = True
            self._free.clear()
            background_tasks.create(self._draw(), name="draw")

    async def caught_up(self) -> None:
        """Wait until the newest state is drawn and the link has room for another picture."""
        await self._free.wait()

    def watched_with(self, density: float) -> None:
        """The browser told how many device pixels it has for a CSS pixel."""
        self._density = density
        if self._scene is not None:
            self.follow(self._scene)

    def arrived(self, pictures: int = 1) -> None:
        """The browser has loaded a picture; of several the first tells how long it took."""
        if self._sent:
            sent, telling = self._sent.popleft()
            if telling:
                self._link = self._link.after(self._now() - sent)
        for _ in range(min(pictures - 1, len(self._sent))):
            self._sent.popleft()
        self._arrival.set()
        if not self._sent:
            if self._rest is not None:
                self._rest_soon()
            background_tasks.create(self._foresight.send(), name="send ahead")

    def prepared(self) -> None:
        """The browser has loaded a picture that was sent ahead."""
        self._link = self._link.after(self._foresight.arrived())

    def forget(self) -> None:
        """What is on screen must be made anew."""
        self._drawn = None
        self._foresight.forget()

    def stop(self) -> None:
        """No more pictures."""
        self._stopped = True
        self._cancel_rest()
        self._foresight.stop()

    @property
    def _seen_by(self) -> Screen:
        return Screen(self._density, self._link.ease)

    def _is_served(self, scene: Scene) -> bool:
        if self._drawn is None:
            return False
        drawn, made = self._drawn
        return (
            drawn.access is scene.access
            and drawn.state.picture == scene.state.picture
            and demand.serves(made, scene.state, self._seen_by)
        )

    async def _draw(self) -> None:
        try:
            while not self._stopped and self._scene and not self._is_served(self._scene):
                connected = self._visit.client.has_socket_connection
                await self._draw_newest(self._scene, expect_arrival=connected)
                await self._gap()
        except PortalError as error:
            self._screen.lost(error)
        finally:
            self._drawing = False
            self._free.set()
        self._rest_soon()

    async def _draw_newest(self, scene: Scene, *, expect_arrival: bool) -> None:
        seen_by = self._seen_by
        picture = await self._picture(scene, seen_by)
        lawful = await may_be_shown(self._visit, scene)
        here = self._scene is not None and self._scene.access is scene.access
        if not self._stopped and lawful and here:
            self._drawn = scene, demand.moving(scene.state, seen_by)
            if self._screen.put(picture, scene, resting=False) and expect_arrival:
                self._sent.append((self._now(), True))
            self._foresight.look(scene, seen_by)

    async def _picture(self, scene: Scene, seen_by: Screen) -> Picture:
        ready = await self._foresight.picture(scene, seen_by, self._link.patience)
        if ready is not None:
            return ready
        viewer = self._visit.viewer
        return await self._visit.draw(
            Urgency.NOW, viewer.moving, scene.access, scene.series, scene.state, seen_by
        )

    async def _gap(self) -> None:
        """Wait until another picture may be under way; a load event that is lost costs little."""
        until = self._now() + self._link.patience
        while len(self._sent) >= self._link.underway:
            self._arrival.clear()
            try:
                await asyncio.wait_for(self._arrival.wait(), max(until - self._now(), 0.001))
            except TimeoutError:
                self._sent.clear()

    def _rest_soon(self) -> None:
        """Settle once nothing has changed for a while and nothing is on its way."""
        self._cancel_rest()
        if not self._stopped:
            after = REST_AFTER + (self._link.patience if self._sent else 0.0)
            self._rest = asyncio.get_running_loop().call_later(
                after, lambda: background_tasks.create(self._settle(), name="settle")
            )

    def _cancel_rest(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    async def _settle(self) -> None:
        """The lossless picture of a state that has come to rest, unless it is there already."""
        self._rest = None
        scene, seen_by = self._scene, self._seen_by
        if scene is None or self._drawing or scene.state.width < 2 or self._drawn is None:
            return
        wanted = demand.resting(scene.state, seen_by)
        if self._is_served(scene) and self._drawn[1] == wanted:
            return
        try:
            picture = await self._visit.draw(
                Urgency.NOW, self._visit.viewer.resting,
                scene.access, scene.series, scene.state, seen_by,
            )  # fmt: skip
            lawful = await may_be_shown(self._visit, scene)
        except PortalError as error:
            self._screen.lost(error)
            return
        if not self._stopped and lawful and self._scene is scene:
            self._drawn = scene, wanted
            if self._screen.put(picture, scene, resting=True):
                self._sent.append((self._now(), False))

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
