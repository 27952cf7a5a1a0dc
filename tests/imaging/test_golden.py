"""The odd ones look as they did when a person last looked at them."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.imaging.golden import CASES, FOLDER

LARGEST = 30_000  # bytes
# letters are drawn by a library that may place them anew; everything else is ours
APART = {"placeholder_that_names_the_syntax": 255}


@pytest.mark.parametrize("name", CASES)
def test_a_picture_is_the_one_that_was_looked_at(name: str) -> None:
    kept = np.asarray(Image.open(FOLDER / f"{name}.png"))
    drawn = CASES[name]()
    assert drawn.shape == kept.shape
    apart = np.abs(drawn.astype(int) - kept)
    # exp() is rounded differently from one machine to the next
    assert apart.max() <= APART.get(name, 1), f"python -m tests.imaging.golden; {name}.png"
    assert (apart > 1).mean() < 0.05


def test_every_picture_has_its_case_and_is_small() -> None:
    assert {file.stem for file in FOLDER.glob("*.png")} == set(CASES)
    assert max(file.stat().st_size for file in FOLDER.glob("*.png")) < LARGEST
