"""Several viewports: layouts, links, one tool in hand, one sheet of annotations."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.drawing_events import Erase, Keep, Redo, Undo
from services.exams import Slice
from services.positions import Lie, Positions
from services.view_events import Choose, Down, GoTo, Move, Pointer, Resize, Step, Tool, Up, Wheel
from services.view_state import Stack, ViewState
from services.viewports import PLACES, Layout, Viewport
from services.workspace import Workspace
from services.workspace_events import Activate, Arrange, Link, Put, Within, WorkspaceEvent

UP = (0.0, 0.0, 1.0)


def viewport(
    number: int, slices: int = 20, *, spacing: float = 5.0, reference: str = "", start: float = 0.0,
    normal: tuple[float, float, float] = UP,
) -> Viewport:  # fmt: skip
    stack = Stack(number, slices, 100, 100, 1.0, None)
    images = tuple(Slice(100 * number + n, 0) for n in range(slices))
    locations = tuple(start + spacing * n for n in range(slices))
    lies = Lie((), Positions(reference, normal, locations))
    return Viewport(ViewState.start(stack).after(Resize(500, 500)), images, lies)


def workspace(*viewports: Viewport, layout: Layout = Layout.FOUR) -> Workspace:
    made = Workspace().after(Arrange(layout))
    for place, one in enumerate(viewports):
        made = made.after(Put(place, one))
    return made.after(Activate(0))


def slices(of: Workspace) -> list[int]:
    return [viewport.view.slice for viewport in of.viewports if viewport is not None]


def test_an_event_happens_in_the_active_viewport() -> None:
    assert slices(workspace(viewport(1), viewport(2)).after(Step(3))) == [3, 0]


def test_the_wheel_makes_the_viewport_under_it_the_active_one() -> None:
    turned = workspace(viewport(1), viewport(2)).after(Within(1, Wheel(120, 5, 5, False)))
    assert turned.active == 1
    assert slices(turned) == [0, 1]


def test_a_tool_is_in_hand_in_every_viewport_and_in_those_to_come() -> None:
    chosen = workspace(viewport(1), viewport(2)).after(Choose(Tool.ZOOM)).after(Put(2, viewport(3)))
    assert {v.view.tool for v in chosen.viewports if v is not None} == {Tool.ZOOM}


def test_a_layout_shows_the_block_with_the_active_viewport() -> None:
    four = workspace(*[viewport(n) for n in range(4)]).after(Activate(3))
    assert four.shown == (0, 1, 2, 3)
    assert four.after(Arrange(Layout.SIDE_BY_SIDE)).shown == (2, 3)
    assert four.after(Arrange(Layout.ONE)).shown == (3,)


@given(st.lists(st.one_of(st.builds(Arrange, st.sampled_from(Layout)),
                          st.builds(Activate, st.integers(-1, PLACES)))))  # fmt: skip
def test_no_change_of_layout_loses_or_changes_a_viewport(events: list[WorkspaceEvent]) -> None:
    before = workspace(viewport(1), viewport(2), viewport(3)).after(Step(4))
    after = before
    for event in events:
        after = after.after(event)
        assert after.active in after.shown
    assert after.viewports == before.viewports


def test_each_viewport_scrolls_alone_until_they_are_linked() -> None:
    both = workspace(viewport(1), viewport(2))
    assert slices(both.after(Step(2))) == [2, 0]
    assert slices(both.after(Link(True)).after(Step(2))) == [2, 2]
    assert slices(both.after(Link(True)).after(Link(False)).after(Step(2))) == [2, 0]


def test_stacks_of_one_frame_of_reference_scroll_to_the_same_position() -> None:
    coarse, fine = viewport(1, reference="F"), viewport(2, 200, spacing=1.0, reference="F")
    both = workspace(coarse, fine).after(Link(True))
    assert slices(both.after(GoTo(7))) == [7, 35]
    assert slices(both.after(Within(1, GoTo(48)))) == [10, 48]


def test_a_stack_that_is_counted_the_other_way_round_scrolls_to_the_same_position() -> None:
    upside_down = viewport(2, reference="F", start=-95.0, normal=(0.0, 0.0, -1.0))
    both = workspace(viewport(1, reference="F"), upside_down).after(Link(True))
    assert slices(both.after(GoTo(4))) == [4, 15]


def test_stacks_without_a_common_frame_of_reference_scroll_by_slices() -> None:
    apart = workspace(viewport(1, reference="F"), viewport(2, reference="G", spacing=1))
    assert slices(apart.after(Link(True)).after(Step(3))) == [3, 3]
    nameless = workspace(viewport(1), viewport(2, spacing=1)).after(Link(True))
    assert slices(nameless.after(Step(3))) == [3, 3]


def test_a_viewport_that_is_not_on_screen_is_not_scrolled_along() -> None:
    hidden = workspace(viewport(1), viewport(2), layout=Layout.ONE).after(Link(True))
    assert slices(hidden.after(Step(3))) == [3, 0]


@given(st.integers(0, 60), st.floats(0.5, 9), st.floats(-30, 30), st.integers(2, 60))
def test_no_slice_lies_nearer_than_the_one_a_link_scrolls_to(
    wanted: int, spacing: float, start: float, count: int
) -> None:
    other = viewport(2, count, spacing=spacing, start=start, reference="F")
    both = workspace(viewport(1, 61, reference="F"), other).after(Link(True)).after(GoTo(wanted))
    first, second = slices(both)
    if first == 0:  # nothing was scrolled
        return
    assert other.lie.positions is not None
    distances = [abs(location - 5.0 * first) for location in other.lie.positions.locations]
    assert distances[second] == min(distances)


def drawn(place: int = 0) -> list[WorkspaceEvent]:
    return [
        Choose(Tool.LENGTH),
        Within(place, Down(Pointer(1, 100, 100), 0, False)),
        Within(place, Move(Pointer(1, 300, 100))),
        Within(place, Up(1)),
    ]


def test_an_annotation_is_drawn_on_the_image_of_its_viewport() -> None:
    made = workspace(viewport(1), viewport(2)).after(Within(1, Step(5)))
    for event in (*drawn(1), Keep("a")):
        made = made.after(event)
    assert made.active == 1
    assert made.sheet.kept[0].shape.where == Slice(205, 0)


CHANGES = st.sampled_from(["draw", "erase", "step"])


@given(st.lists(CHANGES, max_size=12))
def test_undoing_everything_and_redoing_it_changes_nothing(changes: list[str]) -> None:
    made = workspace(viewport(1))
    for number, change in enumerate(changes):
        events: dict[str, list[WorkspaceEvent]] = {
            "draw": [*drawn(), Keep(str(number))], "erase": [Erase()], "step": [Step(1)]
        }  # fmt: skip
        for event in events[change]:
            made = made.after(event)
    kept, steps = made.sheet.kept, len(made.sheet.history.past)
    back = made
    for _ in range(steps):
        back = back.after(Undo())
    assert back.sheet.kept == ()
    for _ in range(steps):
        back = back.after(Redo())
    assert back.sheet.kept == kept
    assert back.viewports == made.viewports
