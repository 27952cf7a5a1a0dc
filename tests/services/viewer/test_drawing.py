"""Drawing on an image: pressing, dragging, clicking, pinching; keeping, deleting, undoing."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.exam.exams import Slice
from services.viewer.annotation import Annotation, Kind, Shape, outline
from services.viewer.cross import Cross
from services.viewer.drawing import KINDS, Grip, Sheet, Sketch
from services.viewer.drawing_events import (
    Discard,
    DrawEvent,
    Erase,
    Hover,
    Keep,
    Nudge,
    Press,
    Redo,
    Select,
    Undo,
)
from services.viewer.view_events import (
    Choose,
    Down,
    Event,
    Move,
    Pointer,
    Resize,
    Rotate,
    Step,
    Tool,
    Up,
)
from services.viewer.view_state import Stack, ViewState

HERE, ELSEWHERE = Slice(7, 0), Slice(8, 0)
STACK = Stack(series_id=1, slices=3, columns=100, rows=100, aspect=1.0, window=None)
DRAGGED = [Tool.LENGTH, Tool.RECTANGLE, Tool.ELLIPSE, Tool.ARROW]


class Board:
    """A sheet over a view in which an image pixel is five CSS pixels."""

    def __init__(self, tool: Tool = Tool.WINDOW, *, where: Slice | None = HERE) -> None:
        self.sheet, self.where = Sheet(), where
        self.view = ViewState.start(STACK, tool=tool).after(Resize(500, 500))

    def do(self, *events: Event | DrawEvent) -> Board:
        for event in events:
            self.sheet, self.view = self.sheet.after(event, self.view, self.where)
        return self

    def press(self, x: float, y: float, *, finger: int = 1, touch: bool = False) -> Board:
        return self.do(Down(Pointer(finger, x, y), 0, touch))

    def drag(self, a: tuple[float, float], b: tuple[float, float], *, touch: bool = False) -> Board:
        return self.press(*a, touch=touch).do(Move(Pointer(1, *b)), Up(1))

    def click(self, x: float, y: float) -> Board:
        return self.press(x, y).do(Up(1))

    @property
    def sketch(self) -> Sketch:
        assert isinstance(self.sheet.under_way, Sketch)
        return self.sheet.under_way

    def with_line(self, key: str = "line") -> Board:
        """A kept length from (20, 20) to (80, 20), selected."""
        self.do(Choose(Tool.LENGTH)).drag((100, 100), (400, 100)).do(Keep(key))
        return self.do(Choose(Tool.WINDOW))


@pytest.mark.parametrize("tool", DRAGGED)
def test_a_drag_draws_from_where_it_begins_to_where_it_ends(tool: Tool) -> None:
    board = Board(tool).drag((100, 150), (300, 400))
    assert board.sketch == Sketch(Shape(KINDS[tool], HERE, ((20, 30), (60, 80))), complete=True)


@pytest.mark.parametrize("tool", DRAGGED)
def test_two_clicks_draw_what_a_drag_draws_and_the_end_follows_the_mouse(tool: Tool) -> None:
    board = Board(tool).click(100, 150)
    assert not board.sketch.complete
    board.do(Hover(200, 200))
    assert board.sketch.shape.points == ((20, 30), (40, 40))
    board.click(300, 400)
    assert board.sketch == Board(tool).drag((100, 150), (300, 400)).sketch


def test_three_clicks_draw_an_angle() -> None:
    board = Board(Tool.ANGLE).click(100, 100).click(200, 100)
    assert not board.sketch.complete
    board.click(200, 300)
    assert board.sketch == Sketch(
        Shape(Kind.ANGLE, HERE, ((20, 20), (40, 20), (40, 60))), complete=True
    )


def test_a_drag_and_a_tap_draw_an_angle_with_a_finger() -> None:
    board = Board(Tool.ANGLE).drag((100, 100), (200, 100), touch=True)
    assert not board.sketch.complete
    board.press(200, 300, touch=True).do(Up(1))
    assert board.sketch.complete
    assert board.sketch.shape.points == ((20, 20), (40, 20), (40, 60))


@pytest.mark.parametrize("tool", [Tool.PROBE, Tool.TEXT])
def test_one_click_draws_a_point(tool: Tool) -> None:
    board = Board(tool).click(250, 100)
    assert board.sketch == Sketch(Shape(KINDS[tool], HERE, ((50, 20),)), complete=True)


def test_a_click_twice_at_the_same_place_is_no_length() -> None:
    assert not Board(Tool.LENGTH).click(100, 100).click(101, 100).sketch.complete


def test_what_is_complete_is_kept_once_and_selected() -> None:
    board = Board(Tool.ARROW).drag((0, 0), (50, 50)).do(Keep("a", "here"), Keep("b"))
    shape = Shape(Kind.ARROW, HERE, ((0, 0), (10, 10)), "here")
    assert board.sheet == Sheet(board.sheet.history, "a")
    assert board.sheet.kept == (Annotation("a", shape),)


def test_what_is_not_complete_cannot_be_kept() -> None:
    assert Board(Tool.LENGTH).press(100, 100).do(Keep("a")).sheet.kept == ()


def test_a_drawing_can_be_discarded_and_another_tool_discards_it() -> None:
    for event in (Discard(), Choose(Tool.PAN)):
        assert Board(Tool.ANGLE).click(10, 10).do(event).sheet.under_way is None


def test_drawing_changes_nothing_of_the_view() -> None:
    board = Board(Tool.LENGTH)
    before = board.view
    assert board.drag((100, 100), (400, 300)).view == before


def test_without_a_drawing_tool_a_drag_is_the_views() -> None:
    board = Board(Tool.PAN).drag((100, 100), (140, 130))
    assert (board.view.pan_x, board.view.pan_y) == (40, 30)
    assert board.sheet == Sheet()


def test_where_nothing_can_be_drawn_nothing_is() -> None:
    assert Board(Tool.LENGTH, where=None).drag((100, 100), (300, 300)).sheet == Sheet()


def test_a_second_finger_makes_a_pinch_of_it() -> None:
    board = Board(Tool.LENGTH).press(200, 250, touch=True)
    board.press(300, 250, finger=2, touch=True).do(Move(Pointer(2, 400, 250)))
    assert board.sheet.under_way is None
    assert board.view.zoom == pytest.approx(2)
    board.do(Up(1), Up(2))
    assert (board.view.pointers, board.sheet) == ((), Sheet())


def test_a_point_of_the_selected_annotation_is_dragged() -> None:
    board = Board().with_line().press(402, 101).do(Move(Pointer(1, 300, 300)))
    assert isinstance(board.sheet.under_way, Grip)
    assert board.sheet.on(HERE)[0].shape.points == ((20, 20), (60, 60))
    assert board.sheet.kept[0].shape.points == ((20, 20), (80, 20))
    board.do(Up(1))
    assert board.sheet.kept[0].shape.points == ((20, 20), (60, 60))
    assert board.do(Undo()).sheet.kept[0].shape.points == ((20, 20), (80, 20))


def test_a_point_of_what_is_not_selected_stays() -> None:
    board = Board().with_line().do(Select("")).drag((400, 100), (300, 300))
    assert board.sheet.kept[0].shape.points == ((20, 20), (80, 20))


def test_a_finger_reaches_further_than_a_mouse() -> None:
    mouse = Board().with_line().drag((415, 100), (300, 300))
    finger = Board().with_line().drag((415, 100), (300, 300), touch=True)
    assert mouse.sheet.kept[0].shape.points == ((20, 20), (80, 20))
    assert finger.sheet.kept[0].shape.points == ((20, 20), (60, 60))


def test_a_press_on_a_line_selects_and_one_beside_it_does_not() -> None:
    board = Board().with_line().do(Select("")).click(250, 104)
    assert board.sheet.selected == "line"
    assert board.click(250, 250).sheet.selected == ""


def test_a_line_is_hit_where_it_is_seen_when_the_image_is_turned() -> None:
    board = Board().with_line().do(Select(""), Rotate())
    assert board.click(250, 104).sheet.selected == ""
    assert board.click(400, 250).sheet.selected == "line"


def test_the_middle_of_an_ellipse_is_no_part_of_its_line() -> None:
    board = Board(Tool.ELLIPSE).drag((100, 100), (400, 400)).do(Keep("roi"), Choose(Tool.PAN))
    assert board.do(Select("")).click(250, 250).sheet.selected == ""
    assert board.click(250, 100).sheet.selected == "roi"


def test_annotations_belong_to_their_image() -> None:
    board = Board().with_line()
    assert board.sheet.on(ELSEWHERE) == ()
    board.where = ELSEWHERE
    assert board.do(Select("")).click(250, 100).sheet.selected == ""


def test_a_drawing_begun_on_one_image_is_not_ended_on_another() -> None:
    board = Board(Tool.LENGTH).click(100, 100).do(Step(1))
    board.where = ELSEWHERE
    board.click(300, 300)
    assert board.sketch.shape == Shape(Kind.LENGTH, ELSEWHERE, ((60, 60), (60, 60)))


def test_the_selected_annotation_is_deleted_and_comes_back_with_its_key() -> None:
    board = Board().with_line()
    kept = board.sheet.kept
    board.do(Erase())
    assert (board.sheet.kept, board.sheet.selected) == ((), "")
    assert board.do(Undo()).sheet.kept == kept
    assert board.do(Redo()).sheet.kept == ()


def test_with_nothing_selected_nothing_is_deleted() -> None:
    assert len(Board().with_line().do(Select(""), Erase()).sheet.kept) == 1


def test_a_new_change_forgets_what_was_undone() -> None:
    board = Board().with_line("a").do(Undo()).with_line("b").do(Redo())
    assert [annotation.key for annotation in board.sheet.kept] == ["b"]


def test_points_stay_within_the_image() -> None:
    board = Board(Tool.LENGTH)
    board.view = board.view.after(Resize(900, 500))
    board.drag((10, 250), (890, 250))
    assert board.sketch.shape.points == ((0, 50), (100, 50))


POINT = st.tuples(st.floats(0, 500), st.floats(0, 500))
STEPS = st.one_of(
    st.builds(lambda p: Down(Pointer(1, *p), 0, False), POINT),
    st.builds(lambda p: Move(Pointer(1, *p)), POINT),
    st.builds(lambda p: Hover(*p), POINT),
    st.just(Up(1)),
    st.sampled_from([Choose(tool) for tool in (Tool.LENGTH, Tool.ANGLE, Tool.PROBE, Tool.PAN)]),
    st.builds(Keep, st.uuids().map(str)),
    st.sampled_from([Erase(), Undo(), Redo(), Discard(), Step(1), Step(-1)]),
    st.builds(Nudge, st.floats(-99, 99), st.floats(-99, 99)),
    st.just(Press()),
)


@given(st.lists(STEPS, max_size=40))
def test_whatever_happens_every_kept_shape_is_whole_and_undo_takes_one_change_back(
    events: list[Event | DrawEvent],
) -> None:
    board = Board(Tool.LENGTH)
    for event in events:
        before = board.sheet.kept
        board.do(event)
        for annotation in board.sheet.kept:
            assert len(annotation.shape.points) == annotation.shape.kind.points
        keys = [annotation.key for annotation in board.sheet.kept]
        assert len(keys) == len(set(keys))
        assert board.sheet.selected in ("", *keys)
        if board.sheet.kept != before and not isinstance(event, Undo | Redo):
            assert Board.do(_copy(board), Undo()).sheet.kept == before


def _copy(board: Board) -> Board:
    copy = Board()
    copy.sheet, copy.view = board.sheet, board.view
    return copy


@given(POINT, POINT)
def test_an_ellipses_outline_touches_the_middle_of_each_side_of_its_box(
    a: tuple[float, float], b: tuple[float, float]
) -> None:
    line = outline(Shape(Kind.ELLIPSE, HERE, (a, b)))
    for axis in (0, 1):
        values = [point[axis] for point in line]
        assert math.isclose(min(values), min(a[axis], b[axis]), abs_tol=1e-6)
        assert math.isclose(max(values), max(a[axis], b[axis]), abs_tol=1e-6)


def test_keys_draw_what_clicks_would_draw() -> None:
    keys = Board(Tool.LENGTH).do(Press())
    assert keys.sheet.cross_on(HERE) == Cross(HERE, (50, 50))
    keys.do(Nudge(-150, 0), Press(), Nudge(10, 0))
    assert keys.sketch.shape.points == ((20, 50), (22, 50))
    keys.do(Hover(400, 400), Nudge(290, 50), Press())
    assert keys.sketch == Board(Tool.LENGTH).click(100, 250).click(400, 300).sketch
    assert keys.do(Keep("line")).sheet.selected == "line"
    assert keys.sheet.cross is not None


def test_keys_take_up_a_point_of_the_selected_annotation_and_put_it_down() -> None:
    board = Board().with_line().do(Press())
    assert board.sheet.cross_on(HERE) == Cross(HERE, (80, 20))
    board.do(Press(), Nudge(0, 100))
    assert board.sheet.on(HERE)[0].shape.points == ((20, 20), (80, 40))
    assert board.sheet.kept[0].shape.points == ((20, 20), (80, 20))
    board.do(Press())
    assert board.sheet.kept[0].shape.points == ((20, 20), (80, 40))
    assert board.do(Undo()).sheet.kept[0].shape.points == ((20, 20), (80, 20))


def test_a_press_of_the_key_on_a_line_selects_it_and_leaves_the_view_alone() -> None:
    board = Board().with_line().do(Select(""), Press(), Nudge(0, -150))
    view = board.view
    assert board.do(Press()).sheet.selected == "line"
    assert board.view == view


def test_the_cross_stays_within_the_image_and_leaves_in_two_steps() -> None:
    board = Board(Tool.LENGTH).do(Press(), Press(), Nudge(0, -9000))
    assert board.sheet.cross_on(HERE) == Cross(HERE, (50, 0))
    board.do(Discard())
    assert (board.sheet.under_way, board.sheet.cross) == (None, Cross(HERE, (50, 0)))
    assert board.do(Discard()).sheet.cross is None


def test_a_cross_comes_where_it_is_of_use_and_goes_with_the_tool_or_a_click() -> None:
    assert Board(Tool.WINDOW).do(Press()).sheet.cross is None
    assert Board(Tool.LENGTH, where=None).do(Press()).sheet.cross is None
    assert Board(Tool.LENGTH).do(Press(), Choose(Tool.ANGLE)).sheet.cross is not None
    assert Board(Tool.LENGTH).do(Press(), Choose(Tool.WINDOW)).sheet.cross is None
    assert Board(Tool.LENGTH).do(Press()).click(100, 100).sheet.cross is None
    elsewhere = Board(Tool.LENGTH).do(Press())
    elsewhere.where = ELSEWHERE
    before = elsewhere.sheet
    assert elsewhere.do(Nudge(10, 0)).sheet == before
    assert elsewhere.sheet.cross_on(ELSEWHERE) is None
