"""Key images: own marks for their author alone, documents for all who see the exam."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from sqlalchemy import select

from imaging.key_objects import KEY_OBJECT_SELECTION
from services.errors import Expired, Invalid, NotFound
from services.exam import key_images
from services.exam.exams import Slice
from services.exam.key_images import KeyMark
from services.shares import sharing
from storage.models import Instance
from tests.dicom import ct_slice, take_in
from tests.factories import House
from tests.imaging.test_key_objects import OF_INTEREST, image, selection, text
from tests.services.viewer.test_measurements import Exam, exam_of

STUDY = "1.2.826.0.1.3680043.10.1"
OTHER = "1.2.826.0.1.3680043.10.2"


def document(*items: Dataset, number: int = 1) -> Dataset:
    """A key object selection of Chester's exam."""
    dataset = ct_slice(number=900 + number, series=f"{STUDY}.9")
    for keyword in ("PixelData", "Rows", "Columns"):
        delattr(dataset, keyword)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = KEY_OBJECT_SELECTION
    dataset.Modality, dataset.ValueType = "KO", "CONTAINER"
    chosen = selection(OF_INTEREST, *items)
    dataset.ConceptNameCodeSequence = chosen.ConceptNameCodeSequence
    dataset.ContentSequence = Sequence(chosen.ContentSequence)
    return dataset


@pytest.fixture
def exam(house: House) -> Exam:
    return exam_of(house, ct_slice(number=1), ct_slice(number=2), ct_slice(study=OTHER))


def first(exam: Exam) -> Slice:
    return Slice(exam.image, 0)


def test_a_marked_image_is_there_the_next_time_and_once(exam: Exam) -> None:
    for _ in range(2):
        key_images.mark(exam.portal, exam.access(), first(exam))
    assert key_images.listed(exam.portal, exam.access()) == (KeyMark(first(exam), own=True),)


def test_a_mark_is_taken_off_again(exam: Exam) -> None:
    key_images.mark(exam.portal, exam.access(), first(exam))
    for _ in range(2):
        key_images.unmark(exam.portal, exam.access(), first(exam))
    assert key_images.listed(exam.portal, exam.access()) == ()


def test_nobody_else_sees_or_takes_off_a_mark(exam: Exam) -> None:
    key_images.mark(exam.portal, exam.access(), first(exam))
    guest = exam.access(exam.guest())
    assert key_images.listed(exam.portal, guest) == ()
    key_images.unmark(exam.portal, guest, first(exam))
    assert key_images.listed(exam.portal, exam.access()) == (KeyMark(first(exam), own=True),)


def test_only_images_of_the_exam_are_marked(exam: Exam) -> None:
    with exam.portal.reading() as db:
        foreign = db.execute(select(Instance.id).order_by(Instance.id.desc())).scalars().first()
    assert foreign is not None
    for where in (Slice(foreign, 0), Slice(exam.image, 1), Slice(exam.image, -1), Slice(9999, 0)):
        with pytest.raises(NotFound):
            key_images.mark(exam.portal, exam.access(), where)


def test_marks_end_with_the_access(exam: Exam) -> None:
    access = exam.access(exam.guest())
    key_images.mark(exam.portal, access, first(exam))
    sharing.end(exam.portal, exam.owner, access.bases[0].number)
    for door in (
        lambda: key_images.listed(exam.portal, access),
        lambda: key_images.mark(exam.portal, access, first(exam)),
        lambda: key_images.unmark(exam.portal, access, first(exam)),
    ):
        with pytest.raises(Expired):
            door()


def test_an_exam_carries_so_many_marks_and_no_more(
    exam: Exam, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_images, "MOST", 0)
    with pytest.raises(Invalid, match="take some marks off"):
        key_images.mark(exam.portal, exam.access(), first(exam))


def test_what_a_document_chose_all_who_see_the_exam_may_see(exam: Exam) -> None:
    take_in(exam.portal, [document(text("The nodule"), image(f"{STUDY}.1.1"))])
    chosen = KeyMark(first(exam), own=False, why="Of Interest: The nodule")
    assert key_images.listed(exam.portal, exam.access()) == (chosen,)
    assert key_images.listed(exam.portal, exam.access(exam.guest())) == (chosen,)


def test_a_document_chooses_no_image_of_another_exam_and_no_frame_that_is_not_there(
    exam: Exam,
) -> None:
    take_in(exam.portal, [document(image(f"{OTHER}.1.1"), image(f"{STUDY}.1.1", [5]))])
    assert key_images.listed(exam.portal, exam.access()) == ()


def test_hidden_details_stay_hidden_in_what_a_document_says(exam: Exam) -> None:
    take_in(exam.portal, [document(text("Mr FRENCHIE Chester, seen by me"), image(f"{STUDY}.1.1"))])
    guest = exam.access(exam.guest(hide_details=True))
    assert guest.hidden
    (told,) = key_images.listed(exam.portal, guest)
    assert "FRENCHIE" not in told.why and "Chester" not in told.why


def test_a_document_that_cannot_be_read_hides_no_other(exam: Exam) -> None:
    take_in(exam.portal, [document(image(f"{STUDY}.1.1")), document(number=2)])
    assert [mark.where for mark in key_images.listed(exam.portal, exam.access())] == [first(exam)]
