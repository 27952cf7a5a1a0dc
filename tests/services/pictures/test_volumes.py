"""Planes through a series: who may see them, and what they show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from sqlalchemy import select

from imaging import planes
from imaging.grayscale import modality_values
from imaging.planes import oblique
from imaging.projection import Projection
from imaging.reformat import THIN, Slab
from imaging.stack_geometry import ALONE, TOGETHER
from services import access as decision
from services.errors import Expired, Invalid, NotFound
from services.exam import exams
from services.exam.exams import Cut, Exam, SeriesEntry
from services.pictures.frames import Images, Withheld
from services.pictures.volumes import Volumes
from services.shares import sharing
from storage.models import Patient, Study
from tests.dicom import ct_slice, take_in
from tests.factories import House, open_house

GUEST = "referrer@practice.example"


class Room:
    """A portal with one exam, its owner, and volumes."""

    def __init__(self, house: House, datasets: list[Dataset]) -> None:
        self.house = house
        take_in(house.portal, datasets)
        self.images = Images(house.portal)
        self.volumes = Volumes(house.portal, self.images)
        with house.portal.reading() as db:
            self.study = db.execute(select(Study.id)).scalars().first() or 0
            patient = db.execute(select(Patient.id)).scalars().one()
        self.owner = house.account(kind="patient")
        house.link(self.owner, patient)

    def exam(self, account: int | None = None) -> Exam:
        access = decision.decide(self.house.portal, account or self.owner, self.study)
        return exams.open_exam(self.house.portal, access)

    def guest(self, **options: object) -> int:
        self.house.share(self.owner, self.study, GUEST, **options)
        guest = self.house.account_id(GUEST)
        self.house.activate(guest)
        return guest

    def picture(self, exam: Exam, entry: SeriesEntry, number: int) -> np.ndarray:
        assert entry.cut is not None
        return self.volumes.pixels(exam.access, entry.cut, number)


def slices(**others: object) -> list[Dataset]:
    return [ct_slice(number=number, **others) for number in range(1, 9)]


@pytest.fixture
def room(house: House) -> Room:
    return Room(house, slices())


def test_a_plane_is_a_series_like_any_other(room: Room) -> None:
    exam = room.exam()
    series = exam.series[0]
    assert room.volumes.standing(exam.access, series).possible
    entry = room.volumes.planes(exam.access, series, planes.CORONAL)
    assert entry.description == "Axial, Coronal"
    assert len(entry.slices) == 64
    assert entry.cut is not None
    image = room.volumes.image(exam.access, entry.cut)
    assert (image.description.columns, image.description.rows) == (64, 8)
    assert image.description.frames == 64
    assert image.description.aspect == pytest.approx(2)
    picture = room.picture(exam, entry, 32)
    # from the head down a slice is 10 HU brighter than the one above; slice 1 lies at the head
    values = modality_values(image.description, 32, picture)[:, 32]
    assert values.tolist() == [10.0 * number for number in range(1, 9)]


def test_axial_pictures_are_the_frames_themselves(room: Room) -> None:
    exam = room.exam()
    series = exam.series[0]
    entry = room.volumes.planes(exam.access, series, planes.AXIAL)
    for number, where in enumerate(series.slices):
        frame = room.images.pixels(room.images.image(where.instance_id), where.frame, hidden=False)
        assert np.array_equal(room.picture(exam, entry, number), frame)


def test_an_oblique_slab_says_what_it_is_and_shows_it(room: Room) -> None:
    exam = room.exam()
    slab = Slab(8, Projection.MAXIMUM)
    entry = room.volumes.planes(exam.access, exam.series[0], oblique((1, 0, 0), (0, 1, -1)), slab)
    assert entry.description == "Axial, Oblique, MIP of 8 mm"
    thin = room.volumes.planes(exam.access, exam.series[0], oblique((1, 0, 0), (0, 1, -1)))
    middle = len(entry.slices) // 2
    thick = room.picture(exam, entry, middle)
    assert (thick >= room.picture(exam, thin, middle)).all()
    assert thick.max() > room.picture(exam, thin, middle).max()


def test_slices_of_different_rescale_become_one_scale(house: House) -> None:
    datasets = slices()
    for number, dataset in enumerate(datasets, 1):
        dataset.RescaleSlope, dataset.RescaleIntercept = number, -number * 1000
    room = Room(house, datasets)
    exam = room.exam()
    entry = room.volumes.planes(exam.access, exam.series[0], planes.SAGITTAL)
    assert entry.cut is not None
    description = room.volumes.image(exam.access, entry.cut).description
    values = modality_values(description, 32, room.picture(exam, entry, 32))
    assert values[:, 32].tolist() == [(1024 + 10 * n) * n - 1000 * n for n in range(1, 9)]


def test_a_volume_is_built_once_for_everybody(room: Room) -> None:
    exam, guest = room.exam(), room.exam(room.guest(hide_details=True))
    entry = room.volumes.planes(exam.access, exam.series[0], planes.CORONAL)
    room.picture(exam, entry, 3)
    used = room.house.portal.pixels.used
    other = room.volumes.planes(guest.access, guest.series[0], planes.CORONAL)
    room.picture(guest, other, 3)
    assert room.house.portal.pixels.used == used
    assert used >= 64 * 64 * 8 * 2  # the volume counts its bytes


@pytest.mark.parametrize(
    ("datasets", "reason"),
    [
        ([ct_slice()], ALONE),
        ([ct_slice(number=1), ct_slice(number=2, ImagePositionPatient=[-32, -32, -2])], TOGETHER),
    ],
    ids=["one image", "one place"],
)
def test_a_series_that_is_no_volume_says_why(
    house: House, datasets: list[Dataset], reason: str
) -> None:
    room = Room(house, datasets)
    exam = room.exam()
    standing = room.volumes.standing(exam.access, exam.series[0])
    assert (standing.possible, standing.reason) == (False, reason)
    with pytest.raises(Invalid) as refused:
        room.volumes.planes(exam.access, exam.series[0], planes.CORONAL)
    assert str(refused.value) == reason


def test_a_volume_beyond_the_memory_for_it_is_refused_before_anything_is_read(
    tmp_path: Path,
) -> None:
    house = open_house(tmp_path / "data", pixel_cache_mb=16)
    datasets = [ct_slice(number=number, size=512) for number in range(1, 18)]
    room = Room(house, datasets)
    exam = room.exam()
    standing = room.volumes.standing(exam.access, exam.series[0])
    assert "it needs 9 MB of memory, and a volume may take 8 MB" in standing.reason
    with pytest.raises(Invalid, match="too large"):
        room.volumes.planes(exam.access, exam.series[0], planes.CORONAL)
    assert house.portal.pixels.used == 0
    house.portal.database.close()


def test_a_series_that_may_carry_a_name_is_withheld_where_details_are_hidden(house: House) -> None:
    datasets = slices()
    datasets[4].BurnedInAnnotation = "YES"
    room = Room(house, datasets)
    own = room.exam()
    cut = Cut(own.series[0], planes.CORONAL, THIN)
    assert room.volumes.pixels(own.access, cut, 3).shape == (8, 64)
    exam = room.exam(room.guest(hide_details=True))
    assert "patient's details" in room.volumes.standing(exam.access, exam.series[0]).reason
    with pytest.raises(Withheld):
        room.volumes.pixels(exam.access, cut, 3)
    with pytest.raises(Withheld):
        room.volumes.planes(exam.access, exam.series[0], planes.AXIAL)


def test_after_a_revocation_every_way_in_is_closed(room: Room) -> None:
    exam = room.exam(room.guest())
    series = exam.series[0]
    entry = room.volumes.planes(exam.access, series, planes.CORONAL)
    assert entry.cut is not None
    sharing.end(room.house.portal, room.owner, exam.access.bases[0].number)
    with pytest.raises(Expired):
        room.volumes.pixels(exam.access, entry.cut, 3)
    with pytest.raises(Expired):
        room.volumes.image(exam.access, entry.cut)
    with pytest.raises(Expired):
        room.volumes.planes(exam.access, series, planes.CORONAL)
    with pytest.raises(Expired):
        room.volumes.standing(exam.access, series)


def test_a_series_of_another_exam_cannot_be_slipped_in(house: House) -> None:
    other = [ct_slice(study="1.2.3.9", number=number) for number in range(1, 9)]
    room = Room(house, [*slices(), *other])
    own = room.exam()
    with house.portal.reading() as db:
        second = db.execute(select(Study.id).where(Study.id != room.study)).scalar_one()
    foreign = exams.open_exam(
        house.portal, decision.decide(house.portal, room.owner, second)
    ).series[0]
    cut = Cut(foreign, planes.CORONAL, THIN)
    for _ in range(2):  # not when it is remembered either
        with pytest.raises(NotFound):
            room.volumes.pixels(own.access, cut, 3)
        with pytest.raises(NotFound):
            room.volumes.standing(own.access, foreign)
        mixed = replace(foreign, slices=(*own.series[0].slices, *foreign.slices[4:]))
        with pytest.raises(NotFound):
            room.volumes.planes(own.access, mixed, planes.CORONAL)


def test_there_is_no_picture_beyond_the_last(room: Room) -> None:
    exam = room.exam()
    cut = Cut(exam.series[0], planes.CORONAL, THIN)
    for number in (-1, 64):
        with pytest.raises(Invalid, match="64 images"):
            room.volumes.pixels(exam.access, cut, number)
