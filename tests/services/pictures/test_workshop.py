"""The workshop: what is asked for now comes first, what nobody wants is left undone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.pictures.workshop import Urgency, Workshop

PATIENCE = 20.0


@pytest.fixture
def workshop() -> Iterator[Workshop]:
    made = Workshop(2, set_aside=3)
    yield made
    made.close()


class Busy:
    """Work that goes on until it is let go."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self._end = threading.Event()

    def __call__(self) -> None:
        self.begun.set()
        assert self._end.wait(PATIENCE)

    def let_go(self) -> None:
        self._end.set()


def occupied(workshop: Workshop, *urgencies: Urgency) -> list[Busy]:
    """Keep one thread busy for each urgency."""
    tasks = [Busy() for _ in urgencies]
    for task, urgency in zip(tasks, urgencies, strict=True):
        workshop.submit(urgency, task)
        assert task.begun.wait(PATIENCE)
    return tasks


def test_work_brings_what_it_returns_or_raises(workshop: Workshop) -> None:
    def refuse() -> None:
        raise ValueError("damaged")

    assert workshop.submit(Urgency.NOW, divmod, 7, 2).result(PATIENCE) == (3, 1)
    assert str(workshop.submit(Urgency.AHEAD, refuse).exception(PATIENCE)) == "damaged"


def test_a_page_awaits_it() -> None:
    async def page() -> int:
        return await Workshop(2).do(Urgency.NOW, sum, [1, 2, 3])

    assert asyncio.run(page()) == 6


def test_what_is_asked_for_now_overtakes_what_waits(workshop: Workshop) -> None:
    busy = occupied(workshop, Urgency.NOW, Urgency.NOW)
    order: list[str] = []
    waiting = [
        workshop.submit(urgency, order.append, urgency.name)
        for urgency in (Urgency.THUMBNAIL, Urgency.AHEAD, Urgency.NOW)
    ]
    busy[0].let_go()
    for future in waiting:
        future.result(PATIENCE)
    assert order == ["NOW", "AHEAD", "THUMBNAIL"]
    busy[1].let_go()


def test_reading_ahead_leaves_a_thread_for_what_is_asked_for_now(workshop: Workshop) -> None:
    busy = occupied(workshop, Urgency.AHEAD)
    later = workshop.submit(Urgency.THUMBNAIL, sum, [1])
    assert workshop.submit(Urgency.NOW, sum, [2]).result(PATIENCE) == 2
    assert not later.done()
    busy[0].let_go()
    assert later.result(PATIENCE) == 1


def test_a_superseded_read_ahead_is_never_begun(workshop: Workshop) -> None:
    busy = occupied(workshop, Urgency.AHEAD)
    done: list[str] = []
    superseded = workshop.submit(Urgency.AHEAD, done.append, "superseded")
    wanted = workshop.submit(Urgency.AHEAD, done.append, "wanted")
    assert superseded.cancel()
    busy[0].let_go()
    wanted.result(PATIENCE)
    assert done == ["wanted"]


def test_too_much_read_ahead_drops_the_oldest(workshop: Workshop) -> None:
    busy = occupied(workshop, Urgency.AHEAD)
    asked = [workshop.submit(Urgency.AHEAD, sum, [n]) for n in range(5)]
    busy[0].let_go()
    assert [future.cancelled() for future in asked] == [True, True, False, False, False]
    assert [future.result(PATIENCE) for future in asked[2:]] == [2, 3, 4]


def test_a_page_that_goes_away_takes_its_work_with_it(workshop: Workshop) -> None:
    async def page() -> None:
        busy = occupied(workshop, Urgency.NOW, Urgency.NOW)
        done: list[int] = []
        waiting = asyncio.ensure_future(workshop.do(Urgency.NOW, done.append, 1))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        for task in busy:
            task.let_go()
        await workshop.do(Urgency.NOW, sum, [1])
        assert done == []

    asyncio.run(page())


def test_a_closed_workshop_cancels_what_waits_and_takes_nothing_on() -> None:
    workshop = Workshop(2)
    busy = occupied(workshop, Urgency.NOW, Urgency.NOW)
    waiting = workshop.submit(Urgency.NOW, sum, [1])
    workshop.close()
    assert waiting.cancelled()
    with pytest.raises(RuntimeError):
        workshop.submit(Urgency.NOW, sum, [1])
    for task in busy:
        task.let_go()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(list(Urgency)), max_size=30))
def test_everything_that_is_wanted_gets_done(asked: list[Urgency]) -> None:
    workshop = Workshop(3)
    work: Callable[[int], int] = abs
    futures = [workshop.submit(urgency, work, -n) for n, urgency in enumerate(asked)]
    assert [future.result(PATIENCE) for future in futures] == list(range(len(asked)))
    workshop.close()
