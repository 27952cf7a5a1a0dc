"""Windows, lookup tables and colours as DICOM PS3.3 C.11 and C.7.6.3 define them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from imaging.grayscale import Window, grey_levels, windows
from imaging.render import Look, render
from tests.imaging.builders import decoded, described, image, in_syntax, shown

VALUES = np.array([[-1000, -160, 39, 40, 240, 3000]], np.int16)


def levels(window: Window, pixels: np.ndarray = VALUES, **attributes: object) -> list[int]:
    data = in_syntax(image(pixels, **attributes), ExplicitVRLittleEndian)
    return [int(v) for v in grey_levels(described(data), 0, decoded(data), window)[0]]


def table(first: int, entries: list[int], bits: int = 8) -> Dataset:
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [len(entries), first, bits])
    item.add_new("LUTData", "US", entries)
    item.LUTExplanation = "Bones"
    return item


def test_a_linear_window_follows_the_formula_of_the_standard() -> None:
    # C.11.2.1.2.1: black up to c - 0.5 - (w-1)/2, white from c - 0.5 + (w-1)/2
    assert levels(Window(40, 400)) == [0, 0, 127, 128, 255, 255]
    assert levels(Window(40, 400), np.array([[-160, -159, 238, 239, 240]], np.int16)) == [
        0, 1, 254, 255, 255,
    ]  # fmt: skip


def test_a_window_of_width_one_is_a_threshold() -> None:
    assert levels(Window(40, 1), np.array([[38, 39, 40, 41]], np.int16)) == [0, 0, 255, 255]
    assert levels(Window(39.5, 1), np.array([[38, 39, 40, 41]], np.int16)) == [0, 0, 255, 255]


def test_an_exact_window_reaches_from_edge_to_edge() -> None:
    assert levels(Window(0, 200, "LINEAR_EXACT"), np.array([[-100, 0, 100]], np.int16)) == [
        0, 128, 255,
    ]  # fmt: skip


def test_a_sigmoid_window_is_half_way_up_at_its_centre() -> None:
    low, middle, high = levels(Window(0, 100, "SIGMOID"), np.array([[-100, 0, 100]], np.int16))
    assert (middle, low + high) == (128, 255)
    assert low == round(255 / (1 + np.e**4))


def test_a_rescale_comes_before_the_window() -> None:
    shifted = VALUES + 1024
    assert levels(Window(40, 400), shifted, RescaleSlope=1, RescaleIntercept=-1024) == levels(
        Window(40, 400)
    )


def test_a_modality_table_replaces_the_rescale() -> None:
    pixels = np.array([[0, 1, 2, 9]], np.uint8)
    dataset = image(pixels, ModalityLUTSequence=[table(0, [0, 100, 200], 16)])
    data = in_syntax(dataset, ExplicitVRLittleEndian)
    shown_levels = grey_levels(described(data), 0, decoded(data), Window(100, 200, "LINEAR_EXACT"))
    assert shown_levels[0].tolist() == [0, 128, 255, 255]


def test_a_voi_table_is_offered_first_and_shown_exactly() -> None:
    pixels = np.array([[9, 10, 11, 12, 13]], np.uint8)
    dataset = image(pixels, VOILUTSequence=[table(10, [0, 200, 255])], WindowCenter=5,
                    WindowWidth=10)  # fmt: skip
    data = in_syntax(dataset, ExplicitVRLittleEndian)
    offered = windows(described(data), 0)
    assert [w.function for w in offered] == ["TABLE", "LINEAR"]
    assert offered[0].name == "Bones"
    assert grey_levels(described(data), 0, decoded(data), offered[0])[0].tolist() == [
        0, 0, 200, 255, 255,
    ]  # fmt: skip


def test_monochrome1_and_an_inverse_presentation_are_shown_inverted() -> None:
    pixels = np.array([[0, 255]], np.uint8)
    window = Look(Window(128, 256))
    assert shown(image(pixels), window).tolist() == [[0, 255]]
    for attribute in ({"PhotometricInterpretation": "MONOCHROME1"},
                      {"PresentationLUTShape": "INVERSE"}):  # fmt: skip
        assert shown(image(pixels, **attribute), window).tolist() == [[255, 0]]
        inverted = Look(Window(128, 256), invert=True)
        assert shown(image(pixels, **attribute), inverted).tolist() == [[0, 255]]


def test_padding_is_dark_however_the_image_is_inverted() -> None:
    pixels = np.array([[0, 100, 200]], np.uint8)
    dataset = image(pixels, PixelPaddingValue=0, PhotometricInterpretation="MONOCHROME1")
    assert shown(dataset, Look(Window(128, 256)))[0, 0] == 0


def test_a_palette_colours_stored_values() -> None:
    dataset = image(np.array([[5, 6, 7]], np.uint8), PhotometricInterpretation="PALETTE COLOR")
    for colour, entries in zip(("Red", "Green", "Blue"), ([0, 255], [9, 0], [0, 1]), strict=True):
        described_as = f"{colour}PaletteColorLookupTableDescriptor"
        dataset.add_new(described_as, "US", [2, 6, 16])
        data = np.array(entries, "<u2") * 257
        dataset.add_new(f"{colour}PaletteColorLookupTableData", "OW", data.tobytes())
    assert shown(dataset)[0].tolist() == [[0, 9, 0], [0, 9, 0], [255, 0, 1]]


def test_a_shutter_leaves_only_its_shape() -> None:
    dataset = image(np.full((9, 9), 200, np.uint8), ShutterShape="CIRCULAR",
                    CenterOfCircularShutter=[5, 5], RadiusOfCircularShutter=2,
                    ShutterPresentationValue=0)  # fmt: skip
    picture = shown(dataset, Look(Window(128, 256)))
    assert picture[4, 4] == picture[4, 2] == 200
    assert picture[0, 0] == picture[4, 1] == 0


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-2000, 2000), st.floats(1, 4000),
    st.sampled_from(["LINEAR", "LINEAR_EXACT", "SIGMOID"]),
)  # fmt: skip
def test_brighter_values_never_come_out_darker(center: float, width: float, function: str) -> None:
    ramp = np.arange(-3000, 3000, 7, dtype=np.int16)[None]
    shown_levels = levels(Window(center, width, function), ramp)  # type: ignore[arg-type]
    assert shown_levels == sorted(shown_levels)


RGB = np.random.default_rng(3).integers(0, 256, (12, 10, 3), np.uint8)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_region_is_the_same_as_that_part_of_the_whole(data: st.DataObject) -> None:
    left, top = data.draw(st.integers(0, 9)), data.draw(st.integers(0, 11))
    width = data.draw(st.integers(1, 10 - left))
    height = data.draw(st.integers(1, 12 - top))
    file = in_syntax(image(RGB), ExplicitVRLittleEndian)
    whole = render(described(file), 0, decoded(file), Look())
    part = render(described(file), 0, decoded(file), Look(), region=(left, top, width, height))
    assert np.array_equal(part, whole[top : top + height, left : left + width])


@pytest.mark.parametrize("region", [(-1, 0, 2, 2), (0, 0, 99, 2), (0, 0, 0, 1)])
def test_a_region_outside_the_image_is_refused(region: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="not inside"):
        shown(image(RGB), region=region)
