"""Which region, how many pixels and which quality a view asks for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.viewer import demand
from services.viewer.demand import Demand, Screen
from services.viewer.view_events import Flip, Magnify, Resize, Rotate
from services.viewer.view_state import Stack, ViewState

QUICK = Screen()


def view(columns: int, rows: int, zoom: float = 1.0, width: float = 900) -> ViewState:
    stack = Stack(1, 300, columns, rows, 1.0, None)
    return ViewState.start(stack).after(Resize(width, width * 0.8)).after(Magnify(zoom))


def pixels(wanted: Demand) -> int:
    return wanted.size[0] * wanted.size[1]


def ct(zoom: float = 1.0, width: float = 900) -> ViewState:
    return view(512, 512, zoom, width)


def mammogram(zoom: float = 1.0, width: float = 900) -> ViewState:
    return view(3328, 4096, zoom, width)


def test_a_slice_of_a_ct_moves_whole_in_its_own_pixels() -> None:
    wanted = demand.moving(ct(), QUICK)
    assert (wanted.region, wanted.size) == ((0, 0, 512, 512), (512, 512))


def test_a_small_viewport_needs_no_large_picture() -> None:
    wanted = demand.moving(ct(width=300), QUICK)
    assert wanted.region == (0, 0, 512, 512)
    assert wanted.size == (240, 240)


def test_a_dense_screen_gets_more_but_not_all_while_things_move() -> None:
    sizes = [demand.moving(ct(width=300), Screen(density)).size[0] for density in (1.0, 1.5, 3.0)]
    assert sizes == [240, 360, 360]


def test_a_ct_at_rest_comes_whole_at_full_resolution_without_loss() -> None:
    assert demand.resting(ct(0.3), QUICK) == Demand((0, 0, 512, 512), (512, 512), 0, False)


def test_a_slow_link_gets_smaller_and_coarser_moving_pictures_but_the_same_at_rest() -> None:
    moved = [demand.moving(ct(), Screen(1.0, ease)) for ease in (0, 1, 2)]
    assert [pixels(m) for m in moved] == sorted({pixels(m) for m in moved}, reverse=True)
    assert [m.quality for m in moved] == sorted({m.quality for m in moved}, reverse=True)
    assert demand.resting(ct(), Screen(1.0, 2)) == demand.resting(ct(), QUICK)


@given(
    st.floats(0.2, 30), st.floats(100, 3000), st.floats(1, 3),
    st.integers(0, 3), st.booleans(), st.integers(600, 9000), st.integers(600, 9000),
)  # fmt: skip
def test_a_large_image_is_never_rendered_in_more_pixels_than_the_screen_has(
    zoom: float, width: float, density: float, turns: int, flipped: bool, columns: int, rows: int
) -> None:
    state = view(max(columns, 1200), max(rows, 1200), zoom, width)
    for event in [Rotate()] * turns + [Flip()] * flipped:
        state = state.after(event)
    screen = Screen(density)
    on_screen = (width * density + 2 * state.scale * density + 2) * (
        width * 0.8 * density + 2 * state.scale * density + 2
    )
    assert pixels(demand.resting(state, screen)) <= min(on_screen, demand.RESTING_MOST + 6000)
    around = (1 + 2 * demand.MARGIN + 0.1) ** 2
    moved = demand.moving(state, screen)
    assert pixels(moved) <= min(on_screen * around, demand.MOVING_MOST + 6000)
    for wanted in (moved, demand.resting(state, screen)):
        left, top, across, down = wanted.region
        assert 0 <= left < left + across <= state.stack.columns
        assert 0 <= top < top + down <= state.stack.rows
        assert wanted.size[0] <= across
        assert wanted.size[1] <= down


@given(st.floats(0.2, 30), st.integers(0, 3), st.booleans())
def test_a_picture_serves_the_state_it_was_made_for(zoom: float, turns: int, flipped: bool) -> None:
    state = mammogram(zoom)
    for event in [Rotate()] * turns + [Flip()] * flipped:
        state = state.after(event)
    assert demand.serves(demand.moving(state, QUICK), state, QUICK)
    assert demand.serves(demand.resting(state, QUICK), state, QUICK)


def test_zooming_into_a_large_image_asks_for_a_new_picture_and_into_a_ct_does_not() -> None:
    large, small = mammogram(), ct()
    assert not demand.serves(demand.moving(large, QUICK), large.after(Magnify(4)), QUICK)
    assert demand.serves(demand.moving(small, QUICK), small.after(Magnify(4)), QUICK)


def test_a_picture_that_was_made_for_a_small_view_does_not_serve_a_large_one() -> None:
    made = demand.moving(ct(width=200), QUICK)
    assert not demand.serves(made, ct(width=900), QUICK)


def test_a_resting_picture_smaller_than_the_screen_shows_is_short() -> None:
    huge = view(9000, 9000, width=4000)
    assert demand.resting(huge, Screen(3.0)).short
    assert not demand.resting(mammogram(), QUICK).short


def test_read_ahead_goes_where_the_scrolling_goes() -> None:
    assert demand.ahead(4, 5, 300, 4) == (6, 7, 8, 9, 4, 3)
    assert demand.ahead(6, 5, 300, 4) == (4, 3, 2, 1, 6, 7)
    assert demand.ahead(298, 299, 300, 4) == (298, 297)
    assert demand.ahead(4, 5, 300, 0) == ()


def test_read_ahead_never_takes_more_than_a_share_of_the_memory() -> None:
    slice_bytes = 2 * 3328 * 4096
    assert demand.most_ahead(ct(), 512 << 20) == demand.AHEAD
    assert demand.most_ahead(mammogram(), 8 * slice_bytes) == 1
    assert demand.most_ahead(mammogram(), slice_bytes) == 0
