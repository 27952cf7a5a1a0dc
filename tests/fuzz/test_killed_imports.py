"""An import is killed at any moment: what was acknowledged is there, nothing is half there."""

from __future__ import annotations

from pathlib import Path

from tests.fuzz.killing import killed_imports


def test_a_killed_import_loses_nothing_it_acknowledged_and_can_be_run_again(
    tmp_path: Path,
) -> None:
    assert not list(killed_imports(tmp_path, deaths=4, seed=3))
