"""Measurements as a DICOM SR: true, readable elsewhere, and only for those who may take them."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset

from services import access as decision
from services.access import Access
from services.errors import Expired, Invalid, NotAllowed
from services.exam.exams import Slice
from services.hiding.disguise import disguise
from services.pictures.frames import Images
from services.shares import sharing
from services.viewer import measurements
from services.viewer.annotation import Annotation, Kind, Shape
from services.viewer.measurement_export import Exporter, may_export
from tests.dicom import ct_slice, photograph
from tests.factories import House
from tests.services.viewer.test_measurements import Exam, exam_of

DRAWN = {
    Kind.LENGTH: ((10.0, 10.0), (40.0, 10.0)),
    Kind.ANGLE: ((10.0, 0.0), (0.0, 0.0), (0.0, 10.0)),
    Kind.RECTANGLE: ((30.0, 30.0), (34.0, 34.0)),
    Kind.ELLIPSE: ((34.0, 36.0), (30.0, 30.0)),
    Kind.PROBE: ((32.5, 32.5),),
    Kind.ARROW: ((1.0, 1.0), (5.0, 5.0)),
}


@pytest.fixture
def exam(house: House) -> Exam:
    return exam_of(house, ct_slice(number=1))


def draw(exam: Exam, access: Access) -> None:
    for kind, points in DRAWN.items():
        text = "words" if kind.worded else ""
        shape = Shape(kind, Slice(exam.image, 0), points, text)
        measurements.add(exam.portal, access, Annotation(str(kind), shape))


def export(exam: Exam, access: Access) -> bytes:
    return Exporter(exam.portal, Images(exam.portal)).export(access)


def groups(report: Dataset) -> dict[str, Dataset]:
    """The measurement groups by their tracking identifier."""
    found = {}
    for item in _all(report):
        if item.get("ConceptNameCodeSequence") and _name(item) == "Measurement Group":
            key = next(i.TextValue for i in item.ContentSequence
                       if _name(i) == "Tracking Identifier")  # fmt: skip
            found[str(key)] = item
    return found


def _name(item: Dataset) -> str:
    names = item.get("ConceptNameCodeSequence")
    return str(names[0].CodeMeaning) if names else ""


def _all(item: Dataset) -> list[Dataset]:
    below = list(item.get("ContentSequence", []))
    return below + [deeper for one in below for deeper in _all(one)]


def numbers(group: Dataset) -> list[tuple[str, float, str]]:
    """What a group measures: the derivation or else the name, value, unit."""
    found = []
    for item in group.ContentSequence:
        if item.ValueType == "NUM":
            derived = [i.ConceptCodeSequence[0].CodeMeaning for i in item.get("ContentSequence", [])
                       if i.ValueType == "CODE"]  # fmt: skip
            value = item.MeasuredValueSequence[0]
            unit = value.MeasurementUnitsCodeSequence[0].CodeValue
            found.append((derived[0] if derived else _name(item), float(value.NumericValue), unit))
    return found


def coordinates(group: Dataset) -> tuple[str, list[float]]:
    item = next(i for i in _all(group) if i.ValueType == "SCOORD")
    return item.GraphicType, [float(n) for n in item.GraphicData]


def test_the_report_says_what_was_measured_and_where(exam: Exam) -> None:
    draw(exam, exam.access())
    report = pydicom.dcmread(io.BytesIO(export(exam, exam.access())))
    assert report.ConceptNameCodeSequence[0].CodeMeaning == "Imaging Measurement Report"
    found = groups(report)
    assert set(found) == {"length", "angle", "rectangle", "ellipse", "probe"}
    assert numbers(found["length"]) == [("Length", 30.0, "mm")]
    assert coordinates(found["length"]) == ("POLYLINE", [10, 10, 40, 10])
    assert numbers(found["angle"]) == [("Angle", pytest.approx(90), "deg")]
    assert numbers(found["rectangle"]) == [
        ("Area", 16.0, "mm2"), ("Mean", 10.0, "[hnsf'U]"), ("Standard Deviation", 0.0, "[hnsf'U]"),
        ("Minimum", 10.0, "[hnsf'U]"), ("Maximum", 10.0, "[hnsf'U]"),
    ]  # fmt: skip
    assert coordinates(found["ellipse"]) == ("ELLIPSE", [32, 30, 32, 36, 30, 33, 34, 33])
    assert numbers(found["probe"]) == [("Attenuation Coefficient", 10.0, "[hnsf'U]")]


def test_the_report_belongs_to_the_exam_and_its_author(exam: Exam) -> None:
    draw(exam, exam.access())
    report = pydicom.dcmread(io.BytesIO(export(exam, exam.access())))
    image = ct_slice(number=1)
    assert report.StudyInstanceUID == image.StudyInstanceUID
    assert report.PatientID == image.PatientID
    referenced = report.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence[0]
    assert referenced.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == image.SOPInstanceUID
    observer = next(i for i in _all(report) if i.ValueType == "PNAME")
    assert observer.PersonName == "Frenchie^Chester"
    assert report.ContentDate == "20261102"
    assert report.ContentTime == "200000"  # 09:00 UTC in Sydney's summer


@pytest.mark.skipif(shutil.which("dsrdump") is None, reason="dcmtk is not on this machine")
def test_dcmtk_reads_the_report(exam: Exam, tmp_path: Path) -> None:
    draw(exam, exam.access())
    file = tmp_path / "measurements.dcm"
    file.write_bytes(export(exam, exam.access()))
    told = subprocess.run(["dsrdump", str(file)], check=False, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    assert "Measurement Group" in told.stdout
    assert not [line for line in told.stderr.splitlines() if line.startswith("E:")]


def test_names_keep_their_letters(house: House) -> None:
    image = ct_slice(number=1, SpecificCharacterSet="ISO_IR 100")
    image.PatientName = "MÜLLER^Jürg"
    exam = exam_of(house, image)
    draw(exam, exam.access())
    report = pydicom.dcmread(io.BytesIO(export(exam, exam.access())))
    assert str(report.PatientName) == "MÜLLER^Jürg"


def test_two_exports_are_two_objects(exam: Exam) -> None:
    draw(exam, exam.access())
    one, other = (pydicom.dcmread(io.BytesIO(export(exam, exam.access()))) for _ in range(2))
    assert one.SOPInstanceUID != other.SOPInstanceUID


def test_where_only_words_were_written_there_is_nothing_to_save(exam: Exam) -> None:
    with pytest.raises(Invalid, match="nothing"):
        export(exam, exam.access())
    shape = Shape(Kind.TEXT, Slice(exam.image, 0), ((1.0, 1.0),), "words")
    measurements.add(exam.portal, exam.access(), Annotation("a", shape))
    with pytest.raises(Invalid, match="nothing"):
        export(exam, exam.access())


def test_a_photograph_is_measured_in_pixels(house: House) -> None:
    exam = exam_of(house, photograph(study="1.2.3"))
    shape = Shape(Kind.LENGTH, Slice(exam.image, 0), ((0.0, 0.0), (30.0, 40.0)))
    measurements.add(exam.portal, exam.access(), Annotation("a", shape))
    report = pydicom.dcmread(io.BytesIO(export(exam, exam.access())))
    assert numbers(groups(report)["a"]) == [("Length", 50.0, "{pixels}")]


def test_where_details_are_hidden_the_file_is_about_the_copies(exam: Exam) -> None:
    access = exam.access(exam.guest(hide_details=True))
    draw(exam, access)
    report = pydicom.dcmread(io.BytesIO(export(exam, access)))
    original = ct_slice(number=1)
    told = str(report).lower()
    for trace in ("frenchie", "1958", "acc-1", "rosa", "riverbend", original.StudyInstanceUID):
        assert trace not in told
    worn = disguise(exam.portal, access)
    assert worn is not None
    assert report.StudyInstanceUID == worn.uid(original.StudyInstanceUID)
    assert worn.uid(original.SOPInstanceUID) in told
    assert report.PatientName == "HIDDEN"


def test_who_may_not_download_gets_no_file(exam: Exam) -> None:
    access = exam.access(exam.guest(may_download=False))
    draw(exam, access)
    assert not may_export(access)
    with pytest.raises(NotAllowed):
        export(exam, access)


def test_a_guest_saves_their_own_measurements_only(exam: Exam) -> None:
    draw(exam, exam.access())
    with pytest.raises(Invalid, match="nothing"):
        export(exam, exam.access(exam.guest()))


def test_after_a_revocation_nothing_can_be_saved(exam: Exam) -> None:
    access = exam.access(exam.guest())
    draw(exam, access)
    sharing.end(exam.portal, exam.owner, access.bases[0].number)
    with pytest.raises(Expired):
        export(exam, access)


def test_saving_is_recorded(exam: Exam) -> None:
    draw(exam, exam.access())
    export(exam, exam.access())
    events = exam.house.recorded("exam.measurements_saved")
    assert [(e.account_id, e.study_id) for e in events] == [(exam.owner, exam.study)]


def test_a_break_glass_account_saves_nothing(exam: Exam) -> None:
    guest = exam.guest()
    with exam.portal.transaction() as tx:
        from storage.models import Account

        tx.db.get_one(Account, guest).kind = "breakglass"
    access = decision.decide(exam.portal, guest, exam.study)
    draw(exam, access)
    with pytest.raises(NotAllowed):
        export(exam, access)
