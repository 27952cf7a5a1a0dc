"""Overlays may carry a name: with hidden details no picture has them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from services import language
from services.exam import exams
from services.hiding.identity_rules import ASK
from services.pictures.frames import Images
from services.viewer.view_state import ViewState
from services.viewer.viewing import Picture, Viewer
from tests.dicom import ct_slice, photograph
from tests.factories import House
from tests.services.viewer.test_measurements import exam_of


def brightest(picture: Picture) -> int:
    return int(np.asarray(Image.open(io.BytesIO(picture.data)).convert("L")).max())


@pytest.mark.parametrize("hide", [False, True])
@pytest.mark.parametrize("door", ["thumbnail", "moving", "resting"])
def test_an_overlay_is_drawn_only_where_the_patient_is_shown(
    house: House, door: str, hide: bool
) -> None:
    dataset = ct_slice(WindowCenter=2000, WindowWidth=4000)  # so that nothing else is white
    for element, vr, value in (
        (0x10, "US", 64), (0x11, "US", 64), (0x40, "CS", "G"), (0x50, "SS", [1, 1]),
        (0x100, "US", 1), (0x102, "US", 0), (0x3000, "OW", b"\xff" * 512),
    ):  # fmt: skip
        dataset.add_new(0x60000000 + element, vr, value)
    exam = exam_of(house, dataset)
    access = exam.access(exam.guest(hide_details=hide))
    viewer = Viewer(house.portal, Images(house.portal))
    (series,) = exams.described(house.portal, access).series
    if door == "thumbnail":
        picture = viewer.thumbnail(access, series)
    else:
        state = ViewState.start(viewer.stack(access, series))
        picture = getattr(viewer, door)(access, series, state)
    assert (brightest(picture) > 240) is not hide


def test_an_image_that_is_withheld_says_why_and_what_to_do(house: House) -> None:
    exam = exam_of(house, photograph(study="1.2.826.0.1.3680043.10.1"))
    access = exam.access(exam.guest(hide_details=True))
    viewer = Viewer(house.portal, Images(house.portal))
    (series,) = exams.described(house.portal, access).series
    state = ViewState.start(viewer.stack(access, series))
    why = "so it is not shown: patient details are hidden."
    for told in (viewer.resting(access, series, state).note, viewer.thumbnail(access, series).note):
        assert told.endswith(f"{why} {ASK}")
    assert viewer.standing(access, series).reason
    with language.speaking("de"):
        spoken = viewer.moving(access, series, state).note
    assert "bitten Sie die Person" in spoken
    assert "hidden" not in spoken
