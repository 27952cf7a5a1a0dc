"""The SVG over an image: where it is, what it says, and that no text in it is read as HTML."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.exam.exams import Slice
from services.viewer.annotation import Kind, Shape
from services.viewer.measuring import Reading
from services.viewer.view_events import Flip, Magnify, Resize, Rotate
from services.viewer.view_state import Stack, ViewState
from ui.components.viewer.annotation_layer import HANDLE, Mark, svg

HERE = Slice(7, 0)
NAMESPACE = "{http://www.w3.org/2000/svg}"
STACK = Stack(series_id=1, slices=1, columns=100, rows=100, aspect=1.0, window=None)
VIEW = ViewState.start(STACK).after(Resize(500, 500))
POINTS = {
    1: ((50.0, 20.0),),
    2: ((20.0, 20.0), (60.0, 40.0)),
    3: ((20.0, 20.0), (40.0, 20.0), (40.0, 60.0)),
}


def mark(kind: Kind = Kind.LENGTH, *texts: str, note: str = "", selected: bool = False) -> Mark:
    return Mark(Shape(kind, HERE, POINTS[kind.points]), Reading(texts, note), selected)


def drawn(*marks: Mark, view: ViewState = VIEW) -> ET.Element:
    return ET.fromstring(svg(marks, view))  # noqa: S314


def texts(root: ET.Element) -> list[str]:
    return [span.text or "" for span in root.iter(f"{NAMESPACE}tspan")]


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_drawn_at_its_points(kind: Kind) -> None:
    root = drawn(mark(kind, selected=True))
    handles = {(float(c.get("cx", "")), float(c.get("cy", ""))) for c in root.iter()
               if c.tag == f"{NAMESPACE}circle"}  # fmt: skip
    assert handles == {(5 * x, 5 * y) for x, y in POINTS[kind.points]}
    assert [path.get("class") for path in root.iter(f"{NAMESPACE}path")] == ["shade", "line"]


def test_only_what_is_selected_has_handles() -> None:
    assert not list(drawn(mark()).iter(f"{NAMESPACE}circle"))


def test_what_is_selected_can_be_told_without_its_colour() -> None:
    chosen, other = svg([mark(selected=True)], VIEW), svg([mark()], VIEW)
    assert f'r="{HANDLE}"' in chosen
    assert f'r="{HANDLE}"' not in other


def test_lines_end_where_the_image_is_however_it_is_shown() -> None:
    view = VIEW.after(Rotate()).after(Flip()).after(Magnify(1.5))
    line = next(p for p in drawn(mark(), view=view).iter(f"{NAMESPACE}path"))
    first = re.match(r"M([-\d.]+) ([-\d.]+)", line.get("d", ""))
    assert first is not None
    assert [float(n) for n in first.groups()] == pytest.approx(view.on_screen(20, 20), abs=0.06)


def test_the_label_says_the_lines_and_then_the_note() -> None:
    assert texts(drawn(mark(Kind.ELLIPSE, "area 3.0 mm²", "mean 4 ± 1 HU", note="calibrated"))) == [
        "area 3.0 mm²", "mean 4 ± 1 HU", "calibrated"
    ]  # fmt: skip


def test_a_label_at_the_edge_stays_within_the_viewport() -> None:
    shape = Shape(Kind.LENGTH, HERE, ((90, 99), (100, 100)))
    label = drawn(Mark(shape, Reading(("a label of some length",)))).find(f".//{NAMESPACE}text")
    assert label is not None
    assert float(label.get("x", "")) < 500 - 100
    assert float(label.get("y", "")) < 500


def test_a_label_is_as_large_at_every_zoom() -> None:
    for zoom in (0.5, 8):
        source = svg([mark(Kind.LENGTH, "23.4 mm")], VIEW.after(Magnify(zoom)))
        assert "font-size" not in source
        assert "scale" not in source
        assert "matrix" not in source


def test_what_is_out_of_sight_leaves_no_label_behind() -> None:
    view = replace(VIEW, pan_x=-450.0)
    assert svg([mark(Kind.LENGTH, "23.4 mm")], view) == ""


def test_without_marks_there_is_nothing() -> None:
    assert svg([], VIEW) == ""


def test_a_hostile_text_is_shown_as_it_was_typed() -> None:
    hostile = '</tspan></text></svg><script>alert(1)</script><img src=x onerror="alert(2)">&amp;'
    source = svg([mark(Kind.ARROW, hostile, note=hostile)], VIEW)
    assert "<script" not in source
    assert "<img" not in source
    assert texts(ET.fromstring(source)) == [hostile, hostile]  # noqa: S314


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=60))
def test_no_text_changes_the_structure(text: str) -> None:
    allowed = {NAMESPACE + tag for tag in ("svg", "g", "path", "text", "tspan")}
    root = drawn(mark(Kind.TEXT, text))
    assert {element.tag for element in root.iter()} <= allowed
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not [name for name in attributes if name.startswith("on") or "href" in name]
    assert texts(root) == [text]


def test_the_cross_of_the_keys_is_around_its_point_and_there_without_any_mark() -> None:
    root = ET.fromstring(svg((), VIEW, (50.0, 20.0)))  # noqa: S314
    (cross,) = root.findall(f"{NAMESPACE}g")
    path = cross.findall(f"{NAMESPACE}path")[-1].get("d") or ""
    numbers = [float(number) for number in re.findall(r"[\d.]+", path)]
    xs, ys = numbers[0::2], numbers[1::2]
    assert (min(xs) + max(xs)) / 2 == 250
    assert (min(ys) + max(ys)) / 2 == 100
    assert (250, 100) not in set(zip(xs, ys, strict=True))
