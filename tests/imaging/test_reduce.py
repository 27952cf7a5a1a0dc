"""Reduced frames: the same place and the same grey, in fewer pixels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydicom.uid import ExplicitVRLittleEndian

from imaging.grayscale import Window
from imaging.instance import ImageDescription
from imaging.modules import Shutter
from imaging.reduce import MOST, factor_for, halved, reduced
from imaging.render import Look, render
from tests.imaging.builders import described, image, in_syntax

LOOK = Look(Window(32768, 65536))


def description_of(pixels: NDArray[Any], **attributes: object) -> ImageDescription:
    return described(in_syntax(image(pixels, **attributes), ExplicitVRLittleEndian))


def spot(rows: int, columns: int, row: int, column: int) -> NDArray[np.uint16]:
    """A soft bright spot on black."""
    y, x = np.mgrid[:rows, :columns]
    near = np.exp(-((y - row) ** 2 + (x - column) ** 2) / (2 * 12.0**2))
    return (near * 65535).astype(np.uint16)


def middle(picture: NDArray[Any]) -> tuple[float, float]:
    """The centre of brightness, as shares of the picture's height and width."""
    weights = picture.astype(float)
    rows, columns = picture.shape
    y, x = np.mgrid[:rows, :columns] + 0.5
    return (
        float((weights * y).sum() / weights.sum() / rows),
        float((weights * x).sum() / weights.sum() / columns),
    )


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "uint32", "float32"])
def test_a_reduced_value_is_the_mean_of_four(dtype: str) -> None:
    low = -4 if dtype[0] in "if" else 0
    pixels = np.array([[low, 4, 7, 7], [8, 12, 7, 7]], dtype)
    assert halved(pixels).tolist() == [[round((low + 24) / 4), 7]]
    assert halved(pixels).dtype == dtype


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "int32"])
def test_the_brightest_values_do_not_overflow(dtype: str) -> None:
    most = np.iinfo(dtype).max
    assert (halved(np.full((6, 6), most, dtype)) == most).all()


def test_an_odd_size_is_rounded_up() -> None:
    assert halved(np.zeros((5, 7), np.uint16)).shape == (3, 4)
    assert halved(np.zeros((5, 7, 3), np.uint8)).shape == (3, 4, 3)


def test_padding_does_not_mix_with_the_image() -> None:
    pixels = np.array([[0, 3000, 3000, 3000], [0, 3000, 3000, 3000]], np.uint16)
    assert halved(pixels, (0, 0)).tolist() == [[0, 3000]]


def test_no_more_is_reduced_than_the_picture_can_do_without() -> None:
    grey = description_of(np.zeros((64, 64), np.uint16))
    factors = [factor_for(grey, scale) for scale in (4.0, 1.0, 0.51, 0.5, 0.3, 0.25, 0.001)]
    assert factors == [1, 1, 1, 2, 2, 4, MOST]


def test_an_image_with_a_shutter_is_left_whole() -> None:
    grey = description_of(np.zeros((64, 64), np.uint16))
    assert factor_for(replace(grey, shutter=Shutter(rectangle=(0, 0, 9, 9))), 0.1) == 1


@settings(max_examples=40, deadline=None)
@given(
    st.integers(150, 260), st.integers(150, 260), st.sampled_from([2, 4, 8]),
    st.integers(0, 20), st.integers(0, 20),
)  # fmt: skip
def test_moving_and_resting_pictures_show_the_same_place(
    rows: int, columns: int, factor: int, left: int, top: int
) -> None:
    pixels = spot(rows, columns, rows // 2 + 9, columns // 2 - 7)
    description = description_of(pixels)
    region = left, top, columns - left - 3, rows - top - 5
    resting = render(description, 0, pixels, LOOK, region=region)
    moving = render(
        description, 0, reduced(pixels, factor), LOOK, region=region, factor=factor,
        size=(max(1, region[2] // factor), max(1, region[3] // factor)),
    )  # fmt: skip
    for there, here, length in zip(middle(resting), middle(moving), resting.shape, strict=True):
        assert abs(there - here) * length < 0.5  # image pixels


def test_a_reduced_picture_has_the_greys_of_the_whole_one() -> None:
    pixels = spot(256, 256, 128, 128)
    description = description_of(pixels)
    whole = render(description, 0, pixels, LOOK).astype(float)
    quick = render(description, 0, reduced(pixels, 4), LOOK, size=(64, 64), factor=4)
    assert np.abs(whole.reshape(64, 4, 64, 4).mean((1, 3)) - quick).max() <= 1
