"""The comparison of pictures sees what a person would, and forgives what nobody does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from imaging.grayscale import Window
from imaging.render import Look
from services.viewer.stack import Stack
from services.viewer.view_state import ViewState
from tests.imaging.builders import image, shown
from tests.imaging.golden import COLUMNS, ROWS, WHOLE, grey
from tests.journeys.comparing import Picture, Scene, grown, judged, kept, placed

VIEW = replace(
    ViewState.start(Stack(1, 1, COLUMNS, ROWS, 1.0, Window(2048, 4096))), width=640.0, height=480.0
)
CROSS = (((100.0, 240.0), (500.0, 240.0)), ((300.0, 100.0), (300.0, 400.0)))


def looked(look: Look = WHOLE) -> Picture:
    return placed(shown(image(grey(4095)), look), VIEW)


def with_lines(picture: Picture, down: int = 0) -> Picture:
    """Yellow lines two pixels wide where `CROSS` has them, or so much lower."""
    drawn = picture.copy()
    for (x1, y1), (x2, y2) in CROSS:
        top, bottom = int(y1) - 1 + down, int(y2) + 1 + down
        drawn[top:bottom, int(x1) - 1 : int(x2) + 1] = (255, 216, 77)
    return drawn


def test_the_same_is_alike_and_so_is_what_interpolation_does() -> None:
    scene = Scene(looked())
    assert judged(scene.picture, scene).alike
    noise = np.random.default_rng(7).integers(-4, 5, scene.picture.shape[:2])
    noisy = np.clip(scene.picture.astype(int) + noise[..., None], 0, 255).astype(np.uint8)
    assert judged(noisy, scene).alike


@pytest.mark.parametrize("pixels", [3, -3])
@pytest.mark.parametrize("axis", [0, 1])
def test_a_shift_of_three_pixels_is_another_picture(pixels: int, axis: int) -> None:
    scene = Scene(looked())
    assert not judged(np.roll(scene.picture, pixels, axis), scene).alike


@pytest.mark.parametrize(
    "look",
    [Look(Window(2300, 4096)), Look(Window(2048, 3200)), replace(WHOLE, invert=True)],
    ids=["darker", "harder", "inverted"],
)
def test_another_window_is_another_picture(look: Look) -> None:
    assert not judged(looked(look), Scene(looked())).alike


def test_turned_mirrored_or_larger_is_another_picture() -> None:
    scene = Scene(looked())
    picture = shown(image(grey(4095)), WHOLE)
    for view in (replace(VIEW, quarter_turns=2), replace(VIEW, flipped=True),
                 replace(VIEW, zoom=1.02)):  # fmt: skip
        assert not judged(placed(picture, view), scene).alike


def test_another_size_is_told() -> None:
    verdict = judged(looked()[1:], Scene(looked()))
    assert verdict.sentences == ["(479, 640) pixels are on screen, not (480, 640)"]


def test_lines_have_to_be_there_and_nowhere_else() -> None:
    bare = looked()
    scene = Scene(bare, CROSS)
    assert judged(with_lines(bare), scene).alike
    assert "not there" in judged(bare, scene).sentences[0]
    assert "none should be" in judged(with_lines(bare), Scene(bare, CROSS[:1])).sentences[-1]
    assert not judged(with_lines(bare, down=3), scene).alike


def test_what_is_not_looked_at_may_be_anything() -> None:
    scene = Scene(looked())
    covered = scene.picture.copy()
    covered[:200, :300] = (255, 0, 0)
    assert not judged(covered, scene).alike
    unseen = np.zeros(covered.shape[:2], bool)
    unseen[:200, :300] = True
    assert judged(covered, replace(scene, unseen=unseen)).alike


def test_a_picture_is_placed_pixel_on_pixel() -> None:
    picture = shown(image(grey(4095)), WHOLE)
    one_to_one = replace(VIEW, width=float(COLUMNS), height=float(ROWS))
    assert np.array_equal(placed(picture, one_to_one)[..., 0], picture)
    turned = replace(one_to_one, width=float(ROWS), height=float(COLUMNS), quarter_turns=1)
    assert np.array_equal(placed(picture, turned)[..., 0], np.rot90(picture, -1))
    mirrored = replace(one_to_one, flipped=True)
    assert np.array_equal(placed(picture, mirrored)[..., 0], picture[:, ::-1])


def test_a_mask_grows_by_so_many_pixels() -> None:
    mask = np.zeros((9, 9), bool)
    mask[4, 4] = True
    assert grown(mask, 2).sum() == 25


def test_a_difference_leaves_its_pictures_and_names_them(tmp_path: Path) -> None:
    scene = Scene(looked(), CROSS)
    verdict = judged(255 - scene.picture, scene)
    told = kept("inverted", 255 - scene.picture, scene, verdict, tmp_path)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [f"inverted-{kind}.png" for kind in ("actual", "difference", "expected")]
    assert str(tmp_path) in told
    assert "of another grey" in told
