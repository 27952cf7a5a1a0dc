"""Key object selections: which images they choose."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from imaging.key_objects import KeyReference, read_key_selection


def code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item


def image(uid: str, frames: list[int] | None = None) -> Dataset:
    reference, item = Dataset(), Dataset()
    reference.ReferencedSOPInstanceUID = uid
    if frames:
        reference.ReferencedFrameNumber = frames
    item.ValueType, item.ReferencedSOPSequence = "IMAGE", Sequence([reference])
    return item


def text(words: str) -> Dataset:
    item = Dataset()
    item.ValueType, item.TextValue = "TEXT", words
    item.ConceptNameCodeSequence = Sequence([code("113012", "Key Object Description")])
    return item


def selection(title: tuple[str, str], *items: Dataset) -> Dataset:
    dataset = Dataset()
    dataset.ConceptNameCodeSequence = Sequence([code(*title)])
    dataset.ContentSequence = Sequence(items)
    return dataset


OF_INTEREST = ("113000", "Of Interest")


def test_a_selection_tells_its_images_frames_and_what_they_are_for() -> None:
    found = read_key_selection(
        selection(OF_INTEREST, text("See the nodule"), image("1.2.3"), image("1.2.4", [1, 7]))
    )
    assert (found.title, found.description) == ("Of Interest", "See the nodule")
    assert found.references == (KeyReference("1.2.3", ()), KeyReference("1.2.4", (0, 6)))


def test_an_image_that_is_named_twice_is_chosen_once() -> None:
    found = read_key_selection(selection(OF_INTEREST, image("1.2.3"), image("1.2.3")))
    assert found.references == (KeyReference("1.2.3", ()),)


@pytest.mark.parametrize("rejecting", ["113001", "113037", "113038", "113039"])
def test_a_note_that_rejects_images_chooses_none(rejecting: str) -> None:
    assert read_key_selection(selection((rejecting, "Rejected"), image("1.2.3"))).references == ()


def test_what_is_malformed_is_passed_over() -> None:
    nothing, no_uid = image("1.2.3"), image("1.2.3")
    del nothing.ReferencedSOPSequence
    del no_uid.ReferencedSOPSequence[0].ReferencedSOPInstanceUID
    odd = image("1.2.5", [0])
    found = read_key_selection(selection(OF_INTEREST, nothing, no_uid, odd, image("1.2.6")))
    assert found.references == (KeyReference("1.2.5", ()), KeyReference("1.2.6", ()))
    assert read_key_selection(Dataset()).references == ()
