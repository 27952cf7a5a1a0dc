"""Reference lines as they are laid over a viewport."""

from __future__ import annotations

import re

from services.viewer.reference_lines import ReferenceLine
from services.viewer.view_events import Resize
from services.viewer.view_state import Stack, ViewState
from ui.components.viewer.reference_layer import svg

VIEW = ViewState.start(Stack(1, 20, 100, 100, 1.0, None)).after(Resize(500, 500))
ACROSS = ReferenceLine(1, (0.0, 40.0), (100.0, 40.0))
DOWN = ReferenceLine(2, (70.0, 0.0), (70.0, 100.0))


def test_a_line_lies_where_the_other_image_crosses_and_names_its_viewport() -> None:
    drawn = svg((ACROSS,), VIEW)
    assert 'd="M0.0 200.0 L500.0 200.0"' in drawn
    assert re.findall(r">(\d)</text>", drawn) == ["2"]
    assert "<circle" not in drawn


def test_where_two_lines_meet_is_the_middle_of_the_crosshair() -> None:
    drawn = svg((ACROSS, DOWN), VIEW)
    assert drawn.count('class="ring" cx="350.0" cy="200.0"') == 1


def test_numbers_stay_on_screen_and_apart() -> None:
    beside = ReferenceLine(3, (0.0, 40.0), (100.0, 40.0))
    drawn = svg((ACROSS, beside), VIEW)
    places = [float(x) for x in re.findall(r'<text x="([\d.]+)"', drawn)]
    assert all(0 <= x <= 500 for x in places)
    assert abs(places[0] - places[1]) > 12


def test_how_far_a_stack_reaches_has_no_number() -> None:
    drawn = svg((ReferenceLine(1, (0.0, 5.0), (100.0, 5.0), edge=True),), VIEW)
    assert 'class="edge-line"' in drawn
    assert "<text" not in drawn


def test_nothing_is_drawn_without_lines_or_before_the_size_is_known() -> None:
    assert svg((), VIEW) == ""
    assert svg((ACROSS,), ViewState.start(VIEW.stack)) == ""
