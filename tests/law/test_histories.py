"""Random histories of sharing: the portal does what the law says, after every step."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.law.history import DEEDS, Step, drive, random_history
from tests.law.world import Stage

HISTORIES, LENGTH = 12, 100
NUMBER = st.integers(0, (1 << 16) - 1)
OFTEN = [name for name, (_, often) in DEEDS.items() for _ in range(often)]
STEPS = st.builds(Step, st.sampled_from(OFTEN), st.tuples(NUMBER, NUMBER, NUMBER, NUMBER))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    opened = Stage(tmp_path_factory.mktemp("law") / "data")
    yield opened
    opened.close()


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_portal_and_law_agree_after_every_step_of_a_long_history(stage: Stage, seed: int) -> None:
    drive(stage, random_history(seed, LENGTH))


def test_portal_and_law_agree_about_everybody_every_exam_and_every_door(stage: Stage) -> None:
    drive(stage, random_history(100, 8), thorough=True)


@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, min_size=5, max_size=40))
def test_portal_and_law_agree_about_histories_that_shrink(stage: Stage, steps: list[Step]) -> None:
    drive(stage, steps)
