"""No pixels, report or name without an `Access`: the services that hand them out ask for one."""

from __future__ import annotations

import ast
import inspect
import typing
from pathlib import Path

import pytest

from services import access as decision
from services.access import Access
from services.downloads import counter, stills
from services.exam import exam_heading, exam_information, exams, key_images, notes, priors, reports
from services.hiding import cleaning, disguise, hidden_copy
from services.pictures import instances, read_ahead, rendering, volumes
from services.programs.dicomweb import holdings, metadata, originals
from services.viewer import (
    clips,
    hanging,
    measurement_export,
    measurements,
    measuring,
    positions,
    starting_windows,
    viewing,
)

ROOT = Path(__file__).parents[2]
# functions that hand out exam content: a new one belongs into this list
ROOMS = (
    viewing.Viewer,
    volumes.Volumes,
    rendering.Renderings,
    instances.Instances,
    read_ahead.ReadAhead,
    counter.Downloads,
    stills.Stills,
    measuring.Measuring,
    measurement_export.Exporter,
)
DOORS = [
    holdings.holdings,
    metadata.metadata,
    metadata.bulk,
    originals.taking,
    originals.pieces,
    originals.frame,
    cleaning.cleaner,
    exam_heading.heading,
    exam_information.information,
    priors.history,
    disguise.disguise,
    disguise.told_uids,
    hidden_copy.hidden_copy,
    hidden_copy.hidden_header,
    exams.open_exam,
    exams.described,
    notes.listed,
    notes.write,
    notes.release,
    notes.withdraw,
    reports.listed,
    reports.read,
    reports.status,
    reports.page,
    reports.original_pdf,
    reports.study_identity,
    measurements.listed,
    measurements.add,
    measurements.change,
    measurements.delete,
    measurements.save,
    key_images.listed,
    key_images.mark,
    key_images.unmark,
    clips.clips,
    positions.lie,
    hanging.hanging,
    starting_windows.window_of_series,
    starting_windows.windows_to_choose,
    *(
        method
        for room in ROOMS
        for name, method in inspect.getmembers(room, inspect.isfunction)
        if not name.startswith("_")
    ),
]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__qualname__)
def test_a_door_to_exam_content_asks_for_an_access(door: object) -> None:
    assert Access in typing.get_type_hints(door).values()


def test_only_the_decision_makes_an_access() -> None:
    makers = []
    for module in [*(ROOT / "services").rglob("*.py"), *(ROOT / "ui").rglob("*.py")]:
        calls = (n for n in ast.walk(ast.parse(module.read_text())) if isinstance(n, ast.Call))
        if any(isinstance(c.func, ast.Name) and c.func.id == "Access" for c in calls):
            makers.append(module)
    assert makers == [Path(str(decision.__file__))]


def test_every_page_asks_who_is_there() -> None:
    for module in (ROOT / "ui/pages").rglob("*.py"):
        tree = ast.parse(module.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) and _is_page(node):
                called = {
                    c.func.id
                    for c in ast.walk(node)
                    if isinstance(c, ast.Call) and isinstance(c.func, ast.Name)
                }
                assert called & {"enter", "enter_desk", "look_in"}, f"{module.name}: {node.name}"
                assert _is_given_time(node), f"{module.name}: {node.name} becomes an error in 3 s"


def _is_page(node: ast.AsyncFunctionDef | ast.FunctionDef) -> bool:
    return any(
        isinstance(d, ast.Call) and isinstance(d.func, ast.Attribute) and d.func.attr == "page"
        for d in node.decorator_list
    )


def _is_given_time(page: ast.AsyncFunctionDef | ast.FunctionDef) -> bool:
    return any(
        isinstance(d, ast.Call) and any(k.arg == "response_timeout" for k in d.keywords)
        for d in page.decorator_list
    )
