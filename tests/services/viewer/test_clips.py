"""Which slices of a series are a moving picture, and how fast it asks to be played."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from services.errors import NotFound
from services.exam import exams
from services.pictures.frames import Images
from services.viewer.clips import clips
from services.viewer.stack import Clip
from services.viewer.viewing import Viewer
from storage.models import Study
from tests.dicom import ct_slice
from tests.factories import House
from tests.services.viewer.test_measurements import exam_of


def moving(number: int, frames: int, **others: object) -> object:
    dataset = ct_slice(number=number, NumberOfFrames=frames, **others)
    dataset.PixelData = dataset.PixelData * frames
    return dataset


def test_the_frame_time_and_the_cine_rate_of_an_object_are_its_speed(house: House) -> None:
    exam = exam_of(
        house,
        moving(1, 4, FrameTime=40),
        ct_slice(number=2),
        moving(3, 3, CineRate=12),
        moving(4, 2),
    )
    access = exam.access()
    images = Images(exam.portal)
    (series,) = exams.described(exam.portal, access).series
    stack = Viewer(exam.portal, images).stack(access, series)
    found = {clip.last - clip.first + 1: clip.rate for clip in stack.clips}
    assert found == {4: 25.0, 3: 12.0, 2: 0.0}
    for clip in stack.clips:
        frames = [series.slices[n].frame for n in range(clip.first, clip.last + 1)]
        assert frames == list(range(len(frames)))
        assert len({series.slices[n].instance_id for n in range(clip.first, clip.last + 1)}) == 1
    single = next(n for n in range(stack.slices) if stack.clip(n) not in stack.clips)
    assert stack.clip(single) == Clip(0, 9)


def test_another_exams_moving_pictures_are_not_looked_at(house: House) -> None:
    exam = exam_of(house, moving(1, 4), ct_slice(study="1.2.826.0.1.3680043.10.2"))
    (series,) = exams.described(exam.portal, exam.access()).series
    other = exam.access(exam.owner).study_id
    with exam.portal.reading() as db:
        foreign = db.execute(select(Study.id).where(Study.id != other)).scalars().one()
    access = exam.house.access(exam.owner, foreign)
    with pytest.raises(NotFound):
        clips(access, Images(exam.portal), series)
