"""The projector: in time, never ahead of the pictures, and not when nobody looks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from services.viewer.stack import Stack
from services.viewer.view_events import Event, Play, SetRate, Tick
from services.viewer.view_state import ViewState
from tests.ui.test_motion import PATIENCE, lived
from ui.components.viewer import projector
from ui.components.viewer.projector import Projector

STACK = Stack(1, 10, 64, 64, 1.0, None)


class Screen:
    """A viewport that keeps what the projector does, and pictures that are drawn when told to."""

    def __init__(self) -> None:
        self.view = ViewState.start(STACK).after(SetRate(60))
        self.done: list[Event] = []
        self.drawn = asyncio.Event()
        self.drawn.set()
        self.projector = Projector(self.do, self)

    async def caught_up(self) -> None:
        await self.drawn.wait()

    def do(self, event: Event) -> None:
        self.done.append(event)
        self.view = self.view.after(event)
        self.projector.follow(self.view)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await asyncio.sleep(0.002)

    def ticks(self) -> int:
        return self.done.count(Tick())


def test_it_plays_until_it_is_paused() -> None:
    async def story() -> None:
        screen = Screen()
        screen.do(Play())
        await screen.until(lambda: screen.ticks() >= 3)
        screen.do(Play())
        await screen.until(lambda: not screen.projector._running)
        assert screen.view.slice == screen.ticks() % 10

    lived(story)


def test_no_picture_is_asked_for_before_the_last_one_is_drawn() -> None:
    async def story() -> None:
        screen = Screen()
        screen.drawn.clear()
        screen.do(Play())
        await screen.until(lambda: screen.projector._running)
        for _ in range(50):
            await asyncio.sleep(0)
        assert screen.ticks() == 0
        screen.drawn.set()
        await screen.until(lambda: screen.ticks() >= 1)
        screen.do(Play(on=False))

    lived(story)


def test_it_pauses_once_the_page_gives_no_sign_of_being_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story() -> None:
        monkeypatch.setattr(projector, "QUIET", 0.05)
        screen = Screen()
        screen.do(Play())
        await screen.until(lambda: Play(on=False) in screen.done)
        assert not screen.view.cine.playing

    lived(story)


def test_a_page_that_is_seen_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        monkeypatch.setattr(projector, "QUIET", 1.0)
        screen = Screen()
        screen.do(Play())

        def seen() -> bool:
            screen.projector.beat()
            return screen.ticks() >= 90  # one and a half seconds at least

        await screen.until(seen)
        assert Play(on=False) not in screen.done
        screen.do(Play(on=False))

    lived(story)


def test_a_viewport_that_is_closed_plays_no_more() -> None:
    async def story() -> None:
        screen = Screen()
        screen.do(Play())
        await screen.until(lambda: screen.ticks() >= 1)
        screen.projector.stop()
        await screen.until(lambda: not screen.projector._running)
        shown = screen.ticks()
        screen.projector.follow(screen.view)
        assert not screen.projector._running
        assert screen.ticks() == shown

    lived(story)
