"""Several viewports: layouts, links, one tool in hand, one sheet of annotations."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from imaging.patient_space import ImagePlane
from services.exam.exams import Slice
from services.viewer.drawing_events import Erase, Keep, Redo, Undo
from services.viewer.positions import Lie, Positions
from services.viewer.reference_lines import middle
from services.viewer.view_events import (
    Choose,
    Down,
    GoTo,
    Move,
    Pointer,
    Resize,
    Step,
    Tool,
    Up,
    Wheel,
)
from services.viewer.view_state import Stack, ViewState
from services.viewer.viewports import PLACES, Layout, Viewport
from services.viewer.workspace import Workspace
from services.viewer.workspace_events import (
    Activate,
    ActivateNext,
    Arrange,
    Draw,
    Lay,
    Leave,
    Link,
    Meet,
    Narrow,
    NextLayout,
    Open,
    Put,
    ShowLines,
    Within,
    WorkspaceEvent,
)

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


def across(number: int, axes: str, reference: str = "F", exam: int = 0) -> Viewport:
    """Twenty images of 100 by 100 mm, 5 mm apart: "axial", "coronal" or "sagittal"."""
    right, down, through = {
        "axial": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
        "coronal": ((1, 0, 0), (0, 0, 1), (0, 1, 0)),
        "sagittal": ((0, 1, 0), (0, 0, 1), (1, 0, 0)),
    }[axes]
    planes = tuple(
        ImagePlane(
            reference, tuple(0.5 * r + 0.5 * d + (2.5 + 5.0 * n) * t
                             for r, d, t in zip(right, down, through, strict=True)),
            right, down, through, 1.0, 1.0, 100, 100,
        )
        for n in range(20)
    )  # fmt: skip
    places = Positions(reference, through, tuple(2.5 + 5.0 * n for n in range(20)))
    plain = viewport(number)
    return replace(plain, lie=Lie(planes, places), exam=exam)


def three() -> Workspace:
    """A crosshair in hand over three planes."""
    return workspace(
        across(1, "axial"), across(2, "sagittal"), across(3, "coronal")
    ).after(Choose(Tool.CROSSHAIR))  # fmt: skip


def pressed(x: float, y: float, pointer: int = 1) -> Down:
    return Down(Pointer(pointer, x, y), 0, False)


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


def test_each_exam_has_its_own_drawings_and_its_own_way_back() -> None:
    made = workspace(viewport(1), replace(viewport(2), exam=7))
    for place in (0, 1):
        for event in (*drawn(place), Keep(f"on {place}")):
            made = made.after(event)
    assert [a.key for a in made.sheet_of(0).kept] == ["on 0"]
    assert [a.key for a in made.sheet_of(7).kept] == ["on 1"]
    undone = made.after(Undo())  # the active viewport shows exam 7
    assert [a.key for a in undone.sheet_of(0).kept] == ["on 0"]
    assert undone.sheet_of(7).kept == ()
    erased = made.after(Draw(0, Erase("on 0")))
    assert erased.sheet_of(0).kept == ()
    assert [a.key for a in erased.sheet_of(7).kept] == ["on 1"]


def test_nothing_of_an_exam_stays_once_it_has_left() -> None:
    made = workspace(viewport(1), replace(viewport(2), exam=7))
    for event in (*drawn(1), Keep("a"), Put(1, replace(viewport(3), exam=7)), Leave(7)):
        made = made.after(event)
    assert [v is None for v in made.viewports] == [False, True, True, True]
    assert made.sheet_of(7).kept == ()
    assert {place for place, _ in made.left} <= {0}


def test_a_series_returns_to_a_viewport_as_it_was_left_there() -> None:
    made = workspace(viewport(1), layout=Layout.ONE).after(Step(7)).after(Put(0, viewport(2)))
    back = made.view_of(viewport(1).view.stack, 0)
    assert (back.slice, back.width) == (7, 500)
    elsewhere = made.view_of(viewport(1).view.stack, 1)
    assert elsewhere.slice == 0


def test_a_narrow_screen_shows_the_active_viewport_alone() -> None:
    made = workspace(viewport(1), viewport(2)).after(Narrow(True)).after(Link(True))
    assert made.shown == (0,)
    assert slices(made.after(Step(3))) == [3, 0]
    assert made.after(Narrow(False)).shown == (0, 1, 2, 3)


def test_layouts_and_viewports_follow_each_other_in_a_ring() -> None:
    made, seen = workspace(viewport(1), layout=Layout.ONE), []
    for _ in Layout:
        seen.append(made.layout)
        made = made.after(NextLayout())
    assert (seen, made.layout) == (list(Layout), Layout.ONE)
    four, actives = workspace(viewport(1)), []
    for _ in range(5):
        actives.append(four.active)
        four = four.after(ActivateNext())
    assert actives == [0, 1, 2, 3, 0]


def test_the_image_of_another_viewport_crosses_this_one_where_it_lies() -> None:
    made = workspace(across(1, "axial"), across(2, "sagittal")).after(Within(1, GoTo(8)))
    lines = [line for line in made.lines_on(0) if not line.edge]
    assert [(line.place, line.start[0], line.end[0]) for line in lines] == [(1, 42.5, 42.5)]
    assert made.after(ShowLines(False)).lines_on(0) == ()


def test_a_localiser_shows_how_far_the_active_stack_reaches() -> None:
    made = workspace(across(1, "axial"), across(2, "coronal")).after(GoTo(5))
    edges = sorted(line.start[1] for line in made.lines_on(1) if line.edge)
    assert edges == [2.5, 97.5]
    assert not any(line.edge for line in made.after(Activate(1)).lines_on(1))


def test_stacks_that_lie_parallel_or_elsewhere_draw_no_lines() -> None:
    made = workspace(across(1, "axial"), across(2, "axial"), across(3, "coronal", "G"))
    assert made.lines_on(0) == ()
    assert workspace(viewport(1), across(2, "axial")).lines_on(0) == ()


def test_linked_stacks_of_one_patient_that_cross_do_not_scroll_along() -> None:
    both = workspace(across(1, "axial"), across(2, "coronal")).after(Link(True))
    assert slices(both.after(Step(3))) == [3, 0]


def test_dragging_the_crosshair_moves_the_other_planes_to_the_point() -> None:
    # 500 CSS pixels for 100 mm
    moved = three().after(Within(0, pressed(210, 310)))
    assert slices(moved) == [0, 8, 12]
    dragged = moved.after(Within(0, Move(Pointer(1, 360, 110))))
    assert slices(dragged) == [0, 14, 4]
    assert slices(dragged.after(Within(0, Up(1))).after(Within(0, Move(Pointer(1, 0, 0))))) == [
        0, 14, 4,
    ]  # fmt: skip


def test_the_middle_of_a_crosshair_can_be_taken_hold_of_with_any_tool() -> None:
    made = three().after(Choose(Tool.WINDOW)).after(Within(1, GoTo(8))).after(Within(2, GoTo(12)))
    beside = made.after(Within(0, pressed(120, 120))).after(Within(0, Move(Pointer(1, 310, 310))))
    assert slices(beside) == [0, 8, 12]
    held = made.after(Within(0, pressed(208, 310))).after(Within(0, Move(Pointer(1, 310, 310))))
    assert slices(held) == [0, 12, 12]
    assert held.viewports[0] is not None
    assert held.viewports[0].view.window == made.viewports[0].view.window  # type: ignore[union-attr]


def test_a_finger_takes_hold_of_a_crosshair_from_further_away() -> None:
    made = three().after(Choose(Tool.WINDOW)).after(Within(1, GoTo(8))).after(Within(2, GoTo(12)))
    for touch, expected in ((False, [0, 8, 12]), (True, [0, 14, 12])):
        down = Down(Pointer(1, 212, 332), 0, touch)  # 20 CSS pixels below the middle
        moved = made.after(Within(0, down)).after(Within(0, Move(Pointer(1, 360, 312))))
        assert slices(moved) == expected


def test_the_crosshair_leaves_other_patients_space_alone() -> None:
    made = workspace(across(1, "axial"), across(2, "sagittal", "G")).after(Choose(Tool.CROSSHAIR))
    assert slices(made.after(Within(0, pressed(210, 310)))) == [0, 0]


def test_planes_meet_in_the_middle_of_an_image() -> None:
    assert slices(three().after(GoTo(3)).after(Meet(0))) == [3, 9, 9]


def test_a_viewport_alone_has_no_use_for_a_crosshair() -> None:
    alone = three().after(Arrange(Layout.ONE))
    assert alone.tool is Tool.WINDOW
    assert {v.view.tool for v in alone.viewports if v is not None} == {Tool.WINDOW}


@given(st.floats(0, 500), st.floats(0, 500), st.sampled_from([0, 1, 2]))
def test_after_a_press_the_crosshair_lies_under_the_pointer(x: float, y: float, on: int) -> None:
    made = three().after(Within(on, pressed(x, y)))
    here = made.viewports[on]
    met = middle(made.lines_on(on))
    assert here is not None
    if met is not None:
        # a slice is 5 mm, 25 CSS pixels: the nearest is at most half of that away
        at = here.view.on_screen(*met)
        assert abs(at[0] - x) <= 12.6
        assert abs(at[1] - y) <= 12.6


def test_where_a_series_lies_is_only_taken_for_the_series_that_is_there() -> None:
    lie = across(1, "axial").lie
    made = workspace(viewport(1), viewport(2))
    assert made.after(Lay(0, viewport(1).view.stack, lie)).viewports[0].lie == lie  # type: ignore[union-attr]
    assert made.after(Lay(0, viewport(2).view.stack, lie)) == made


def test_what_was_kept_earlier_is_no_step_that_can_be_undone() -> None:
    kept = workspace(viewport(1))
    for event in (*drawn(), Keep("a")):
        kept = kept.after(event)
    fresh = workspace(viewport(1)).after(Open(0, kept.sheet.kept))
    assert fresh.after(Undo()).sheet.kept == kept.sheet.kept
