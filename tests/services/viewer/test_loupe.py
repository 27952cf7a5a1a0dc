"""The magnifier: which part of the image it shows, and where it is."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.viewer import demand, loupe
from services.viewer.demand import Screen
from services.viewer.stack import Stack
from services.viewer.view_events import (
    Choose,
    Down,
    Event,
    Flip,
    Magnify,
    Pointer,
    Resize,
    Rotate,
    Tool,
)
from services.viewer.view_state import ViewState

CT = Stack(1, 30, 512, 512, 1.0, None)
MAMMOGRAM = Stack(2, 1, 3328, 4096, 1.0, None)


def held(stack: Stack, x: float, y: float, *events: Event, touch: bool = False) -> ViewState:
    view = ViewState.start(stack).after(Resize(800, 600))
    for event in (*events, Choose(Tool.MAGNIFIER, meant=True), Down(Pointer(1, x, y), 0, touch)):
        view = view.after(event)
    return view


def test_nothing_is_enlarged_while_no_magnifier_is_held() -> None:
    assert loupe.through(ViewState.start(CT).after(Resize(800, 600))) is None


@given(st.floats(120, 680), st.floats(20, 580), st.integers(0, 3), st.booleans(),
       st.floats(0.5, 4))  # fmt: skip
def test_what_is_under_the_pointer_is_in_its_middle_larger_and_turned_alike(
    x: float, y: float, turns: int, flipped: bool, zoom: float
) -> None:
    view = held(CT, x, y, *[Rotate()] * turns, *[Flip()] * flipped, Magnify(zoom))
    within = loupe.through(view)
    assert within is not None
    middle = within.in_image(loupe.SIDE / 2, loupe.SIDE / 2)
    assert math.dist(middle, view.in_image(x, y)) < 1e-6
    assert math.isclose(within.scale, loupe.ENLARGED * view.scale)
    assert within.picture == view.picture


@pytest.mark.parametrize(("touch", "below"), [(False, 0), (True, 0.62 * loupe.SIDE)])
def test_it_lies_over_the_mouse_and_above_a_finger(touch: bool, below: float) -> None:
    left, top = loupe.corner(held(CT, 400, 300, touch=touch))
    assert (left, top) == (400 - loupe.SIDE / 2, 300 - loupe.SIDE / 2 - below)


def test_it_shows_pixels_of_a_large_image_that_the_screen_had_no_room_for() -> None:
    view = held(MAMMOGRAM, 400, 300)
    within = loupe.through(view)
    assert within is not None
    outside, inside = (demand.resting(state, Screen(1.0)) for state in (view, within))
    assert inside.scale > 2 * outside.scale
    assert inside.region[2] * inside.region[3] < MAMMOGRAM.columns * MAMMOGRAM.rows / 4
