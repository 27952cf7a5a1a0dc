"""Playing slices as a moving picture."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.viewer.cine import FASTEST, SLOWEST, USUAL, Cine
from services.viewer.clips import rate
from services.viewer.stack import Clip, Stack
from services.viewer.view_events import Event, Faster, GoTo, Play, SetRate, Step, Swing, Tick, Wheel
from services.viewer.view_state import ViewState

SERIES = Stack(1, 10, 64, 64, 1.0, None)
HEART = Stack(2, 10, 64, 64, 1.0, None, clips=(Clip(0, 3, 25.0), Clip(4, 9)))


def played(stack: Stack, ticks: int, *events: Event) -> list[int]:
    view = ViewState.start(stack)
    for event in events:
        view = view.after(event)
    shown = [view.slice]
    for _ in range(ticks):
        view = view.after(Tick())
        shown.append(view.slice)
    return shown


def test_nothing_plays_until_a_person_says_so() -> None:
    assert not ViewState.start(HEART).cine.playing
    assert played(SERIES, 3) == [0, 0, 0, 0]


def test_a_series_plays_from_its_end_back_to_its_beginning() -> None:
    assert played(SERIES, 4, GoTo(8), Play()) == [8, 9, 0, 1, 2]


def test_to_and_fro_shows_the_ends_once() -> None:
    assert played(HEART, 8, Swing(), Play()) == [0, 1, 2, 3, 2, 1, 0, 1, 2]


def test_one_moving_picture_among_several_plays_alone() -> None:
    assert played(HEART, 5, GoTo(2), Play()) == [2, 3, 0, 1, 2, 3]
    assert played(HEART, 4, GoTo(7), Play()) == [7, 8, 9, 4, 5]


@given(st.integers(0, 9), st.booleans(), st.integers(1, 40))
def test_a_moving_picture_never_leaves_its_frames(start: int, swinging: bool, ticks: int) -> None:
    shown = played(HEART, ticks, GoTo(start), *[Swing()] * swinging, Play())
    assert {HEART.clip(slice) for slice in shown} == {HEART.clip(start)}
    assert all(one != other for one, other in pairwise(shown))


def test_the_object_says_how_fast_and_a_person_may_say_otherwise() -> None:
    view = ViewState.start(HEART)
    assert view.cine.rate(view.clip) == 25
    assert view.after(Faster(1)).cine.rate(view.clip) == 30
    assert view.after(Faster(-1)).cine.rate(view.clip) == 20
    assert view.after(SetRate(8)).after(SetRate(0)).cine.rate(view.clip) == 25
    assert Cine().rate(Clip(0, 9)) == USUAL


@pytest.mark.parametrize(("by", "reached"), [(1, FASTEST), (-1, SLOWEST)])
def test_speed_has_its_limits(by: int, reached: float) -> None:
    view = ViewState.start(SERIES)
    for _ in range(20):
        view = view.after(Faster(by))
    assert view.cine.rate(view.clip) == reached


@pytest.mark.parametrize("event", [Step(1), GoTo(5), Wheel(120, 1, 1, zooming=False)])
def test_whoever_scrolls_stops_it(event: Event) -> None:
    assert not ViewState.start(SERIES).after(Play()).after(event).cine.playing


def test_a_single_image_does_not_play() -> None:
    assert not ViewState.start(Stack(3, 1, 64, 64, 1.0, None)).after(Play()).cine.playing


def test_pausing_and_playing_again_goes_on_where_it_was() -> None:
    assert played(SERIES, 2, GoTo(4), Play(), Tick(), Play(), Play(on=True)) == [5, 6, 7]


@pytest.mark.parametrize(
    ("times", "frames"), [((), 0.0), ((40.0,), 25.0), ((20.0, 60.0), 25.0), ((0.0, 0.0), 0.0)]
)
def test_times_of_frames_make_a_rate(times: tuple[float, ...], frames: float) -> None:
    assert rate(times) == frames
