"""The pictures of a viewport: the newest state wins, rest brings the lossless one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from nicegui import core

from services.errors import Expired, PortalError
from services.exam.exams import SeriesEntry, Slice
from services.pictures.workshop import Urgency
from services.viewer.link import Link
from services.viewer.view_events import GoTo, Resize
from services.viewer.view_state import Stack, ViewState
from services.viewer.viewing import Picture
from ui.components.viewer import foresight
from ui.components.viewer.motion import Motion
from ui.components.viewer.scene import Scene

PATIENCE = 20.0
SERIES = SeriesEntry(1, "1", "CT", "Axial", tuple(Slice(n, 0) for n in range(40)))
STATE = ViewState.start(Stack(1, 40, 512, 512, 1.0, None)).after(Resize(600, 600))
ACCESS: Any = SimpleNamespace(account_id=1, revision=0, changes_at=None, hidden=False)


class Room:
    """A motion with a workshop that does as it is told, and a browser that loads at once."""

    def __init__(self, *, loads: bool = True) -> None:
        self.loads = loads
        self.asked: list[tuple[str, int]] = []
        self.shown: list[tuple[str, int]] = []
        self.prepared: list[int] = []
        self.errors: list[PortalError] = []
        self.refusing = False
        self.gate = asyncio.Event()
        self.gate.set()
        self.state = STATE
        viewer = SimpleNamespace(moving="moving", resting="resting", read_ahead="ahead")
        visit: Any = SimpleNamespace(
            viewer=viewer,
            draw=self._draw,
            goes_on=self._goes_on,
            client=SimpleNamespace(has_socket_connection=True),
            portal=SimpleNamespace(
                pixels=SimpleNamespace(budget=1 << 29),
                publisher=SimpleNamespace(revision=lambda _: 0),
            ),
        )
        self.motion = Motion(visit, self, self)

    async def _goes_on(self) -> None:
        if self.refusing:
            raise Expired("over")

    async def _draw(self, urgency: Urgency, what: str, *args: Any) -> Picture:
        slice = args[3] if what == "ahead" else args[2].slice
        self.asked.append((what, slice))
        if what != "ahead":
            await self.gate.wait()
        if self.refusing:
            raise Expired("over")
        return Picture(b"", "image/jpeg", what == "moving", (0, 0, 512, 512), f"{what} {slice}")

    def put(self, picture: Picture, scene: Scene, *, resting: bool) -> bool:
        self.shown.append(("resting" if resting else "moving", scene.state.slice))
        if self.loads:
            asyncio.get_running_loop().call_soon(self.motion.arrived)
        return True

    def prepare(self, picture: Picture, scene: Scene) -> bool:
        self.prepared.append(scene.state.slice)
        if self.loads:
            asyncio.get_running_loop().call_soon(self.motion.prepared)
        return True

    def lost(self, error: PortalError) -> None:
        self.errors.append(error)

    def go_to(self, slice: int) -> None:
        self.state = self.state.after(GoTo(slice))
        self.motion.follow(Scene(ACCESS, SERIES, self.state))

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await asyncio.sleep(0.002)


def ready(room: Room) -> int | None:
    """The slice that is drawn ahead."""
    held = room.motion._foresight._ready
    return held.scene.state.slice if held else None


def lived(story: Callable[[], Awaitable[None]]) -> None:
    """Run a story in an event loop that the pages' background work knows of."""

    async def alive() -> None:
        core.loop = asyncio.get_running_loop()
        await story()

    before = core.loop
    try:
        asyncio.run(alive())
    finally:
        core.loop = before


def test_states_in_between_are_skipped() -> None:
    async def story() -> None:
        room = Room()
        room.gate.clear()
        for slice in (1, 2, 3, 4, 5):
            room.go_to(slice)
            await asyncio.sleep(0)
        room.gate.set()
        await room.until(lambda: ("moving", 5) in room.shown)
        assert [slice for what, slice in room.shown if what == "moving"] == [1, 5]

    lived(story)


def test_at_rest_the_lossless_picture_comes_once() -> None:
    async def story() -> None:
        room = Room()
        room.go_to(3)
        await room.until(lambda: ("resting", 3) in room.shown)
        room.motion.follow(Scene(ACCESS, SERIES, room.state))
        room.go_to(4)
        await room.until(lambda: ("resting", 4) in room.shown)
        assert room.shown == [("moving", 3), ("resting", 3), ("moving", 4), ("resting", 4)]

    lived(story)


def test_a_lost_load_event_holds_nothing_up_for_good() -> None:
    async def story() -> None:
        room = Room(loads=False)
        for slice in (1, 2, 3, 4):
            room.go_to(slice)
            await room.until(lambda wanted=slice: ("moving", wanted) in room.shown)  # type: ignore[misc]

    lived(story)


def test_read_ahead_follows_the_direction_and_drops_what_lies_behind() -> None:
    async def story() -> None:
        room = Room()
        room.go_to(10)
        await room.until(lambda: ("ahead", 11) in room.asked)
        room.go_to(9)
        await room.until(lambda: ("ahead", 1) in room.asked)
        await room.until(lambda: ("moving", 9) in room.shown)
        kept = {slice for _, _, slice, _ in room.motion._foresight._tasks}
        assert kept == {1, 2, 3, 4, 5, 6, 7, 8, 10, 11}

    lived(story)


