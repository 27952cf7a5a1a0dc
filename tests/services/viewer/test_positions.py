"""Where the images of a series lie, for those who may see them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from imaging.planes import CORONAL
from services import access as decision
from services.access import Access
from services.errors import Expired, NotFound
from services.exam import exams
from services.exam.exams import Exam, SeriesEntry
from services.pictures.frames import Images
from services.pictures.volumes import Volumes
from services.shares import sharing
from services.viewer.positions import Lie, Positions, lie
from storage.models import Patient, Study
from tests.dicom import ct_slice, photograph, take_in
from tests.factories import House

FIRST, SECOND = "1.2.826.0.1.3680043.10.1", "1.2.826.0.1.3680043.10.2"


def opened(house: House, *datasets: object) -> tuple[int, dict[str, Exam]]:
    """The owner and their exams by study UID."""
    take_in(house.portal, list(datasets))  # type: ignore[arg-type]
    owner = house.account(kind="patient")
    with house.portal.reading() as db:
        house.link(owner, db.execute(select(Patient.id)).scalar_one())
        studies = db.execute(select(Study.study_uid, Study.id)).all()
    return owner, {
        uid: exams.open_exam(house.portal, decision.decide(house.portal, owner, number))
        for uid, number in studies
    }


def lies(house: House, access: Access, series: SeriesEntry) -> Lie:
    images = Images(house.portal)
    return lie(house.portal, images, Volumes(house.portal, images), access, series)


def of(house: House, exam: Exam) -> Positions | None:
    return lies(house, exam.access, exam.series[0]).positions


def test_each_image_tells_where_it_lies_also_in_planes_through_a_volume(house: House) -> None:
    _, found = opened(house, *[ct_slice(number=n) for n in (1, 2, 3)])
    exam, images = found[FIRST], Images(house.portal)
    volumes = Volumes(house.portal, images)
    heights = [
        plane and plane.first[2] for plane in lies(house, exam.access, exam.series[0]).planes
    ]
    assert heights == [-2, -4, -6]
    cut = volumes.planes(exam.access, exam.series[0], CORONAL)
    coronal = lie(house.portal, images, volumes, exam.access, cut)
    assert len(coronal.planes) == len(cut.slices)
    assert coronal.positions is not None
    assert coronal.positions.normal == (0, 1, 0)
    assert coronal.positions.frame_of_reference == f"{FIRST}.9"


def test_a_stack_lies_along_its_normal_in_scrolling_order(house: House) -> None:
    _, found = opened(house, *[ct_slice(number=n) for n in (3, 1, 2)])
    assert of(house, found[FIRST]) == Positions(f"{FIRST}.9", (0, 0, 1), (-2, -4, -6))


def test_two_stacks_of_one_frame_of_reference_meet_at_the_same_height(house: House) -> None:
    fine = [
        ct_slice(study=SECOND, number=n, FrameOfReferenceUID=f"{FIRST}.9",
                 ImagePositionPatient=[0, 0, -0.5 * n])
        for n in range(1, 21)
    ]  # fmt: skip
    _, found = opened(house, *[ct_slice(number=n) for n in (1, 2, 3)], *fine)
    coarse, close = of(house, found[FIRST]), of(house, found[SECOND])
    assert coarse is not None
    assert close is not None
    assert close.nearest(coarse, 1) == 7  # -4 mm is the eighth of -0.5, -1.0, ...
    assert coarse.nearest(close, 7) == 1


def test_stacks_that_are_not_parallel_or_of_other_frames_cannot_be_compared() -> None:
    axial = Positions("F", (0, 0, 1), (1, 2))
    assert axial.nearest(Positions("F", (0, 1, 0), (1, 2)), 0) is None
    assert axial.nearest(Positions("G", (0, 0, 1), (1, 2)), 0) is None


def test_images_that_do_not_say_where_they_are_have_no_positions(house: House) -> None:
    _, found = opened(house, photograph(study=FIRST))
    assert of(house, found[FIRST]) is None


def test_images_in_different_frames_of_reference_have_no_positions(house: House) -> None:
    _, found = opened(house, ct_slice(number=1), ct_slice(number=2, FrameOfReferenceUID="1.2.3"))
    assert of(house, found[FIRST]) is None


def test_nobody_learns_positions_of_another_exam_or_after_a_revocation(house: House) -> None:
    owner, found = opened(house, ct_slice(), ct_slice(study=SECOND))
    own, other = found[FIRST], found[SECOND]
    with pytest.raises(NotFound):
        lies(house, own.access, other.series[0])
    house.share(owner, own.access.study_id, "guest@x.example")
    guest = house.account_id("guest@x.example")
    house.activate(guest)
    access = house.access(guest, own.access.study_id)
    sharing.end(house.portal, owner, access.bases[0].number)
    with pytest.raises(Expired):
        lies(house, access, own.series[0])
