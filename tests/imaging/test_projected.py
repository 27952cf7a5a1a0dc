"""The side and view of projection images, as different devices write them."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset

from imaging.modules import Projected
from imaging.view_attributes import read_projected


def coded(value: str) -> list[Dataset]:
    item = Dataset()
    item.CodeValue = value
    return [item]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"ImageLaterality": "L", "ViewPosition": "MLO"}, Projected("L", "MLO")),
        ({"Laterality": "R", "ViewPosition": "PA"}, Projected("R", "PA")),
        ({"ImageLaterality": "R", "Laterality": "L"}, Projected("R", "")),
        ({"ImageLaterality": "U", "ViewPosition": "PA"}, Projected("", "PA")),
        ({"ImageLaterality": "L", "ViewCodeSequence": coded("R-10242")}, Projected("L", "CC")),
        ({"ViewCodeSequence": coded("399368009")}, Projected("", "MLO")),
        ({"ViewPosition": "AP", "ViewCodeSequence": coded("399368009")}, Projected("", "AP")),
        ({"ViewCodeSequence": coded("unheard of")}, Projected("", "")),
        ({}, Projected("", "")),
    ],
)
def test_side_and_view_are_read_wherever_they_stand(
    attributes: dict[str, object], expected: Projected
) -> None:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    assert read_projected(dataset) == expected
