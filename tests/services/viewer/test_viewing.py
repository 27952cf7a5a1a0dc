"""What a viewer gets of an exam, and what it does not."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset
from sqlalchemy import select, update

from services import access as decision
from services.access import Access
from services.errors import Expired, NotFound
from services.exam import exam_list, exams, reports
from services.exam.exams import Exam, SeriesEntry
from services.pictures.frames import Images
from services.shares import sharing
from services.viewer.demand import Screen
from services.viewer.view_events import GoTo, Invert, Magnify, Resize, SetWindow
from services.viewer.view_state import ViewState
from services.viewer.viewing import Picture, Viewer
from storage.models import Instance, Patient, Study
from tests.dicom import ct_slice, photograph, take_in
from tests.factories import House

GUEST = "referrer@practice.example"


@dataclass
class Room:
    house: House
    viewer: Viewer
    owner: int
    study: int

    def exam(self, account: int | None = None) -> Exam:
        access = decision.decide(self.house.portal, account or self.owner, self.study)
        return exams.open_exam(self.house.portal, access)

    def guest(self, **options: object) -> int:
        self.house.share(self.owner, self.study, GUEST, **options)
        guest = self.house.account_id(GUEST)
        self.house.activate(guest)
        return guest


@pytest.fixture
def room(house: House) -> Room:
    take_in(house.portal, [ct_slice(number=n) for n in (3, 1, 2)])
    take_in(house.portal, [ct_slice(study="1.2.3.9", StudyDate="20200301")])
    with house.portal.reading() as db:
        patient = db.execute(select(Patient.id)).scalar_one()
        study = db.execute(select(Study.id).order_by(Study.performed_at.desc())).scalars().first()
    owner = house.account(kind="patient", name="Chester Frenchie")
    house.link(owner, patient)
    assert study is not None
    return Room(house, Viewer(house.portal, Images(house.portal)), owner, study)


def view(room: Room, access: Access, series: SeriesEntry, number: int = 0) -> ViewState:
    stack = room.viewer.stack(access, series)
    return ViewState.start(stack, slice=number).after(Resize(600, 600))


def pixels(picture: Picture) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture.data)).convert("L"))


def test_an_exam_is_titled_as_on_the_leaflet(room: Room) -> None:
    assert room.exam().title == "FRENCHIE, Chester - CT 03 October 2026 09:20"


def test_slices_come_in_their_order_in_the_patient(room: Room) -> None:
    exam = room.exam()
    series = exam.series[0]
    levels = []
    for number in range(3):
        state = view(room, exam.access, series, number)
        levels.append(int(pixels(room.viewer.resting(exam.access, series, state))[32, 32]))
    assert levels == sorted(levels)
    assert len(set(levels)) == 3


def test_a_resting_picture_is_exact_and_a_moving_one_close(room: Room) -> None:
    exam = room.exam()
    series = exam.series[0]
    state = view(room, exam.access, series)
    resting = room.viewer.resting(exam.access, series, state)
    moving = room.viewer.moving(exam.access, series, state)
    assert (resting.media_type, resting.lossy) == ("image/png", False)
    assert (moving.media_type, moving.lossy) == ("image/jpeg", True)
    # slice 1 is 10 HU on air, window 400 at 40: (10 - 39.5) / 399 + 0.5 of 255
    assert pixels(resting)[32, 32] == round(((10 - 39.5) / 399 + 0.5) * 255)
    assert pixels(resting)[0, 0] == 0
    difference = pixels(resting).astype(int) - pixels(moving).astype(int)
    assert abs(difference).mean() < 3


def test_window_and_inversion_change_the_picture(room: Room) -> None:
    exam = room.exam()
    series = exam.series[0]
    state = view(room, exam.access, series)
    assert state.window is not None
    bright = state.after(SetWindow(replace(state.window, center=-500.0)))
    assert pixels(room.viewer.resting(exam.access, series, bright))[32, 32] == 255
    inverted = state.after(Invert())
    assert pixels(room.viewer.resting(exam.access, series, inverted))[0, 0] == 255


def test_presets_offer_the_files_window_first(room: Room) -> None:
    exam = room.exam()
    presets = room.viewer.presets(exam.access, exam.series[0])
    assert (presets[0].center, presets[0].width) == (40, 400)
    assert "Lung" in [preset.name for preset in presets]


def test_corners_tell_image_and_window(room: Room) -> None:
    exam = room.exam()
    state = view(room, exam.access, exam.series[0]).after(GoTo(1))
    corners = room.viewer.corner_texts(exam.access, exam.series[0], state)
    assert "Image 2 of 3" in corners["bottom_left"]
    assert "Window 400 at 40" in corners["bottom_right"][0]
    assert room.viewer.orientation(exam.access, exam.series[0], state) == ("R", "L", "A", "P")


def test_the_newest_exam_is_the_one_performed_last(room: Room) -> None:
    newest = exams.newest(room.house.portal, room.owner)
    assert newest is not None
    assert newest.study_id == room.study


def test_priors_are_listed_with_how_long_ago(room: Room) -> None:
    prior = room.exam().priors[0]
    assert prior.label == "CT 01 March 2020 09:20"
    assert prior.age == "6 years earlier"


def test_a_guest_with_one_exam_sees_no_priors(room: Room) -> None:
    exam = room.exam(room.guest())
    assert exam.priors == ()
    assert len(exam_list.listed(room.house.portal, exam.access.account_id)) == 1


def test_hidden_details_are_nowhere_in_what_a_guest_gets(room: Room) -> None:
    exam = room.exam(room.guest(hide_details=True, portfolio=True))
    listed = exam_list.listed(room.house.portal, exam.access.account_id)
    told = repr((exam.title, exam.page_title, exam.patient_line, exam.description, exam.series,
                 exam.reports, exam.priors, listed))  # fmt: skip
    for detail in ("frenchie", "chester", "1958", "P1'", "acc-1", "rosa", "riverbend", "1.2.826"):
        assert detail not in told.lower()
    assert exam.patient_line == "68 years at the exam"
    assert exam.title == "Patient details hidden - CT 03 October 2026 09:20"


def test_a_photograph_is_withheld_where_details_are_hidden(house: House) -> None:
    take_in(house.portal, [photograph(study="1.2.3.4")])
    with house.portal.reading() as db:
        patient, study = db.execute(select(Patient.id)).scalar_one(), db.execute(
            select(Study.id)
        ).scalar_one()  # fmt: skip
    owner = house.account(kind="patient")
    house.link(owner, patient)
    room = Room(house, Viewer(house.portal, Images(house.portal)), owner, study)
    own = room.exam()
    picture = room.viewer.moving(own.access, own.series[0], view(room, own.access, own.series[0]))
    assert picture.note == ""
    exam = room.exam(room.guest(hide_details=True))
    state = view(room, exam.access, exam.series[0])
    for way in (room.viewer.moving, room.viewer.resting):
        withheld = way(exam.access, exam.series[0], state)
        assert withheld.note
        assert pixels(withheld).max() < 40
    assert pixels(room.viewer.thumbnail(exam.access, exam.series[0])).max() < 40


def test_after_a_revocation_every_way_in_is_closed(room: Room) -> None:
    guest = room.guest()
    exam = room.exam(guest)
    series = exam.series[0]
    state = view(room, exam.access, series)
    basis = exam.access.bases[0]
    sharing.end(room.house.portal, room.owner, basis.number)
    for way in (room.viewer.moving, room.viewer.resting):
        with pytest.raises(Expired, match="no longer shared"):
            way(exam.access, series, state)
    for other in (room.viewer.stack, room.viewer.presets, room.viewer.thumbnail):
        with pytest.raises(Expired):
            other(exam.access, series)
    with pytest.raises(Expired):
        room.viewer.corner_texts(exam.access, series, state)
    with pytest.raises(Expired):
        room.viewer.read_ahead(exam.access, series, state, 2, Screen())
    with pytest.raises(Expired):
        reports.listed(room.house.portal, exam.access)
    with pytest.raises(Expired):
        exams.open_exam(room.house.portal, exam.access)


def test_when_the_time_is_over_every_way_in_is_closed(room: Room) -> None:
    exam = room.exam(room.guest(days=1))
    state = view(room, exam.access, exam.series[0])
    room.house.clock.move(days=2)
    with pytest.raises(Expired, match="over"):
        room.viewer.moving(exam.access, exam.series[0], state)


def test_a_series_of_another_exam_cannot_be_slipped_in(room: Room) -> None:
    own = room.exam()
    other_access = decision.decide(room.house.portal, room.owner, _other_study(room))
    other = exams.open_exam(room.house.portal, other_access)
    with pytest.raises(NotFound):
        room.viewer.stack(own.access, other.series[0])


def test_a_text_report_is_read_and_the_look_recorded(room: Room) -> None:
    portal = room.house.portal
    with portal.reading() as db:
        uid = db.get_one(Study, room.study).study_uid
    reports.add_text(
        portal, uid, title="CT chest", text="Chester Frenchie was seen.\n\nNo change.",
        author="Dr Rosa Referrer", dated=room.house.clock().replace(tzinfo=None),
    )  # fmt: skip
    exam = room.exam()
    shown = reports.read(portal, exam.access, exam.reports[0].report_id)
    assert shown.document is not None
    assert len(shown.document.blocks) == 2
    guest = room.exam(room.guest(hide_details=True))
    hidden = reports.read(portal, guest.access, guest.reports[0].report_id)
    assert "Chester" not in repr(hidden.document)
    assert "Rosa" not in repr(hidden)
    with pytest.raises(NotFound):
        other = decision.decide(portal, room.owner, _other_study(room))
        reports.read(portal, other, exam.reports[0].report_id)


def _other_study(room: Room) -> int:
    with room.house.portal.reading() as db:
        return db.execute(select(Study.id).where(Study.id != room.study)).scalar_one()


def test_images_described_by_an_older_version_are_described_again(room: Room) -> None:
    exam = room.exam()
    with room.house.portal.transaction() as work:
        work.db.execute(update(Instance).values(description=b"of an older version"))
    state = view(room, exam.access, exam.series[0])
    assert room.viewer.resting(exam.access, exam.series[0], state).note == ""
    with room.house.portal.reading() as db:
        kept = db.execute(select(Instance.description)).scalars().all()
    assert any(description.startswith(b"MIv") for description in kept)


def test_one_window_of_the_whole_series_where_the_files_propose_none(room: Room) -> None:
    def slice_of(number: int) -> Dataset:
        made = ct_slice(study="1.2.3.8", number=number, StudyDate="20300101", Modality="MR")
        del made.WindowCenter, made.WindowWidth, made.RescaleIntercept, made.RescaleSlope
        if number == 3:  # the middle one is empty
            made.PixelData = bytes(len(made.PixelData))
        return made

    take_in(room.house.portal, [slice_of(number) for number in range(1, 6)])
    newest = exams.newest(room.house.portal, room.owner)
    assert newest is not None
    access = decision.decide(room.house.portal, room.owner, newest.study_id)
    series = exams.open_exam(room.house.portal, access).series[0]
    window = view(room, access, series).window
    assert window is not None
    assert 900 < window.center + window.width / 2 < 1100
    offered = room.viewer.presets(access, series)
    assert [preset.name for preset in offered] == ["Automatic", "Whole range"]
    assert offered[0].width == window.width


def test_a_corner_tells_what_is_not_shown_as_stored(room: Room) -> None:
    picture = photograph(study="1.2.3.7")
    picture.StudyDate = "20310101"
    picture.ICCProfile = b"a profile without a name"
    take_in(room.house.portal, [picture])
    newest = exams.newest(room.house.portal, room.owner)
    assert newest is not None
    access = decision.decide(room.house.portal, room.owner, newest.study_id)
    series = exams.open_exam(room.house.portal, access).series[0]
    corners = room.viewer.corner_texts(access, series, view(room, access, series))
    assert any("profile is not applied" in line for line in corners["bottom_left"])


def mammogram(**others: object) -> Dataset:
    """A large image of one slice, with a bright bar in it."""
    dataset = ct_slice(study="1.2.3.44", size=1600, StudyDate="20260401")
    for keyword, value in others.items():
        setattr(dataset, keyword, value)
    return dataset


def large(room: Room, **others: object) -> tuple[Access, SeriesEntry, ViewState]:
    take_in(room.house.portal, [mammogram(**others)])
    with room.house.portal.reading() as db:
        study = db.execute(select(Study.id).where(Study.study_uid == "1.2.3.44")).scalar_one()
    access = decision.decide(room.house.portal, room.owner, study)
    (series,) = exams.open_exam(room.house.portal, access).series
    return access, series, view(room, access, series)


def size(picture: Picture) -> tuple[int, int]:
    return Image.open(io.BytesIO(picture.data)).size


def test_a_large_image_is_drawn_in_no_more_pixels_than_are_on_screen(room: Room) -> None:
    access, series, state = large(room)
    for zoom in (1.0, 2.0, 8.0):
        zoomed = state.after(Magnify(zoom))
        for picture, most in (
            (room.viewer.resting(access, series, zoomed), 604),
            (room.viewer.moving(access, series, zoomed), 604 * 1.26),
        ):
            assert max(size(picture)) <= most


def test_a_moving_and_a_resting_picture_show_the_same(room: Room) -> None:
    access, series, state = large(room)
    moving = room.viewer.moving(access, series, state)
    resting = room.viewer.resting(access, series, state)
    assert moving.region == resting.region
    assert size(moving) == size(resting)
    assert np.abs(pixels(moving).astype(int) - pixels(resting)).mean() < 2


def test_what_was_stored_with_loss_is_marked_at_rest_too(room: Room) -> None:
    access, series, state = large(room, LossyImageCompression="01")
    assert room.viewer.resting(access, series, state).lossy


def test_a_large_image_at_rest_is_not_called_lossy(room: Room) -> None:
    access, series, state = large(room)
    assert not room.viewer.resting(access, series, state).lossy
    assert room.viewer.moving(access, series, state).lossy


def test_what_was_read_ahead_is_there_when_it_is_asked_for(room: Room) -> None:
    exam = room.exam()
    series = exam.series[0]
    state = view(room, exam.access, series)
    cache = room.house.portal.pixels
    before = cache.used
    room.viewer.read_ahead(exam.access, series, state, 2, Screen())
    read = cache.used
    assert read > before
    room.viewer.moving(exam.access, series, view(room, exam.access, series, 2))
    assert cache.used == read
