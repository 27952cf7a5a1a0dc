"""How an exam is hung when it is opened."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import DigitalMammographyXRayImageStorageForPresentation
from sqlalchemy import select

from imaging.modules import Projected
from services import access as decision
from services.errors import Expired, NotFound
from services.exam import exams
from services.exam.exams import Exam, SeriesEntry, Slice
from services.pictures.frames import Images
from services.shares import sharing
from services.viewer.hanging import Hung, Shot, counterpart, hanging, hung, next_to_show
from services.viewer.viewports import Layout
from storage.models import Patient, Study
from tests.dicom import ct_slice, take_in
from tests.factories import House

FIRST, SECOND = "1.2.826.0.1.3680043.10.1", "1.2.826.0.1.3680043.10.2"


def series(number: int, modality: str = "CT", name: str = "", slices: int = 1) -> SeriesEntry:
    images = tuple(Slice(1000 * number + n, 0) for n in range(slices))
    return SeriesEntry(number, str(number), modality, name or f"Series {number}", images)


def shots(of: SeriesEntry, *views: tuple[str, str]) -> list[Shot]:
    return [Shot(Hung(of, n), Projected(*view)) for n, view in enumerate(views)]


def test_four_breast_images_face_each_other_whatever_their_order() -> None:
    taken = series(1, "MG", slices=4)
    found = hung([taken], shots(taken, ("L", "MLO"), ("R", "CC"), ("R", "MLO"), ("L", "CC")))
    assert found.layout is Layout.FOUR
    assert [one.slice for one in found.hung] == [1, 3, 2, 0]


def test_two_breast_images_hang_side_by_side_the_right_one_first() -> None:
    taken = series(1, "MG", slices=2)
    found = hung([taken], shots(taken, ("L", "MLO"), ("R", "MLO")))
    assert found.layout is Layout.SIDE_BY_SIDE
    assert [one.slice for one in found.hung] == [1, 0]


def test_two_x_rays_hang_side_by_side_the_frontal_one_first() -> None:
    lateral, frontal = series(1, "DX", "Chest lateral"), series(2, "DX", "Chest PA")
    found = hung([lateral, frontal], [*shots(lateral, ("", "LL")), *shots(frontal, ("", "PA"))])
    assert found.layout is Layout.SIDE_BY_SIDE
    assert [one.series for one in found.hung] == [frontal, lateral]


def test_one_x_ray_hangs_alone_and_so_does_a_stack() -> None:
    alone = series(1, "CR")
    assert hung([alone], shots(alone, ("", "PA"))).layout is Layout.ONE
    scout, stack = series(1), series(2, slices=160)
    found = hung([scout, stack], [])
    assert found.layout is Layout.ONE
    assert found.hung == (Hung(stack),)


def test_x_rays_beside_something_else_hang_as_a_stack_does() -> None:
    x_rays, stack = series(1, "DX", slices=2), series(2, "CT", slices=80)
    found = hung([x_rays, stack], shots(x_rays, ("", "PA"), ("", "LL")))
    assert (found.layout, found.hung) == (Layout.ONE, (Hung(stack),))


def test_breasts_hang_also_beside_a_stack_of_thin_layers() -> None:
    flat, layers = series(1, "MG", slices=2), series(2, "MG", slices=60)
    found = hung([flat, layers], shots(flat, ("R", "CC"), ("L", "CC")))
    assert found.layout is Layout.SIDE_BY_SIDE


def test_the_counterpart_is_of_the_same_kind_and_as_alike_as_there_is() -> None:
    now = series(1, "CT", "Abdomen 2.5 mm, portal venous", 160)
    scout, lung = series(2, "CT", "Scout"), series(3, "CT", "Lung 1 mm", 400)
    venous = series(4, "CT", "Abdomen 4.0 mm, portal venous", 60)
    other = series(5, "MR", "Abdomen 2.5 mm, portal venous", 160)
    assert counterpart(now, [scout, lung, venous, other]) is venous
    assert counterpart(now, [series(6, "OT", "Photograph")]).series_id == 6


def test_what_is_shown_next_is_the_largest_that_is_not_there_yet() -> None:
    small, large, there = series(1), series(2, slices=9), series(3, slices=99)
    assert next_to_show([small, large, there], [3]) == [large, small]


def mammogram(number: int, side: str, view: str) -> Dataset:
    return ct_slice(
        study=FIRST, number=number, Modality="MG", ImageLaterality=side, ViewPosition=view,
        SOPClassUID=DigitalMammographyXRayImageStorageForPresentation,
    )  # fmt: skip


def opened(house: House, *datasets: Dataset) -> tuple[int, dict[str, Exam]]:
    """The owner and their exams by study UID."""
    take_in(house.portal, datasets)
    owner = house.account(kind="patient")
    with house.portal.reading() as db:
        house.link(owner, db.execute(select(Patient.id)).scalar_one())
        studies = db.execute(select(Study.study_uid, Study.id)).all()
    return owner, {
        uid: exams.open_exam(house.portal, decision.decide(house.portal, owner, number))
        for uid, number in studies
    }


def test_sides_and_views_are_read_from_the_stored_images(house: House) -> None:
    views = [("L", "CC"), ("L", "MLO"), ("R", "CC"), ("R", "MLO")]
    _, found = opened(house, *[mammogram(n, *view) for n, view in enumerate(views, start=1)])
    exam = found[FIRST]
    hangs = hanging(house.portal, Images(house.portal), exam.access, exam)
    assert hangs.layout is Layout.FOUR
    stored = [views[_number(house, one)] for one in hangs.hung]
    assert stored == [("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO")]


def _number(house: House, one: Hung) -> int:
    image = Images(house.portal).image(one.series.slices[one.slice].instance_id)
    return image.description.instance_number - 1


def test_nobody_learns_how_another_exam_hangs_or_after_a_revocation(house: House) -> None:
    owner, found = opened(
        house, ct_slice(study=FIRST, Modality="DX"), ct_slice(study=SECOND, Modality="DX")
    )
    own, other = found[FIRST], found[SECOND]
    with pytest.raises(NotFound):
        hanging(house.portal, Images(house.portal), own.access, other)
    house.share(owner, own.access.study_id, "guest@x.example")
    guest = house.account_id("guest@x.example")
    house.activate(guest)
    access = house.access(guest, own.access.study_id)
    sharing.end(house.portal, owner, access.bases[0].number)
    with pytest.raises(Expired):
        hanging(house.portal, Images(house.portal), access, own)
