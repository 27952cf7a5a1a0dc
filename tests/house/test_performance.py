"""The table of docs/PERFORMANCE.md, the goals it answers, and the sentences beside it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.bench.figures import Figure, Goal
from tests.bench.goals import GOALS
from tests.bench.table import BEGIN, DOCUMENT, END, renewed, row, rows, sentences

TEXT = DOCUMENT.read_text()
TODAY = date(2026, 11, 24)
FASTER = Goal("P3", "pictures", "/s", "Orthanc", ratio=4, more_is_better=True)
SOONER = Goal("P1", "first image", "ms", "OHIF", ratio=1 / 6, at_most=500)


@pytest.mark.parametrize("key", GOALS)
def test_a_goal_has_a_figure_and_a_sentence_on_what_limits_it(key: str) -> None:
    assert key in rows(TEXT)
    assert key in sentences(TEXT)


def test_no_figure_and_no_sentence_is_left_of_a_goal_that_is_gone() -> None:
    assert rows(TEXT).keys() | sentences(TEXT).keys() == GOALS.keys()


@pytest.mark.parametrize("key", GOALS)
def test_the_table_asks_for_what_the_goals_ask_for(key: str) -> None:
    cells = [cell.strip() for cell in rows(TEXT)[key].strip("|").split("|")]
    assert cells[1] == GOALS[key].what
    assert cells[5] == (GOALS[key].asked or "–")


@pytest.mark.parametrize(
    ("goal", "ours", "peer", "met"),
    [
        (FASTER, 900.0, 200.0, "yes"),
        (FASTER, 700.0, 200.0, "no"),
        (FASTER, 900.0, None, "not measured"),
        (FASTER, None, 200.0, "not measured"),
        (SOONER, 450.0, 3000.0, "yes"),
        (SOONER, 450.0, 2000.0, "no"),
        (SOONER, 510.0, 6000.0, "no"),
        (SOONER, 510.0, None, "no"),
    ],
)
def test_a_goal_is_met_when_every_bound_was_measured_and_holds(
    goal: Goal, ours: float | None, peer: float | None, met: str
) -> None:
    assert Figure(goal, ours, peer).met == met


def test_a_run_of_some_scripts_leaves_the_other_rows_and_all_sentences() -> None:
    old = row(Figure(GOALS["P3"], 100, 50), TODAY)
    newer = row(Figure(GOALS["P4"], 700, 300), TODAY)
    text = f"before\n{BEGIN}\n{old}\n{END}\n\n- **P3**: a sentence.\n"
    after = renewed(text, {"P4": newer}, "Last run here.")
    assert rows(after) == {"P3": old, "P4": newer}
    assert sentences(after) == {"P3": "a sentence."}
    assert "Last run here." in after
