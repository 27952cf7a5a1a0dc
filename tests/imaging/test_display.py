"""What a data set says about showing its pixels: windows, units, palettes, marks and shapes."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import ImageCms
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

from imaging.description import ImageDescription
from imaging.grayscale import Window, modality_values, windows
from imaging.placeholder import placeholder
from imaging.remarks import remarks
from imaging.render import Look, render
from tests.imaging.builders import decoded, described, image, in_syntax, shown

RAMP = np.arange(256, dtype=np.uint16).reshape(16, 16)


def description(dataset: Dataset) -> ImageDescription:
    return described(in_syntax(dataset, ExplicitVRLittleEndian))


def items(**attributes: object) -> Sequence:
    item = Dataset()
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    return Sequence([item])


def overlay(dataset: Dataset, bits: np.ndarray, row: int, column: int) -> Dataset:
    dataset.add_new(0x60000010, "US", bits.shape[0])
    dataset.add_new(0x60000011, "US", bits.shape[1])
    dataset.add_new(0x60000040, "CS", "G")
    dataset.add_new(0x60000050, "SS", [row, column])
    dataset.add_new(0x60000100, "US", 1)
    dataset.add_new(0x60000102, "US", 0)
    packed = np.packbits(bits.ravel(), bitorder="little").tobytes()
    dataset.add_new(0x60003000, "OW", packed + b"\0" * (len(packed) % 2))
    return dataset


def palette(dataset: Dataset, first: int, entries: dict[str, list[int]]) -> Dataset:
    for colour, table in entries.items():
        described_as = f"{colour}PaletteColorLookupTableDescriptor"
        dataset.add_new(described_as, "US", [len(table), first, 16])
        data = (np.array(table, np.uint16) * 257).astype("<u2").tobytes()
        dataset.add_new(f"{colour}PaletteColorLookupTableData", "OW", data)
    return dataset


def test_several_windows_keep_their_order_and_names() -> None:
    dataset = image(RAMP, WindowCenter=[40, -600], WindowWidth=[400, 1500],
                    WindowCenterWidthExplanation=["Mediastinum", "Lung"])  # fmt: skip
    assert windows(description(dataset), 0) == (
        Window(40, 400, name="Mediastinum"),
        Window(-600, 1500, name="Lung"),
    )
    unnamed = image(RAMP, WindowCenter=[40, 50], WindowWidth=[400, 100])
    assert [w.name for w in windows(description(unnamed), 0)] == [
        "From the file, 1",
        "From the file, 2",
    ]


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
def test_a_window_is_of_the_function_that_the_file_names(function: str) -> None:
    dataset = image(RAMP, WindowCenter=100, WindowWidth=50, VOILUTFunction=function)
    assert windows(description(dataset), 0)[0].function == function


def test_windows_that_show_nothing_are_left_out() -> None:
    dataset = image(RAMP, WindowCenter=[0, 40], WindowWidth=[0, 400])
    assert [w.width for w in windows(description(dataset), 0)] == [400]


def test_each_frame_of_an_enhanced_image_has_its_own_rescale_and_window() -> None:
    dataset = image(np.stack([RAMP, RAMP]), Modality="MR")
    groups = []
    for slope, center in ((2, 100), (0.5, 30)):
        item = Dataset()
        item.PixelValueTransformationSequence = items(
            RescaleSlope=slope, RescaleIntercept=-10, RescaleType="US"
        )
        item.FrameVOILUTSequence = items(WindowCenter=center, WindowWidth=50)
        groups.append(item)
    dataset.PerFrameFunctionalGroupsSequence = Sequence(groups)
    made = description(dataset)
    for frame, (slope, center) in enumerate(((2, 100), (0.5, 30))):
        assert np.array_equal(modality_values(made, frame, RAMP), RAMP.astype(float) * slope - 10)
        assert windows(made, frame)[0].center == center


def test_groups_that_all_frames_share_apply_to_each() -> None:
    dataset = image(np.stack([RAMP, RAMP]), Modality="CT")
    shared = Dataset()
    shared.PixelValueTransformationSequence = items(
        RescaleSlope=1, RescaleIntercept=-1024, RescaleType="HU"
    )
    shared.PixelMeasuresSequence = items(PixelSpacing=[0.5, 0.5], SliceThickness=2)
    dataset.SharedFunctionalGroupsSequence = Sequence([shared])
    made = description(dataset)
    assert made.greyscale(1).units == "HU"
    assert modality_values(made, 1, RAMP)[0, 0] == -1024
    assert made.placement(1).spacing.row == 0.5


def test_the_densitometry_table_of_angiography_is_not_for_display() -> None:
    table = Dataset()
    table.add_new("LUTDescriptor", "US", [256, 0, 16])
    table.add_new("LUTData", "US", list(range(255, -1, -1)))
    table.ModalityLUTType = "US"
    xa = image(RAMP, ModalityLUTSequence=Sequence([table]))
    assert modality_values(description(xa), 0, RAMP)[0, 0] == 255
    xa.SOPClassUID = "1.2.840.10008.5.1.4.1.1.12.1"
    assert modality_values(description(xa), 0, RAMP)[0, 0] == 0


@pytest.mark.parametrize(("photometric", "shape", "inverse"), [
    ("MONOCHROME2", "IDENTITY", False), ("MONOCHROME2", "INVERSE", True),
    ("MONOCHROME1", "INVERSE", True), ("MONOCHROME1", "", True),
])  # fmt: skip
def test_polarity_follows_photometric_and_presentation_shape(
    photometric: str, shape: str, inverse: bool
) -> None:
    dataset = image(RAMP, PhotometricInterpretation=photometric, PresentationLUTShape=shape)
    picture = shown(dataset, Look(Window(128, 256)))
    assert (picture[0, 0] > picture[-1, -1]) == inverse


def test_a_range_of_padding_is_dark_and_leaves_the_window_alone() -> None:
    pixels = np.array([[100, 110, 119, 120, 500, 600]], np.uint16)
    dataset = image(pixels, PixelPaddingValue=100, PixelPaddingRangeLimit=119, Modality="MR")
    assert shown(dataset, Look(Window(300, 4000)))[0, :3].tolist() == [0, 0, 0]
    assert shown(dataset)[0].tolist() == [0, 0, 0, *shown(image(pixels[:, 3:], Modality="MR"))[0]]


def test_padding_below_zero_is_recognised_whatever_sign_it_was_written_with() -> None:
    pixels = np.array([[-2000, 0, 100]], np.int16)
    for written in (-2000, 63536):
        dataset = image(pixels)
        dataset.add_new("PixelPaddingValue", "SS" if written < 0 else "US", written)
        assert description(dataset).padding == (-2000, -2000)


def test_a_supplemental_palette_colours_only_what_it_covers() -> None:
    pixels = np.array([[0, 100, 199, 200, 201]], np.uint16)
    dataset = image(pixels, PixelPresentation="MIXED")
    palette(dataset, 200, {"Red": [255, 0], "Green": [0, 255], "Blue": [0, 0]})
    picture = shown(dataset, Look(Window(128, 256)))
    assert picture[0].tolist() == [[0] * 3, [100] * 3, [199] * 3, [255, 0, 0], [0, 255, 0]]


def test_a_segmented_palette_is_drawn_out() -> None:
    pixels = np.arange(6, dtype=np.uint8)[None]
    dataset = image(pixels, PhotometricInterpretation="PALETTE COLOR")
    # a discrete segment of one entry, a linear one of five
    data = np.array([0, 1, 0, 1, 5, 65535], "<u2").tobytes()
    for colour in ("Red", "Green", "Blue"):
        dataset.add_new(f"{colour}PaletteColorLookupTableDescriptor", "US", [6, 0, 16])
        dataset.add_new(f"Segmented{colour}PaletteColorLookupTableData", "OW", data)
    assert shown(dataset)[0, :, 0].tolist() == [0, 51, 102, 153, 204, 255]


@pytest.mark.parametrize("photometric", ["YBR_FULL", "YBR_PARTIAL_422"])
def test_luminance_alone_is_grey(photometric: str) -> None:
    ybr = np.full((1, 4, 3), 128, np.uint8)
    ybr[0, :, 0] = [16, 60, 120, 235]
    dataset = image(ybr, PhotometricInterpretation=photometric)
    if photometric.endswith("422"):
        dataset.PixelData = bytes([16, 60, 128, 128, 120, 235, 128, 128])
    picture = shown(dataset)
    expected = [16, 60, 120, 235] if photometric == "YBR_FULL" else [0, 51, 121, 255]
    assert picture[0].tolist() == [[level] * 3 for level in expected]


def test_two_columns_share_their_colour_in_422() -> None:
    dataset = image(np.zeros((1, 4, 3), np.uint8), PhotometricInterpretation="YBR_FULL_422")
    dataset.PixelData = bytes([76, 76, 85, 255, 29, 29, 255, 107])
    picture = shown(dataset)[0].astype(int)
    assert np.abs(picture[:2] - [255, 0, 0]).max() <= 2
    assert np.abs(picture[2:] - [0, 0, 255]).max() <= 2


def test_colours_of_16_bits_are_brought_to_8() -> None:
    rgb = np.array([[[0, 32768, 65535]]], np.uint16)
    assert shown(image(rgb))[0, 0].tolist() == [0, 128, 255]


def test_an_overlay_may_begin_outside_the_image() -> None:
    dataset = overlay(image(np.zeros((4, 4), np.uint8)), np.ones((3, 3), np.uint8), -1, 4)
    picture = shown(dataset, Look(Window(128, 256)))
    assert np.argwhere(picture).tolist() == [[0, 3]]
    hidden = shown(dataset, Look(Window(128, 256), overlays=False))
    assert not hidden.any()


def test_a_rectangular_and_a_polygonal_shutter_leave_what_both_leave() -> None:
    dataset = image(np.full((9, 9), 200, np.uint8), ShutterShape=["RECTANGULAR", "POLYGONAL"],
                    ShutterLeftVerticalEdge=2, ShutterRightVerticalEdge=8,
                    ShutterUpperHorizontalEdge=2, ShutterLowerHorizontalEdge=8,
                    VerticesOfThePolygonalShutter=[1, 1, 1, 9, 9, 1],
                    ShutterPresentationValue=0)  # fmt: skip
    picture = shown(dataset, Look(Window(128, 256)))
    assert picture[1, 1] == picture[4, 4] == 200
    assert picture[0, 4] == picture[8, 8] == picture[7, 7] == 0


def test_a_shutter_covers_colours_too_in_its_own_grey() -> None:
    rgb = np.full((5, 5, 3), 90, np.uint8)
    dataset = image(rgb, ShutterShape="CIRCULAR", CenterOfCircularShutter=[3, 3],
                    RadiusOfCircularShutter=1, ShutterPresentationValue=65535)  # fmt: skip
    picture = shown(dataset)
    assert picture[0, 0].tolist() == [255] * 3
    assert picture[2, 2].tolist() == [90] * 3


@pytest.mark.parametrize(("attributes", "aspect"), [
    ({"PixelAspectRatio": [2, 1]}, 2.0), ({"PixelSpacing": [0.3, 0.6]}, 0.5),
    ({"PixelAspectRatio": [0, 1]}, 1.0), ({}, 1.0),
])  # fmt: skip
def test_pixels_are_as_high_and_wide_as_the_file_says(
    attributes: dict[str, object], aspect: float
) -> None:
    orientation = {"ImageOrientationPatient": [1, 0, 0, 0, 1, 0]}
    assert description(image(RAMP, Modality="MR", **orientation, **attributes)).aspect == aspect


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_float_pixels_have_no_half_steps_at_a_windows_ends(kind: type) -> None:
    pixels = np.array([[0.0, 0.25, 0.5, 1.0, np.nan]], kind)
    dataset = image(np.zeros((1, 5), np.uint32))
    del dataset.PixelData, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation
    dataset.BitsAllocated = pixels.itemsize * 8
    keyword = "FloatPixelData" if kind is np.float32 else "DoubleFloatPixelData"
    setattr(dataset, keyword, pixels.tobytes())
    dataset.WindowCenter, dataset.WindowWidth = 0.5, 1
    data = in_syntax(dataset, ExplicitVRLittleEndian)
    assert decoded(data).dtype == kind
    assert render(described(data), 0, decoded(data), Look())[0].tolist() == [0, 64, 128, 255, 0]


def test_each_segment_is_shown_in_the_colour_it_recommends() -> None:
    dataset = image(np.zeros((2, 2, 4), np.uint8), BitsAllocated=1, BitsStored=1, HighBit=0,
                    SegmentationType="BINARY", Modality="SEG")  # fmt: skip
    dataset.PixelData = bytes([0b00001111, 0b11110000])
    dataset.SegmentSequence = Sequence(
        [
            *items(SegmentNumber=1, SegmentLabel="Liver",
                   RecommendedDisplayCIELabValue=[34885, 53485, 50171]),
            *items(SegmentNumber=2, SegmentLabel="Cyst"),
        ]
    )  # fmt: skip
    dataset.PerFrameFunctionalGroupsSequence = Sequence(
        [
            *items(SegmentIdentificationSequence=items(ReferencedSegmentNumber=1)),
            *items(SegmentIdentificationSequence=items(ReferencedSegmentNumber=2)),
        ]
    )
    red = shown(dataset, frame=0)
    assert red[0, 0].tolist() != [0, 0, 0]
    assert red[0, 0].argmax() == 0
    assert not red[1].any()
    other = shown(dataset, frame=1)
    assert other[1, 0].any()
    assert other[1, 0].tolist() != red[0, 0].tolist()


def test_a_colour_profile_is_left_alone_and_said() -> None:
    rgb = np.full((2, 2, 3), 77, np.uint8)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    made = description(image(rgb, ICCProfile=profile))
    assert "sRGB" in made.colour_profile
    (said,) = remarks(made)
    assert made.colour_profile in said
    assert (shown(image(rgb, ICCProfile=profile)) == 77).all()
    unnamed = description(image(rgb, ICCProfile=b"no profile"))
    assert remarks(unnamed) == ("Colours as stored: the profile is not applied.",)
    assert remarks(description(image(rgb))) == ()


def test_a_profile_of_a_microscope_stands_with_its_optical_path() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = items(ICCProfile=profile, ColorSpace="SRGB")
    dataset = image(np.zeros((2, 2, 3), np.uint8), OpticalPathSequence=path)
    assert description(dataset).colour_profile == "SRGB"


def test_a_file_that_breaks_off_says_so() -> None:
    data = in_syntax(image(RAMP), ExplicitVRLittleEndian)
    assert remarks(described(data[: -RAMP.nbytes // 2])) == (
        "Part of this image is missing from its file.",
    )


def test_a_placeholder_has_the_sentence_on_it_where_there_is_room() -> None:
    sentence = "Images stored as MPEG2 Main Profile / Main Level cannot be shown."
    blank, written = placeholder(512, 400), placeholder(512, 400, sentence)
    assert written.shape == blank.shape == (400, 512)
    assert blank.max() < 60
    assert written.max() > 150
    assert np.array_equal(placeholder(90, 90, sentence), placeholder(90, 90))
