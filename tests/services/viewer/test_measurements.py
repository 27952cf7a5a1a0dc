"""Measurements stay with the exam for their author, and for nobody else."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select

from imaging.phantom.measurable import MEASURES, SIZE, SPACING, measurable_phantom
from services import access as decision
from services.access import Access
from services.errors import Expired, Invalid, NotFound
from services.exam.exams import Slice
from services.glass import break_glass
from services.glass.break_glass import Wish
from services.pictures.frames import Images
from services.portal import Portal
from services.shares import sharing
from services.viewer import measurements
from services.viewer.annotation import Annotation, Kind, Shape
from services.viewer.measuring import Measuring, Reading
from storage.models import Instance, Patient, Series, Study
from tests.dicom import ct_slice, photograph, take_in
from tests.factories import QUICK_HASH, House

GUEST = "referrer@practice.example"


@dataclass
class Exam:
    house: House
    owner: int
    study: int
    image: int

    @property
    def portal(self) -> Portal:
        return self.house.portal

    def access(self, account: int | None = None) -> Access:
        return decision.decide(self.portal, account or self.owner, self.study)

    def guest(self, **options: object) -> int:
        self.house.share(self.owner, self.study, GUEST, **options)
        guest = self.house.account_id(GUEST)
        self.house.activate(guest)
        return guest

    def line(self, key: str = "line", **changed: object) -> Annotation:
        shape = Shape(Kind.LENGTH, Slice(self.image, 0), ((1.5, 2.25), (30.0, 2.25)))
        return Annotation(key, replace(shape, **changed))  # type: ignore[arg-type]


def exam_of(house: House, *datasets: object) -> Exam:
    take_in(house.portal, list(datasets))  # type: ignore[arg-type]
    with house.portal.reading() as db:
        patient = db.execute(select(Patient.id)).scalars().first()
        study = db.execute(select(Study.id)).scalars().first()
        image = db.execute(select(Instance.id)).scalars().first()
    assert patient is not None and study is not None and image is not None
    owner = house.account(kind="patient", name="Chester Frenchie", password_hash=QUICK_HASH)
    house.link(owner, patient)
    return Exam(house, owner, study, image)


@pytest.fixture
def exam(house: House) -> Exam:
    return exam_of(house, ct_slice(number=1))


Door = Callable[[Exam, Access], object]
DOORS: dict[str, Door] = {
    "listed": lambda exam, access: measurements.listed(exam.portal, access),
    "add": lambda exam, access: measurements.add(exam.portal, access, exam.line("new")),
    "change": lambda exam, access: measurements.change(exam.portal, access, exam.line()),
    "delete": lambda exam, access: measurements.delete(exam.portal, access, "line"),
    "save": lambda exam, access: measurements.save(exam.portal, access, (exam.line(),), ()),
    "read": lambda exam, access: Measuring(exam.portal, Images(exam.portal)).read(
        access, exam.line().shape
    ),
}
every_door = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)


def test_what_was_measured_is_there_the_next_time(exam: Exam) -> None:
    arrow = exam.line(
        "arrow", kind=Kind.ARROW, text="Is this <b>it</b>?", points=((0.0, 1.0), (2.5, 3.0))
    )
    for annotation in (exam.line(), arrow):
        measurements.add(exam.portal, exam.access(), annotation)
    assert measurements.listed(exam.portal, exam.access()) == (exam.line(), arrow)


def test_a_changed_measurement_is_there_as_changed_and_a_deleted_one_is_not(exam: Exam) -> None:
    access = exam.access()
    for key in ("a", "b"):
        measurements.add(exam.portal, access, exam.line(key))
    moved = exam.line("a", points=((0.0, 0.0), (5.0, 5.0)))
    measurements.change(exam.portal, access, moved)
    measurements.delete(exam.portal, access, "b")
    assert measurements.listed(exam.portal, access) == (moved,)
    measurements.add(exam.portal, access, exam.line("b"))  # an undo brings it back
    assert measurements.listed(exam.portal, access) == (moved, exam.line("b"))


def test_what_differs_is_saved(exam: Exam) -> None:
    access, moved = exam.access(), exam.line("b", points=((0.0, 0.0), (5.0, 5.0)))
    before = exam.line("a"), exam.line("b")
    measurements.save(exam.portal, access, (), before)
    now = moved, exam.line("c")
    measurements.save(exam.portal, access, before, now)
    assert measurements.listed(exam.portal, access) == now


def test_what_cannot_be_saved_as_a_whole_is_not_saved_at_all(exam: Exam) -> None:
    access, before = exam.access(), (exam.line("a"),)
    measurements.save(exam.portal, access, (), before)
    with pytest.raises(Invalid):
        measurements.save(exam.portal, access, before, (exam.line("b"), exam.line("c", points=())))
    assert measurements.listed(exam.portal, access) == before


def test_only_their_author_gets_measurements(exam: Exam) -> None:
    measurements.add(exam.portal, exam.access(), exam.line())
    guest = exam.access(exam.guest())
    assert measurements.listed(exam.portal, guest) == ()
    with pytest.raises(NotFound):
        measurements.change(exam.portal, guest, exam.line(points=((0.0, 0.0), (9.0, 9.0))))
    with pytest.raises(NotFound):
        measurements.delete(exam.portal, guest, "line")
    measurements.add(exam.portal, guest, exam.line())  # their own, by chance of the same key
    measurements.delete(exam.portal, guest, "line")
    assert measurements.listed(exam.portal, exam.access()) == (exam.line(),)


def test_a_stranger_gets_no_access_to_measure_with(exam: Exam) -> None:
    with pytest.raises(NotFound):
        exam.access(exam.house.account())


@every_door
def test_a_revoked_guest_neither_sees_nor_changes_measurements(exam: Exam, door: Door) -> None:
    access = exam.access(exam.guest())
    measurements.add(exam.portal, access, exam.line())
    sharing.end(exam.portal, exam.owner, access.bases[0].number)
    with pytest.raises(Expired, match="no longer shared"):
        door(exam, access)


@every_door
def test_after_its_time_a_share_shows_and_takes_no_measurements(exam: Exam, door: Door) -> None:
    access = exam.access(exam.guest(days=1))
    measurements.add(exam.portal, access, exam.line())
    exam.house.clock.move(days=2)
    with pytest.raises(Expired, match="over"):
        door(exam, access)


def test_measurements_are_back_when_the_exam_is_shared_again(exam: Exam) -> None:
    access = exam.access(exam.guest())
    measurements.add(exam.portal, access, exam.line())
    sharing.end(exam.portal, exam.owner, access.bases[0].number)
    again = exam.access(exam.guest())
    assert measurements.listed(exam.portal, again) == (exam.line(),)


def test_the_measurements_of_one_exam_are_out_of_reach_from_another(exam: Exam) -> None:
    measurements.add(exam.portal, exam.access(), exam.line())
    take_in(exam.portal, [ct_slice(study="1.2.3.9", StudyDate="20200301")])
    with exam.portal.reading() as db:
        other = db.execute(select(Study.id).where(Study.id != exam.study)).scalar_one()
    access = decision.decide(exam.portal, exam.owner, other)
    assert measurements.listed(exam.portal, access) == ()
    with pytest.raises(NotFound):
        measurements.delete(exam.portal, access, "line")
    with pytest.raises(NotFound):
        measurements.change(exam.portal, access, exam.line())
    with pytest.raises(NotFound, match="image"):
        measurements.add(exam.portal, access, exam.line("new"))
    with pytest.raises(NotFound):
        Measuring(exam.portal, Images(exam.portal)).read(access, exam.line().shape)


def test_who_broke_the_glass_measures_while_looking(exam: Exam) -> None:
    house = exam.house
    account = house.account(kind="breakglass", password_hash=QUICK_HASH)
    who = house.signed_in(account)
    house.step_up(who)
    break_glass.break_(exam.portal, who, Wish("Unconscious after a fall", accepted=True))
    hits = break_glass.search(
        exam.portal, who, last_name="FRENCHIE", first_name="Chester", born="14/03/1958"
    )
    break_glass.open_patient(exam.portal, who, hits[0], born=hits[0].born)
    access = exam.access(account)
    measurements.add(exam.portal, access, exam.line())
    assert measurements.listed(exam.portal, access) == (exam.line(),)
    break_glass.close(exam.portal, who)
    with pytest.raises(Expired):
        measurements.listed(exam.portal, access)


def test_that_somebody_measures_an_exam_is_recorded_once(exam: Exam) -> None:
    for key in ("a", "b"):
        measurements.add(exam.portal, exam.access(), exam.line(key))
    events = exam.house.recorded("exam.measured")
    assert [(e.account_id, e.study_id) for e in events] == [(exam.owner, exam.study)]


NAN = float("nan")


@pytest.mark.parametrize(
    "changed",
    [
        {"points": ((1.0, 1.0),)},
        {"points": ((1.0, 1.0), (NAN, 2.0))},
        {"points": ((1.0, 1.0), (1e9, 2.0))},
        {"text": "a length has no words"},
        {"kind": Kind.ARROW, "text": "x" * 201},
    ],
)
def test_what_is_not_whole_is_not_kept(exam: Exam, changed: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        measurements.add(exam.portal, exam.access(), exam.line(**changed))
    measurements.add(exam.portal, exam.access(), exam.line())
    with pytest.raises(Invalid):
        measurements.change(exam.portal, exam.access(), exam.line(**changed))
    assert measurements.listed(exam.portal, exam.access()) == (exam.line(),)


def test_a_measurement_stays_on_its_image_and_of_its_kind(exam: Exam) -> None:
    measurements.add(exam.portal, exam.access(), exam.line())
    for changed in ({"kind": Kind.RECTANGLE}, {"where": Slice(exam.image + 1, 0)}):
        with pytest.raises(Invalid):
            measurements.change(exam.portal, exam.access(), exam.line(**changed))


def test_a_frame_that_an_image_does_not_have_cannot_be_measured(exam: Exam) -> None:
    for where in (Slice(exam.image, 1), Slice(exam.image, -1), Slice(exam.image + 99, 0)):
        with pytest.raises(NotFound):
            measurements.add(exam.portal, exam.access(), exam.line(where=where))


def test_the_same_key_is_kept_once(exam: Exam) -> None:
    measurements.add(exam.portal, exam.access(), exam.line())
    with pytest.raises(Invalid):
        measurements.add(exam.portal, exam.access(), exam.line())


def test_an_exam_carries_only_so_many(exam: Exam, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measurements, "MOST", 2)
    for key in ("a", "b"):
        measurements.add(exam.portal, exam.access(), exam.line(key))
    with pytest.raises(Invalid, match="delete"):
        measurements.add(exam.portal, exam.access(), exam.line("c"))


# what they say


def reading(exam: Exam, kind: Kind, *points: tuple[float, float], **options: object) -> Reading:
    access = exam.access(exam.guest(**options) if options else None)
    shape = Shape(kind, Slice(exam.image, 0), points)
    return Measuring(exam.portal, Images(exam.portal)).read(access, shape)


def test_readings_of_a_ct_are_in_millimetres_and_hounsfield(exam: Exam) -> None:
    with exam.portal.reading() as db:
        assert db.execute(select(Series.modality)).scalar_one() == "CT"
    spacing = float(ct_slice(number=1).PixelSpacing[0])
    assert reading(exam, Kind.LENGTH, (10, 10), (40, 10)) == Reading((f"{30 * spacing:.1f} mm",))
    assert reading(exam, Kind.ANGLE, (10, 0), (0, 0), (0, 10)) == Reading(("90.0 °",))
    assert reading(exam, Kind.PROBE, (32.5, 32.5)).lines[0].endswith(" HU")
    area, mean, extent = reading(exam, Kind.RECTANGLE, (30, 30), (34, 34)).lines
    assert area == f"area {16 * spacing * spacing:.1f} mm²"
    assert mean == "mean 10.0 ± 0.0 HU"
    assert extent == "10 to 10 HU"


def test_the_phantom_is_as_long_and_as_dense_as_it_was_made(house: House) -> None:
    exam = exam_of(house, *measurable_phantom())

    def at(x: float, y: float) -> tuple[float, float]:
        return x / SPACING + SIZE / 2, y / SPACING + SIZE / 2

    first, second = MEASURES.rods[:2]
    assert reading(exam, Kind.LENGTH, at(*first), at(*second)).lines == ("70.0 mm",)
    assert reading(exam, Kind.ANGLE, *[at(*rod) for rod in MEASURES.rods]).lines == ("90.0 °",)
    for x, y, radius, hounsfield in MEASURES.cylinders:
        inside = at(x - radius + 2, y - radius + 2), at(x + radius - 2, y + radius - 2)
        area, mean, extent = reading(exam, Kind.ELLIPSE, *inside).lines
        assert area == f"area {math.pi * (radius - 2) ** 2:.1f} mm²"
        assert mean == f"mean {hounsfield:.1f} ± 0.0 HU"
        assert extent == f"{hounsfield} to {hounsfield} HU"


def test_readings_of_a_photograph_are_in_pixels_and_say_so(house: House) -> None:
    exam = exam_of(house, photograph(study="1.2.3"))
    found = reading(exam, Kind.LENGTH, (0, 0), (30, 40))
    assert found.lines == ("50.0 px",)
    assert "does not say" in found.note
    assert reading(exam, Kind.PROBE, (3, 3)).lines == ("colour 200, 0, 0",)
    assert reading(exam, Kind.ELLIPSE, (0, 0), (10, 10)).lines == ("area 78.5 px²",)


def test_an_image_that_is_withheld_is_not_measured(house: House) -> None:
    exam = exam_of(house, photograph(study="1.2.3"))
    for kind, points in ((Kind.PROBE, [(3, 3)]), (Kind.LENGTH, [(0, 0), (30, 40)])):
        found = reading(exam, kind, *points, hide_details=True)
        assert found.lines == ()
        assert found.note


def test_a_point_beside_the_image_has_no_value(exam: Exam) -> None:
    assert reading(exam, Kind.PROBE, (-3, 5)) == Reading((), "outside the image")


def test_an_arrow_says_what_its_author_wrote(exam: Exam) -> None:
    shape = Shape(Kind.ARROW, Slice(exam.image, 0), ((1, 1), (2, 2)), "Here\nor there")
    found = Measuring(exam.portal, Images(exam.portal)).read(exam.access(), shape)
    assert found == Reading(("Here", "or there"))
