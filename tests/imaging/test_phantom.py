"""The demonstration's exams: complete, the same every time, and plausible."""

from __future__ import annotations

import hashlib
import io
import itertools
from datetime import datetime

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from imaging import phantom
from imaging.description import describe
from imaging.phantom.body import Build
from imaging.phantom.exams import PEOPLE, STAR, every_object
from imaging.phantom.measurable import MEASURES
from imaging.phantom.torso import NODULE, Torso


@pytest.fixture(scope="module")
def objects() -> list[Dataset]:
    return list(every_object())


def as_file(dataset: Dataset) -> bytes:
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, dataset, enforce_file_format=True)
    return buffer.getvalue()


def test_chester_has_exams_of_many_kinds_over_years(objects: list[Dataset]) -> None:
    exams = {
        (o.StudyDate, o.Modality) for o in objects if o.PatientID == "DEMO-204417"
    }  # fmt: skip
    kinds = {modality for _, modality in exams}
    assert {"CT", "MR", "CR", "DX", "US", "OT", "SR", "DOC"} <= kinds
    years = sorted(int(day[:4]) for day, _ in exams)
    assert years[-1] - years[0] >= 6


def test_the_newest_exam_has_a_series_worth_scrolling(objects: list[Dataset]) -> None:
    axial = [o for o in objects if o.StudyInstanceUID == STAR.study_uid and o.SeriesNumber == 2]
    assert len(axial) >= 120
    heights = [float(o.ImagePositionPatient[2]) for o in axial]
    assert {round(a - b, 4) for a, b in itertools.pairwise(heights)} == {2.5}
    assert datetime.strptime(axial[0].StudyDate, "%Y%m%d").year == 2026  # noqa: DTZ007


def test_every_object_is_a_complete_file_and_every_image_can_be_shown(
    objects: list[Dataset],
) -> None:
    seen = set()
    for dataset in objects[::7] + objects[-4:]:
        data = as_file(dataset)
        read = pydicom.dcmread(io.BytesIO(data))
        assert read.PatientID in {person.patient_id for person in PEOPLE}
        assert read.IssuerOfPatientID == "DEMO"
        seen.add(read.Modality)
        if "Rows" in read:
            assert describe(read, data).rows > 0
    assert "CT" in seen


def test_no_two_objects_have_the_same_uid(objects: list[Dataset]) -> None:
    assert len({o.SOPInstanceUID for o in objects}) == len(objects)


def test_it_is_the_same_every_time(objects: list[Dataset]) -> None:
    again = list(itertools.islice(every_object(), 3))
    for first, second in zip(objects, again, strict=False):
        assert hashlib.sha256(as_file(first)).digest() == hashlib.sha256(as_file(second)).digest()


def test_every_exam_has_a_report(objects: list[Dataset]) -> None:
    reported = {report.study_instance_uid for report in phantom.text_reports()}
    reported |= {o.StudyInstanceUID for o in objects if o.Modality in ("SR", "DOC")}
    assert {o.StudyInstanceUID for o in objects} == reported


def test_tissues_have_the_values_they_should() -> None:
    torso = Torso(Build(2026))
    liver, chest = torso.slice(170.0), torso.slice(300.0)
    assert abs(float(liver[0, 0]) + 1000) < 1
    assert 90 < float(np.median(liver[100:140, 70:95])) < 130
    assert -920 < float(np.median(chest[120:140, 75:90])) < -780
    with_it, without = torso.slice(NODULE[2]), Torso(Build(2026, nodule=False)).slice(NODULE[2])
    assert float((with_it - without).max()) > 300


def test_the_measurable_phantom_holds_its_truth() -> None:
    slices = phantom.measurable_phantom()
    pixels = pydicom.dcmread(io.BytesIO(as_file(slices[0]))).pixel_array.astype(int) - 1024
    middle = (pixels.shape[0] - 1) / 2
    for x, y, _, hounsfield in MEASURES.cylinders:
        assert pixels[round(middle + y / 0.7), round(middle + x / 0.7)] == hounsfield
    assert MEASURES.rod_distance == 70