def test_after_a_step_the_next_picture_is_drawn_before_it_is_asked_for() -> None:
    async def story() -> None:
        room = Room()
        room.go_to(10)  # a leap: what comes next is anybody's guess
        await room.until(lambda: ("ahead", 11) in room.asked)
        assert not ready(room)
        room.go_to(11)
        await room.until(lambda: ready(room) == 12)
        asked = list(room.asked)
        room.gate.clear()  # nobody could draw anything now
        room.go_to(12)
        await room.until(lambda: ("moving", 12) in room.shown)
        assert ("moving", 12) in asked
        room.gate.set()

    lived(story)


def test_the_next_picture_is_sent_once_when_nothing_else_is_under_way() -> None:
    async def story() -> None:
        room = Room()
        room.go_to(0)
        room.go_to(1)
        await room.until(lambda: room.prepared == [2])
        await room.until(lambda: ("resting", 1) in room.shown)
        assert room.prepared == [2]
        room.go_to(2)
        await room.until(lambda: room.prepared == [2, 3])

    lived(story)


def test_a_picture_that_is_on_its_way_is_waited_for_and_not_sent_twice() -> None:
    async def story() -> None:
        room = Room()
        room.go_to(0)
        room.go_to(1)
        await room.until(lambda: room.prepared == [2])
        await asyncio.sleep(0)
        room.loads = False
        room.go_to(2)
        await room.until(lambda: ("moving", 2) in room.shown)
        room.motion.arrived()
        await room.until(lambda: room.prepared == [2, 3])
        room.go_to(3)
        await asyncio.sleep(0.05)
        assert ("moving", 3) not in room.shown
        room.motion.prepared()
        await room.until(lambda: ("moving", 3) in room.shown)

    lived(story)


def test_who_steps_faster_than_the_link_carries_gets_two_at_once_and_nothing_ahead() -> None:
    async def story() -> None:
        room = Room(loads=False)
        room.motion._link = Link().after(60.0)  # seconds: far longer than these steps take
        room.go_to(0)
        room.go_to(1)
        await room.until(lambda: ("moving", 1) in room.shown)
        room.motion.arrived()
        room.go_to(2)
        await room.until(lambda: ("moving", 2) in room.shown)
        room.motion.arrived()
        await room.until(lambda: ready(room) == 3)
        room.go_to(3)
        await room.until(lambda: ("moving", 3) in room.shown)
        assert room.prepared == []

    lived(story)


def test_a_lost_load_event_of_a_picture_ahead_holds_nothing_up_for_good() -> None:
    async def story() -> None:
        room = Room(loads=False)
        for slice in (0, 1):
            room.go_to(slice)
            room.motion.arrived()
        await room.until(lambda: ("moving", 1) in room.shown)

        def prepared() -> bool:
            room.motion.arrived()
            return room.prepared == [2]

        await room.until(prepared)
        room.go_to(2)
        await room.until(lambda: ("moving", 2) in room.shown)

    lived(story)


def test_what_was_under_way_when_the_access_changed_holds_nothing_up() -> None:
    async def story() -> None:
        room = Room()
        room.go_to(0)
        room.go_to(1)
        await room.until(lambda: room.prepared == [2])
        room.motion._foresight._here.clear()  # its load event never comes
        room.motion.forget()
        room.go_to(2)
        await room.until(lambda: room.prepared == [2, 3])

    lived(story)


def test_nothing_is_sent_ahead_of_an_exam_that_is_no_longer_shared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story() -> None:
        room = Room()
        room.go_to(0)
        room.gate.clear()
        room.go_to(1)
        room.gate.set()
        await room.until(lambda: ready(room) == 2)
        assert room.prepared == []

    def over(*_: object) -> None:
        raise Expired("over")

    monkeypatch.setattr(foresight, "may_be_shown", over)
    lived(story)


def test_a_picture_drawn_ahead_is_not_for_another_access_nor_another_window() -> None:
    async def story() -> None:
        room = Room()
        room.go_to(0)
        room.go_to(1)
        await room.until(lambda: ready(room) == 2)
        held = room.motion._foresight._ready
        assert held is not None
        scene, by = held.scene, held.seen_by
        assert held.serves(scene, by)
        hidden: Any = SimpleNamespace(account_id=1, revision=1, changes_at=None, hidden=True)
        assert not held.serves(replace(scene, access=hidden), by)
        inverted = replace(scene, state=replace(scene.state, invert=True))
        assert not held.serves(inverted, by)
        room.motion.forget()
        assert room.motion._foresight._ready is None

    lived(story)


def test_a_picture_drawn_ahead_is_not_shown_once_the_session_is_over() -> None:
    async def story() -> None:
        room = Room()
        room.go_to(0)
        room.go_to(1)
        await room.until(lambda: ready(room) == 2)
        room.refusing = True
        room.go_to(2)
        await room.until(lambda: bool(room.errors))
        assert ("moving", 2) not in room.shown

    lived(story)


def test_an_exam_that_is_no_longer_shared_is_told_to_the_page() -> None:
    async def story() -> None:
        room = Room()
        room.refusing = True
        room.go_to(2)
        await room.until(lambda: bool(room.errors))
        assert room.shown == []

    lived(story)


def test_the_first_picture_waits_for_no_browser() -> None:
    async def story() -> None:
        room = Room(loads=False)
        await room.motion.first(Scene(ACCESS, SERIES, STATE))
        assert room.shown == [("moving", 0)]

    lived(story)


@pytest.mark.parametrize("density", [2.0, 3.0])
def test_a_denser_screen_does_not_ask_for_the_same_picture_again(density: float) -> None:
    async def story() -> None:
        room = Room()
        await room.motion.first(Scene(ACCESS, SERIES, STATE))
        room.motion.watched_with(density)
        await room.until(lambda: ("resting", 0) in room.shown)
        assert room.shown == [("moving", 0), ("resting", 0)]

    lived(story)
