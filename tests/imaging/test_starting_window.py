"""The window a series starts with: one for all its slices, found without one in the file."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

from imaging.grayscale import Window, grey_levels
from imaging.starting_window import (
    CT_WINDOWS,
    Sample,
    default_window,
    looked_at,
    presets,
    proposed_window,
    robust_window,
    starting_window,
    windows_to_choose,
)
from tests.imaging.builders import decoded, described, image, in_syntax

NOISE = np.random.default_rng(5)


def sample(pixels: np.ndarray, **attributes: object) -> Sample:
    data = in_syntax(image(pixels, **attributes), ExplicitVRLittleEndian)
    return Sample(described(data), 0, decoded(data))


def organ(level: int, background: int = 0, size: int = 60) -> np.ndarray:
    """A square of tissue around `level`, filling a quarter of the slice."""
    pixels = np.full((size, size), background, np.uint16)
    inside = slice(size // 4, 3 * size // 4)
    pixels[inside, inside] = NOISE.normal(level, level / 20, (size // 2, size // 2))
    return pixels


def test_the_files_own_window_comes_first() -> None:
    own = sample(organ(500), Modality="CT", WindowCenter=1, WindowWidth=2)
    assert starting_window([own]) == Window(1, 2, name="From the file")


def test_slices_that_propose_different_windows_are_shown_through_one_of_them() -> None:
    slices = [
        sample(organ(500), Modality="MR", WindowCenter=width // 2, WindowWidth=width)
        for width in (40, 900, 60, 800, 10)
    ]
    assert starting_window(slices).width == 60


def test_computed_tomography_starts_at_soft_tissue() -> None:
    ct = sample(organ(1064), Modality="CT", RescaleIntercept=-1024, RescaleSlope=1)
    assert starting_window([ct]) == CT_WINDOWS[0] == presets("CT")[0]


def test_computed_tomography_that_cannot_hold_air_is_not_in_hounsfield_units() -> None:
    pixels = organ(120).astype(np.uint8)
    converted = sample(pixels, Modality="CT", RescaleIntercept=0, RescaleSlope=1)
    levels = grey_levels(converted.description, 0, pixels, starting_window([converted]))
    assert levels[0, 0] == 0
    assert levels.max() > 240


def test_positron_emission_starts_at_the_usual_uptake() -> None:
    dose = {"RadionuclideTotalDose": 3.7e8, "RadionuclideHalfLife": 6586.2}
    item = image(np.zeros((1, 1), np.uint8), **dose)
    del item.PixelData
    pet = sample(
        organ(9000),
        Modality="PT",
        Units="BQML",
        CorrectedImage=["ATTN", "DECY"],
        DecayCorrection="ADMIN",
        PatientWeight=70,
        RadiopharmaceuticalInformationSequence=Sequence([item]),
    )
    window = starting_window([pet])
    assert window.name == "SUV 0 to 7"
    top = (window.center + window.width / 2) * pet.description.suv_factor
    assert top == pytest.approx(7)
    assert window.center == pytest.approx(window.width / 2)


@pytest.mark.parametrize("modality", ["PT", "NM"])
def test_counts_start_at_nothing(modality: str) -> None:
    window = starting_window([sample(organ(3000, background=40), Modality=modality)])
    assert window.center - 0.5 - (window.width - 1) / 2 == 0


def test_one_bright_or_empty_slice_does_not_decide_for_a_series() -> None:
    slices = [sample(organ(level), Modality="MR") for level in (500, 510, 0, 505, 495)]
    window = starting_window(slices)
    assert 450 < window.center + window.width / 2 < 650
    assert starting_window([slices[2]]).width <= 1


def test_a_handful_of_hot_pixels_is_not_what_the_window_is_for() -> None:
    pixels = organ(500)
    pixels[0, :5] = 60000
    assert robust_window([sample(pixels, Modality="MR")]).width < 700


def test_padding_is_left_out() -> None:
    pixels = organ(500, background=400)
    pixels[:, :20] = 60000
    window = starting_window([sample(pixels, Modality="MR", PixelPaddingValue=60000)])
    assert window.center + window.width / 2 < 700


@pytest.mark.parametrize("modality", ["MG", "CR", "DX"])
def test_direct_exposure_and_collimators_do_not_stretch_a_radiographs_window(modality: str) -> None:
    pixels = organ(2000, background=0)
    pixels[:8] = 4095
    window = starting_window([sample(pixels, Modality=modality)])
    assert window.center - window.width / 2 > 1000
    assert window.center + window.width / 2 < 3000


@pytest.mark.parametrize("modality", ["US", "XA", "OT"])
def test_eight_bits_made_to_be_looked_at_are_shown_as_they_are(modality: str) -> None:
    ramp = np.arange(40, 200, dtype=np.uint8)[None]
    shown = sample(ramp, Modality=modality)
    levels = grey_levels(shown.description, 0, ramp, starting_window([shown]))
    assert np.array_equal(levels, ramp)


def test_an_empty_image_has_a_window_all_the_same() -> None:
    for pixels in (np.zeros((4, 4), np.uint16), np.full((4, 4), 9, np.int16)):
        assert default_window(*_parts(sample(pixels, Modality="MR"))).width > 0


def test_windows_to_choose_are_the_files_the_usual_and_those_of_the_values() -> None:
    mr = sample(organ(500), Modality="MR", WindowCenter=400, WindowWidth=300)
    offered = windows_to_choose([(mr.description, 0)], lambda _: mr.pixels)
    assert [window.name for window in offered] == ["From the file", "Automatic", "Whole range"]
    ct = sample(organ(1064), Modality="CT", RescaleIntercept=-1024, RescaleSlope=1)

    def never(_: int) -> np.ndarray:
        raise AssertionError("no pixels are needed for Hounsfield units")

    assert windows_to_choose([(ct.description, 0)], never) == CT_WINDOWS


def test_nothing_is_read_where_the_file_or_the_modality_tells() -> None:
    own = sample(organ(500), Modality="MR", WindowCenter=400, WindowWidth=300)
    assert proposed_window([(own.description, 0)]) is not None
    bare = sample(organ(500), Modality="MR")
    assert proposed_window([(bare.description, 0)]) is None


@given(st.integers(1, 5000))
def test_the_frames_looked_at_are_few_and_spread(count: int) -> None:
    places = looked_at(count)
    assert len(places) == min(count, 5) == len(set(places))
    assert places == sorted(places)
    assert count // 2 in places or count < 5
    assert 0 <= places[0] <= places[-1] < count


def _parts(one: Sample) -> tuple[object, int, np.ndarray]:
    return one.description, one.frame, one.pixels
