"""Which pixels somebody gets from whom the patient's details are hidden."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from imaging.burned_in import Keep, Mask, Withhold, apply_mask, burned_in_policy

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


def image(modality: str, **attributes: object) -> Dataset:
    dataset = Dataset()
    dataset.Modality, dataset.Rows, dataset.Columns = modality, 100, 200
    dataset.ImageType = ["ORIGINAL", "PRIMARY"]
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def region(left: int, top: int, right: int, bottom: int) -> Dataset:
    item = Dataset()
    item.RegionLocationMinX0, item.RegionLocationMinY0 = left, top
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = right, bottom
    return item


@pytest.mark.parametrize("modality", ["CT", "MR", "PT", "NM", "MG", "DX", "CR"])
def test_a_primary_image_is_shown(modality: str) -> None:
    assert burned_in_policy(image(modality)) == Keep()


@pytest.mark.parametrize("modality", ["OT", "SC", "XC", "ES", "US", "XA", "DOC", "", "NEW"])
def test_in_doubt_an_image_is_withheld_with_a_sentence(modality: str) -> None:
    policy = burned_in_policy(image(modality))
    assert isinstance(policy, Withhold)
    assert policy.reason.endswith(".")


def test_a_stated_no_is_believed_and_a_stated_yes_too() -> None:
    assert burned_in_policy(image("OT", BurnedInAnnotation="NO")) == Keep()
    assert isinstance(burned_in_policy(image("CT", BurnedInAnnotation="YES")), Withhold)


def test_a_recognisable_face_is_withheld_whatever_else_is_stated() -> None:
    stated = image("CT", BurnedInAnnotation="NO", RecognizableVisualFeatures="YES")
    assert isinstance(burned_in_policy(stated), Withhold)


@pytest.mark.parametrize(
    "hint",
    [{"ConversionType": "DF"}, {"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]},
     {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"},
     {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7.4"}],
    ids=["digitised film", "screen save", "secondary capture", "multi-frame capture"],
)  # fmt: skip
def test_a_capture_is_withheld_even_if_it_calls_itself_ct(hint: dict[str, object]) -> None:
    assert isinstance(burned_in_policy(image("CT", **hint)), Withhold)


def test_an_ultrasound_keeps_its_regions_clipped_to_the_image() -> None:
    dataset = image("US", SequenceOfUltrasoundRegions=[region(10, 20, 500, 90), region(5, 5, 5, 5)])
    assert burned_in_policy(dataset) == Mask(((10, 20, 199, 90),))


@pytest.mark.parametrize("stated", ["NO", "YES"])
def test_an_ultrasound_is_masked_to_its_regions_whatever_it_states(stated: str) -> None:
    kept = [region(10, 20, 50, 90)]
    dataset = image("US", SequenceOfUltrasoundRegions=kept, BurnedInAnnotation=stated)
    assert burned_in_policy(dataset) == Mask(((10, 20, 50, 90),))


def test_below_a_known_header_band_an_ultrasound_is_shown() -> None:
    known = {"Manufacturer": "Philips Medical Systems", "ManufacturerModelName": "iU22"}
    assert burned_in_policy(image("US", Rows=600, **known)) == Mask(((0, 72, 199, 599),))
    for unknown in ({"Rows": 601}, {"Rows": 600, "BurnedInAnnotation": "YES"}):
        assert isinstance(burned_in_policy(image("US", **{**known, **unknown})), Withhold)
    other = image("US", Rows=600, Manufacturer="Philips", ManufacturerModelName="Other")
    assert isinstance(burned_in_policy(other), Withhold)


@pytest.mark.parametrize(
    "hint",
    [{"ConversionType": "SD"}, {"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]},
     {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7.2"}, {"Modality": "DOC"}, {"Modality": "SC"}],
    ids=["scanned paper", "screen save", "secondary capture", "document", "capture"],
)  # fmt: skip
def test_a_capture_that_states_to_carry_no_text_is_not_believed(hint: dict[str, object]) -> None:
    dataset = image("CT", BurnedInAnnotation="NO")
    for keyword, value in hint.items():
        setattr(dataset, keyword, value)
    assert isinstance(burned_in_policy(dataset), Withhold)


def test_the_label_of_a_slide_is_withheld_and_the_slide_is_not() -> None:
    slide = {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.77.1.6", "BurnedInAnnotation": "NO"}
    volume = image("SM", ImageType=["ORIGINAL", "PRIMARY", "VOLUME", "NONE"], **slide)
    label = image("SM", ImageType=["ORIGINAL", "PRIMARY", "LABEL", "NONE"], **slide)
    assert burned_in_policy(volume) == Keep()
    assert isinstance(burned_in_policy(label), Withhold)


def test_what_is_other_than_slices_is_withheld_of_ct_and_usual_of_mr() -> None:
    other = ["ORIGINAL", "PRIMARY", "OTHER"]
    assert isinstance(burned_in_policy(image("CT", ImageType=other)), Withhold)
    assert burned_in_policy(image("MR", ImageType=other)) == Keep()


def test_a_colour_picture_of_a_grey_modality_is_taken_for_a_capture() -> None:
    assert isinstance(burned_in_policy(image("CT", SamplesPerPixel=3)), Withhold)


@pytest.mark.parametrize("shape", [(100, 200), (100, 200, 3)])
def test_a_mask_leaves_nothing_outside_its_regions(shape: tuple[int, ...]) -> None:
    pixels = np.full(shape, 200, np.uint8)
    masked = apply_mask(pixels, Mask(((10, 20, 19, 29),)))
    assert (masked[20:30, 10:20] == 200).all()
    assert masked.sum() == masked[20:30, 10:20].sum()
    assert (pixels == 200).all()
    assert apply_mask(pixels, Mask(())).sum() == 0


@pytest.mark.corpus
def test_every_image_of_the_corpus_is_judged() -> None:
    if not CORPUS.is_dir():
        pytest.skip("THE CORPUS IS ABSENT (../shared/corpus): this test is SKIPPED")
    for line in (CORPUS / "MANIFEST.tsv").read_text().splitlines()[1:]:
        name, modality = line.split("\t")[:2]
        if name.endswith(".zip"):
            continue
        dataset = pydicom.dcmread(CORPUS / name, force=True, stop_before_pixels=True)
        policy = burned_in_policy(dataset)
        if modality in ("US", "SC", "OT", "ES", "XC") and dataset.get("BurnedInAnnotation") != "NO":
            assert not isinstance(policy, Keep), name
