"""What a viewer shows, and how the wheel, pointers and keys change it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from imaging.grayscale import Window
from services.viewer.view_events import (
    ActualSize,
    Balance,
    Brighten,
    Choose,
    Down,
    Event,
    Fit,
    Flip,
    GoTo,
    Invert,
    Magnify,
    Move,
    Pointer,
    Reset,
    Resize,
    Rotate,
    SetWindow,
    Step,
    Tool,
    Up,
    Wheel,
)
from services.viewer.view_state import LARGEST_ZOOM, SMALLEST_ZOOM, Glass, Stack, ViewState

SOFT = Window(40, 400, name="Soft tissue")
CT = Stack(series_id=1, slices=30, columns=512, rows=512, aspect=1.0, window=SOFT)
PHOTO = Stack(series_id=2, slices=1, columns=640, rows=480, aspect=1.0, window=None)


def view(stack: Stack = CT, *events: Event, width: float = 800, height: float = 600) -> ViewState:
    return after(ViewState.start(stack), Resize(width, height), *events)


def after(state: ViewState, *events: Event) -> ViewState:
    for event in events:
        state = state.after(event)
    return state


def drag(dx: float, dy: float, *, button: int = 0, touch: bool = False) -> list[Event]:
    start = Pointer(1, 400, 300)
    return [Down(start, button, touch), Move(Pointer(1, 400 + dx, 300 + dy)), Up(1)]


def wheel(delta: float, *, zooming: bool = False, x: float = 400, y: float = 300) -> Wheel:
    return Wheel(delta, x, y, zooming)


def near(one: tuple[float, ...], other: tuple[float, ...], tolerance: float = 1e-6) -> bool:
    return all(
        math.isclose(a, b, rel_tol=1e-9, abs_tol=tolerance) for a, b in zip(one, other, strict=True)
    )


# scrolling


def test_a_view_starts_at_the_asked_slice_with_the_window_of_the_series() -> None:
    state = ViewState.start(CT, slice=7)
    assert (state.slice, state.window, state.zoom, state.tool) == (7, SOFT, 1.0, Tool.WINDOW)


def test_a_notch_of_the_wheel_shows_the_next_slice() -> None:
    assert after(view(), wheel(120)).slice == 1
    assert after(view(), wheel(120), wheel(-120)).slice == 0


def test_a_small_turn_of_the_wheel_shows_the_next_slice_too() -> None:
    assert after(view(), wheel(4)).slice == 1


def test_a_big_turn_of_the_wheel_skips_slices() -> None:
    assert after(view(), wheel(480)).slice == 4


def test_a_wheel_turned_sideways_shows_the_same_slice() -> None:
    assert after(view(CT, GoTo(5)), wheel(0)).slice == 5


def test_scrolling_ends_at_the_first_and_the_last_slice() -> None:
    assert after(view(), wheel(-120)).slice == 0
    assert after(view(), *[wheel(120)] * 50).slice == 29


def test_scrolling_back_from_an_end_moves_at_once() -> None:
    assert after(view(), *[wheel(120)] * 50, wheel(-120)).slice == 28


@pytest.mark.parametrize(("number", "shown"), [(-5, 0), (0, 0), (29, 29), (30, 29), (9999, 29)])
def test_going_to_a_slice_stays_within_the_series(number: int, shown: int) -> None:
    assert view(CT, GoTo(number)).slice == shown


def test_page_keys_step_several_slices() -> None:
    assert view(CT, Step(10), Step(-3)).slice == 7


def test_a_long_drag_scrolls_through_the_whole_series() -> None:
    assert view(CT, Choose(Tool.SCROLL), *drag(0, 600)).slice == 29


def test_many_short_drags_scroll_as_far_as_one_long_one() -> None:
    start: list[Event] = [Choose(Tool.SCROLL), Down(Pointer(1, 400, 100), 0, False)]
    moves = [Move(Pointer(1, 400, 100 + step)) for step in range(1, 126)]
    assert view(CT, *start, *moves).slice == view(CT, *start, moves[-1]).slice > 0


@given(st.lists(st.floats(-3000, 3000), max_size=30))
def test_no_turning_of_the_wheel_leaves_the_series(turns: list[float]) -> None:
    assert 0 <= after(view(), *[wheel(turn) for turn in turns]).slice < 30


# brightness and contrast


def test_dragging_up_brightens() -> None:
    state = view(CT, *drag(0, -100))
    assert state.window is not None
    assert state.window.center < SOFT.center
    assert state.window.width == SOFT.width


def test_dragging_right_raises_the_contrast() -> None:
    state = view(CT, *drag(100, 0))
    assert state.window is not None
    assert state.window.width < SOFT.width
    assert state.window.center == SOFT.center


def test_dragging_there_and_back_restores_the_window() -> None:
    start = Down(Pointer(1, 0, 0), 0, False)
    state = view(CT, start, Move(Pointer(1, 90, 70)), Move(Pointer(1, 0, 0)), Up(1))
    assert state.window is not None
    assert near((state.window.center, state.window.width), (40, 400))


def test_a_dragged_window_is_no_preset_any_more() -> None:
    state = view(CT, *drag(10, 10))
    assert state.window is not None
    assert state.window.name == ""


@given(st.lists(st.tuples(st.floats(-800, 800), st.floats(-800, 800)), max_size=20))
def test_no_drag_makes_a_window_without_width(moves: list[tuple[float, float]]) -> None:
    state = view(CT, *[event for dx, dy in moves for event in drag(dx, dy)])
    assert state.window is not None
    assert 1 <= state.window.width <= SOFT.width * 1000  # PS3.3 C.11.2.1.2.1: at least 1


def test_a_preset_replaces_the_window() -> None:
    lung = Window(-600, 1500, name="Lung")
    assert view(CT, SetWindow(lung)).window == lung


def test_a_colour_picture_has_no_window_to_change() -> None:
    state = view(PHOTO)
    for event in (SetWindow(SOFT), Brighten(0.2, 0.2), *drag(80, 80)):
        state = state.after(event)
    assert state.window is None


def test_keys_brighten_as_dragging_does() -> None:
    assert view(CT, Brighten(brightness=0.25)).window == view(CT, *drag(0, -100)).window


# zooming and moving

ZOOMS = st.floats(-2000, 2000)
PANS = st.tuples(st.floats(-300, 300), st.floats(-300, 300))
TURNS = st.integers(0, 3)


@given(x=st.floats(40, 760), y=st.floats(40, 560), delta=ZOOMS, turns=TURNS, flipped=st.booleans(),
       aspect=st.floats(0.5, 2), zoom=st.floats(0.3, 20), pan=PANS)  # fmt: skip
def test_zooming_keeps_the_image_point_under_the_pointer(
    x: float, y: float, delta: float, turns: int, flipped: bool, aspect: float, zoom: float,
    pan: tuple[float, float],
) -> None:  # fmt: skip
    stack = replace(CT, aspect=aspect)
    state = view(stack, *[Rotate()] * turns, *[Flip()] * flipped, Magnify(zoom))
    state = after(state, Choose(Tool.PAN), *drag(*pan))
    point = state.in_image(x, y)
    assume(0 <= point[0] <= 512 and 0 <= point[1] <= 512)  # the pointer is on the image
    zoomed = state.after(wheel(delta, zooming=True, x=x, y=y))
    assert near(zoomed.in_image(x, y), point)


def test_turning_the_wheel_up_with_ctrl_enlarges() -> None:
    assert view(CT, wheel(-120, zooming=True)).zoom > 1 > view(CT, wheel(120, zooming=True)).zoom


def test_zooming_has_its_limits() -> None:
    assert view(CT, *[Magnify(10)] * 9).zoom == LARGEST_ZOOM
    assert view(CT, *[Magnify(0.1)] * 9).zoom == SMALLEST_ZOOM


@pytest.mark.parametrize(("width", "height"), [(800, 600), (390, 700), (2000, 300)])
@pytest.mark.parametrize("turns", range(4))
def test_a_fresh_view_shows_the_whole_image_as_large_as_it_fits(
    width: float, height: float, turns: int
) -> None:
    stack = replace(CT, columns=640, rows=400, aspect=1.5)
    state = view(stack, *[Rotate()] * turns, width=width, height=height)
    assert state.visible_region() == (0, 0, 640, 400)
    corners = [corner(state, x, y) for x in (0, 640) for y in (0, 400)]
    across, down = (max(c) - min(c) for c in zip(*corners, strict=True))
    assert math.isclose(max(across / width, down / height), 1)


def corner(state: ViewState, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = state.transform
    return a * x + c * y + e, b * x + d * y + f


def test_the_middle_of_a_fresh_image_is_in_the_middle_of_the_viewport() -> None:
    assert near(view().in_image(400, 300), (256, 256))


def test_tall_pixels_make_the_picture_taller() -> None:
    state = view(replace(CT, aspect=2.0))
    (left, top), (right, bottom) = corner(state, 0, 0), corner(state, 512, 512)
    assert math.isclose((bottom - top) / (right - left), 2.0)


def test_a_resized_viewport_shows_the_whole_image_again() -> None:
    assert view(CT, Resize(300, 300)).visible_region() == (0, 0, 512, 512)


def test_a_viewport_without_size_breaks_nothing() -> None:
    assert all(math.isfinite(value) for value in view(CT, Resize(0, 0)).transform)


def test_dragging_with_the_middle_button_moves_the_image_whatever_the_tool() -> None:
    state = view(CT, Magnify(3), *drag(50, -20, button=1))
    assert (state.pan_x, state.pan_y) == (50, -20)
    assert state.tool is Tool.WINDOW
    assert state.window == SOFT


@given(
    st.lists(st.tuples(st.floats(-5000, 5000), st.floats(-5000, 5000)), max_size=5),
    st.floats(0.5, 10),
    TURNS,
)
def test_some_of_the_image_always_stays_on_screen(
    moves: list[tuple[float, float]], zoom: float, turns: int
) -> None:
    state = view(CT, Choose(Tool.PAN), *[Rotate()] * turns, Magnify(zoom))
    state = after(state, *[event for dx, dy in moves for event in drag(dx, dy)])
    _, _, columns, rows = state.visible_region()
    assert columns > 0
    assert rows > 0


@given(st.lists(st.sampled_from([Rotate(), Flip(), Invert(), Magnify(1.7)]), max_size=8),
       st.floats(0, 800), st.floats(0, 600))  # fmt: skip
def test_the_point_in_the_image_and_the_transform_are_inverse(
    events: list[Event], x: float, y: float
) -> None:
    state = view(CT, *events)
    assert near(corner(state, *state.in_image(x, y)), (x, y))


# turning, flipping, inverting


@given(st.floats(0.2, 20), st.booleans())
def test_four_quarter_turns_change_nothing(zoom: float, flipped: bool) -> None:
    state = view(CT, Magnify(zoom), *[Flip()] * flipped)
    assert after(state, *[Rotate()] * 4) == state


def test_a_quarter_turn_is_clockwise() -> None:
    state = view(CT, Rotate())
    left, top = corner(state, 0, 0)
    assert left > 400  # the top left corner of the image is now at the top right
    assert top < 300


def test_flipping_mirrors_left_and_right() -> None:
    state = view(CT, Flip())
    left, top = corner(state, 0, 0)
    assert left > 400
    assert top < 300


@given(st.integers(0, 3), st.booleans(), st.booleans())
def test_flipping_mirrors_what_is_on_screen_however_it_was_turned(
    turns: int, flipped: bool, vertical: bool
) -> None:
    state = view(CT, Magnify(2), Choose(Tool.PAN), *drag(40, 25), *[Rotate()] * turns)
    state = after(state, *[Flip()] * flipped)
    mirrored = state.after(Flip(vertical=vertical))
    for column, row in ((0, 0), (512, 100), (31, 400)):
        (x, y), (u, v) = corner(state, column, row), corner(mirrored, column, row)
        assert near((u, v), (x, 600 - y) if vertical else (800 - x, y))


def test_a_turn_to_the_left_takes_one_to_the_right_back() -> None:
    assert view(CT, Rotate(), Rotate(-1)) == view()
    assert view(CT, Rotate(-1)) == view(CT, *[Rotate()] * 3)


def test_fit_shows_the_whole_image_and_leaves_turn_and_window() -> None:
    state = view(CT, Rotate(), Flip(), Invert(), Magnify(5), Choose(Tool.PAN), *drag(60, 60))
    fitted = state.after(Fit())
    assert fitted.visible_region() == (0, 0, 512, 512)
    assert (fitted.flipped, fitted.invert, fitted.zoom) == (True, True, 1.0)


@pytest.mark.parametrize("width", [300, 800, 2000])
def test_actual_size_shows_an_image_pixel_as_a_css_pixel(width: float) -> None:
    state = view(CT, Magnify(3), ActualSize(), width=width)
    assert math.isclose(state.scale, 1.0)
    assert near(state.in_image(width / 2, 300), (256, 256))


def test_flipping_or_inverting_twice_changes_nothing() -> None:
    assert view(CT, Flip(), Flip()) == view()
    assert view(CT, Invert(), Invert()) == view()


def test_only_slice_window_and_inversion_need_new_pixels() -> None:
    state = view()
    same: list[Event] = [Rotate(), Flip(), Magnify(2), Resize(300, 200), Choose(Tool.PAN)]
    other: list[Event] = [Step(1), Brighten(0.1), Invert(), SetWindow(Window(-600, 1500))]
    assert {state.after(event).picture for event in same} == {state.picture}
    assert state.picture not in {state.after(event).picture for event in other}


def test_reset_fits_upright_with_the_first_window_and_keeps_slice_and_tool() -> None:
    state = view(
        CT, Step(4), Magnify(5), Rotate(), Flip(), Invert(), Brighten(0.3), Choose(Tool.ZOOM)
    )
    assert state.after(Reset()) == view(CT, Step(4), Choose(Tool.ZOOM))


def test_another_series_keeps_the_viewport_and_the_tool() -> None:
    state = view(CT, Choose(Tool.PAN), Magnify(4)).showing(PHOTO)
    assert (state.stack, state.width, state.height) == (PHOTO, 800, 600)
    assert (state.tool, state.zoom, state.window) == (Tool.PAN, 1.0, None)


@given(st.floats(-0.9, 0.9), st.floats(-1.4, 1.4))
def test_sliders_set_brightness_and_contrast_and_find_them_again(
    brightness: float, contrast: float
) -> None:
    state = view(CT, Brighten(0.3, -0.2), Balance(brightness, contrast))
    assert near(state.balance, (brightness, contrast))
    assert near(state.after(Balance(0, 0)).balance, (0, 0))


def test_a_colour_picture_has_nothing_to_balance() -> None:
    assert view(PHOTO, Balance(0.5, 0.5)).balance == (0, 0)


# fingers


def fingers(*at: tuple[float, float]) -> list[Event]:
    return [Down(Pointer(number, x, y), 0, True) for number, (x, y) in enumerate(at, 1)]


def test_one_finger_scrolls_a_stack_and_moves_a_single_image() -> None:
    assert view(CT, *drag(0, 100, touch=True)).slice > 0
    moved = view(PHOTO, Magnify(3), *drag(30, 40, touch=True))
    assert (moved.pan_x, moved.pan_y) == (30, 40)


def test_fingers_moving_apart_enlarge_as_far_as_they_move() -> None:
    state = view(CT, *fingers((300, 300), (500, 300)), Move(Pointer(2, 700, 300)))
    assert math.isclose(state.zoom, 2.0)


@given(st.tuples(st.floats(250, 350), st.floats(250, 350)),
       st.tuples(st.floats(450, 550), st.floats(250, 350)))  # fmt: skip
def test_a_pinch_keeps_what_was_between_the_fingers_between_them(
    one: tuple[float, float], two: tuple[float, float]
) -> None:
    state = view(CT, *fingers((300, 300), (500, 300)))
    between = state.in_image(400, 300)
    state = after(state, Move(Pointer(1, *one)), Move(Pointer(2, *two)))
    middle = (one[0] + two[0]) / 2, (one[1] + two[1]) / 2
    assert near(state.in_image(*middle), between)


def test_a_pinch_changes_neither_slice_nor_window() -> None:
    state = view(CT, GoTo(9), *fingers((300, 300), (500, 300)), Move(Pointer(2, 600, 500)))
    assert (state.slice, state.window) == (9, SOFT)


def test_the_finger_that_stays_after_a_pinch_changes_neither_slice_nor_window() -> None:
    state = view(CT, GoTo(9), *fingers((300, 300), (500, 300)), Move(Pointer(2, 700, 300)), Up(2))
    moved = after(state, Move(Pointer(1, 320, 330)), Up(1))
    assert (moved.slice, moved.window) == (9, SOFT)
    assert near((moved.pan_x - state.pan_x, moved.pan_y - state.pan_y), (20, 30))


def test_fingers_at_the_same_place_break_nothing() -> None:
    state = view(CT, *fingers((300, 300), (300, 300)), Move(Pointer(2, 300, 300)))
    assert state.zoom == 1.0


def test_a_pointer_that_was_never_pressed_changes_nothing() -> None:
    state = view()
    assert after(state, Move(Pointer(9, 10, 10)), Up(9)) == state


def test_a_pointer_that_was_lost_ends_its_drag() -> None:
    state = view(CT, Down(Pointer(1, 400, 300), 0, False), Up(1))
    assert state.after(Move(Pointer(1, 500, 500))) == state


def test_another_plane_begins_in_its_middle_with_the_same_window() -> None:
    taken = ViewState.start(Stack(1, 12, 512, 512, 1.0, Window(40, 400)), slice=3)
    seen = taken.after(Resize(600, 600)).after(SetWindow(Window(-600, 1500))).after(Invert())
    coronal = seen.through(Stack(1, 512, 512, 12, 5.0, Window(40, 400), "Coronal"))
    assert (coronal.slice, coronal.window, coronal.invert) == (256, Window(-600, 1500), True)
    assert (coronal.width, coronal.height) == (600, 600)
    assert coronal.picture != seen.picture


def test_a_thicker_slab_keeps_the_view() -> None:
    thin = Stack(1, 512, 512, 12, 5.0, Window(40, 400), "Coronal")
    seen = ViewState.start(thin).after(Resize(600, 600)).after(GoTo(77)).after(Magnify(2.0))
    thick = seen.through(replace(thin, plane="Coronal, MIP of 10 mm"))
    assert (thick.slice, thick.zoom) == (77, seen.zoom)
    assert thick.picture != seen.picture


def tap(x: float, y: float, at: float) -> list[Event]:
    return [Down(Pointer(1, x, y), 0, True, at), Up(1)]


def test_two_taps_at_one_place_fit_the_image() -> None:
    state = view(CT, GoTo(4), Magnify(4), *tap(300, 200, 1000), *tap(310, 195, 1250))
    assert (state.zoom, state.slice) == (1.0, 4)


@pytest.mark.parametrize(
    "second", [tap(300, 200, 1500), tap(380, 200, 1200), [Down(Pointer(1, 300, 200), 0, True)]]
)
def test_taps_too_late_too_far_or_of_unknown_time_fit_nothing(second: list[Event]) -> None:
    assert view(CT, Magnify(4), *tap(300, 200, 1000), *second).zoom == 4


def test_two_quick_swipes_are_no_double_tap() -> None:
    swipe: list[Event] = [
        Down(Pointer(1, 300, 200), 0, True, 1000), Move(Pointer(1, 300, 260)), Up(1),
        Down(Pointer(1, 300, 200), 0, True, 1200),
    ]  # fmt: skip
    assert view(CT, Magnify(4), *swipe).zoom == 4


def test_a_finger_changes_brightness_once_a_person_chose_that_tool() -> None:
    state = view(CT, Choose(Tool.WINDOW, meant=True), *drag(0, 100, touch=True))
    assert state.slice == 0
    assert state.window != SOFT
    again = view(CT, Choose(Tool.WINDOW), *drag(0, 100, touch=True))
    assert again.slice > 0


# the magnifier


def test_the_magnifier_is_there_while_it_is_held() -> None:
    state = view(CT, Choose(Tool.MAGNIFIER), Down(Pointer(1, 300, 200), 0, False))
    assert state.glass == Glass(300, 200, lifted=False)
    moved = state.after(Move(Pointer(1, 350, 260)))
    assert moved.glass == Glass(350, 260, lifted=False)
    assert moved.picture == view().picture
    assert moved.after(Up(1)).glass is None


def test_a_second_finger_puts_the_magnifier_away() -> None:
    state = view(CT, Choose(Tool.MAGNIFIER), *fingers((300, 300)))
    assert state.glass == Glass(300, 300, lifted=True)
    assert state.after(Down(Pointer(2, 500, 300), 0, True)).glass is None
