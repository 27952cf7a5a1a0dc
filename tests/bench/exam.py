"""What both sides are measured with: a phantom's CT, the same to the last bit every time."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset

from imaging.phantom.body import Build
from imaging.phantom.fields import noise, resized
from imaging.phantom.objects import ISSUER, Exam, Person, ct_slice
from imaging.phantom.torso import Torso
from tests.bench.figures import say

SIZE, WIDE = 512, 400.0  # pixels, mm
THICKNESS = 1.3
PATIENT = Person("BENCH^Benedict", "BENCH-1", "19700101", "M")
PATIENT_KEY = f"{ISSUER}|{PATIENT.patient_id}"
VERSION = 1  # of the pixels below; another number makes a new folder


@dataclass(frozen=True)
class Study:
    """An exam as files, in slice order."""

    exam: Exam
    files: tuple[Path, ...]

    @property
    def uid(self) -> str:
        return str(self.exam.study_uid)

    @property
    def series_uid(self) -> str:
        return str(_header(self.files[0]).SeriesInstanceUID)

    def instance_uids(self) -> list[str]:
        """SOP Instance UIDs in slice order."""
        return [str(_header(file).SOPInstanceUID) for file in self.files]


def long_ct() -> Study:
    """300 slices of 512 × 512, 16 bits allocated, from the shoulders to the hips."""
    return _study("long", 300)


def short_ct() -> Study:
    """The first 50 slices of it, as an exam of their own."""
    return _study("short", 50)


def one_slice() -> Study:
    """One slice as an exam of its own: opening it brings a viewer's program into the cache."""
    return _study("single", 1)


def _study(key: str, slices: int) -> Study:
    when = datetime(2026, 10, 1, 8, slices % 60)  # noqa: DTZ001, as a modality writes it
    exam = Exam(PATIENT, f"bench {key}", when, "CT", f"CT of {slices} slices", "CHEST")
    folder = Path(tempfile.gettempdir()) / f"my-imaging-bench-{VERSION}" / key
    if not folder.is_dir():
        say(f"drawing {slices} slices into {folder}")
        shutil.rmtree(partial := folder.with_name(f"{key}.part"), ignore_errors=True)
        partial.mkdir(parents=True)
        for number, dataset in enumerate(_slices(exam, slices), 1):
            pydicom.dcmwrite(partial / f"{number:04d}.dcm", dataset, enforce_file_format=True)
        partial.rename(folder)
    return Study(exam, tuple(sorted(folder.glob("*.dcm"))))


def _slices(exam: Exam, count: int) -> Iterator[Dataset]:
    torso, rng = Torso(Build(2026)), np.random.default_rng(300)
    corner = -WIDE / 2 + WIDE / SIZE / 2
    for number in range(count):
        z = 396.0 - THICKNESS * number
        values = resized(torso.slice(z), SIZE, SIZE) + noise(rng, SIZE, 11)
        place = (corner, corner, z)
        yield ct_slice(exam, 1, "Axial", number + 1, values, place, WIDE / SIZE, THICKNESS)


def _header(file: Path) -> Dataset:
    return pydicom.dcmread(file, stop_before_pixels=True)
