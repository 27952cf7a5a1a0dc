"""The demonstration's exams, patient by patient."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np
import pydicom
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset

from imaging.phantom import texts
from imaging.phantom.body import Build
from imaging.phantom.brain import FIELD_OF_VIEW, Head
from imaging.phantom.fields import Field, noise, resized
from imaging.phantom.objects import (
    ISSUER,
    Exam,
    Person,
    ct_slice,
    mr_slice,
    photograph,
    radiograph,
    uid,
)
from imaging.phantom.radiographs import developed, hand, seen_through
from imaging.phantom.skin import mole
from imaging.phantom.texts import TextReport, report
from imaging.phantom.torso import Torso
from imaging.phantom.written import pdf_report, structured_report

CHESTER = Person("FRENCHIE^Chester", "DEMO-204417", "19580314", "M")
MATILDA = Person("OKAFOR^Matilda", "DEMO-318842", "19830722", "F")
POPPY = Person("FRENCHIE^Poppy", "DEMO-551903", "20160509", "F")
JOSE = Person("NÚÑEZ-O'BRIEN^José", "DEMO-770215", "19711201", "M")
PEOPLE = (CHESTER, MATILDA, POPPY, JOSE)


def _exam(
    person: Person, when: tuple[int, ...], modality: str, description: str, part: str
) -> Exam:
    moment = datetime(*when)  # type: ignore[arg-type]  # noqa: DTZ001, the local time a modality writes
    return Exam(
        person,
        f"{person.patient_id[5:]}{moment:%y%m%d}{modality}",
        moment,
        modality,
        description,
        part,
    )


PHOTO = _exam(CHESTER, (2019, 1, 4, 15, 51), "OT", "Photograph of a mole", "ARM")
CHEST_2020 = _exam(CHESTER, (2020, 9, 17, 8, 12), "CR", "Chest X-ray", "CHEST")
ABDOMEN = _exam(CHESTER, (2022, 3, 8, 13, 40), "CT", "CT abdomen with contrast", "ABDOMEN")
HEART = _exam(CHESTER, (2023, 6, 21, 10, 5), "US", "Ultrasound of the heart", "HEART")
BRAIN = _exam(CHESTER, (2024, 11, 12, 17, 30), "MR", "MR brain", "BRAIN")
CHEST_2025 = _exam(CHESTER, (2025, 7, 2, 9, 55), "DX", "Chest X-ray, two views", "CHEST")
STAR = _exam(CHESTER, (2026, 11, 3, 9, 20), "CT", "CT chest and abdomen with contrast", "CHEST")
HEAD = _exam(MATILDA, (2025, 2, 11, 22, 47), "CT", "CT head", "HEAD")
HAND = _exam(MATILDA, (2026, 5, 19, 16, 2), "CR", "X-ray of the right hand", "HAND")
WRIST = _exam(POPPY, (2026, 2, 2, 18, 26), "CR", "X-ray of the left wrist", "WRIST")
WORK = _exam(JOSE, (2024, 8, 30, 11, 15), "DX", "Chest X-ray", "CHEST")

REPORTS: tuple[TextReport, ...] = (
    report(PHOTO, "Photograph of a mole", *texts.MOLE),
    report(CHEST_2020, "Chest X-ray", *texts.CHEST_2020),
    report(HEART, "Ultrasound of the heart", *texts.ULTRASOUND),
    report(CHEST_2025, "Chest X-ray, two views", *texts.CHEST_2025),
    report(STAR, "CT chest and abdomen", *texts.STAR),
    report(HEAD, "CT head", *texts.HEAD),
    report(HAND, "X-ray of the right hand", *texts.HAND),
    report(WRIST, "X-ray of the left wrist", *texts.WRIST),
    report(WORK, "Chest X-ray", *texts.JOSE),
)
FULL, WIDE = 512, 400.0  # pixels and mm of a CT slice


def every_object() -> Iterator[Dataset]:
    """All objects, oldest exam of each patient first."""
    yield photograph(PHOTO, 1, "Left forearm", 1, mole(19))
    plain = Torso(Build(2026, contrast=0.0))
    front, side = seen_through(plain)
    yield radiograph(
        CHEST_2020,
        1,
        "Chest PA",
        1,
        developed(front, 1440, 1024, 20),
        0.2778,
        "PA",
        white_is_low=True,
    )
    chester = Torso(Build(2026))
    yield from _abdomen(chester)
    yield _ultrasound()
    yield from _brain()
    yield radiograph(
        CHEST_2025,
        1,
        "Chest PA",
        1,
        developed(front, 1600, 1138, 25),
        0.25,
        "PA",
        white_is_low=True,
    )
    yield radiograph(CHEST_2025, 2, "Chest lateral", 1, developed(side, 1600, 1138, 26), 0.25, "LL")
    yield from _star(chester, front)
    yield from _head()
    yield radiograph(HAND, 1, "Hand PA", 1, hand(31), 0.2, "PA", white_is_low=True)
    yield radiograph(
        WRIST, 1, "Wrist PA", 1, hand(32, child=True, buckle=True), 0.16, "PA", white_is_low=True
    )
    other, _ = seen_through(
        Torso(Build(77, width=158, depth=104, fat=11, contrast=0.0, nodule=False))
    )
    yield radiograph(WORK, 1, "Chest PA", 1, developed(other, 1600, 1138, 41), 0.25, "PA")


def _axial(slice_hu: Field, rng: np.random.Generator, sigma: float) -> Field:
    return resized(slice_hu, FULL, FULL) + noise(rng, FULL, sigma)


def _corner(z: float) -> tuple[float, float, float]:
    return -WIDE / 2 + WIDE / FULL / 2, -WIDE / 2 + WIDE / FULL / 2, z


def _abdomen(torso: Torso) -> Iterator[Dataset]:
    rng = np.random.default_rng(2022)
    for number in range(60):
        z = 236.0 - 4 * number
        hounsfield = _axial(torso.slice(z), rng, 13)
        yield ct_slice(
            ABDOMEN,
            2,
            "Abdomen 4.0 mm, portal venous",
            number + 1,
            hounsfield,
            _corner(z),
            WIDE / FULL,
            4.0,
        )
    lines = [
        "Patient: FRENCHIE, Chester, born 14 March 1958",
        "Exam: CT of the abdomen, 08 March 2022 13:40",
        "",
        "Clinical question:",
        "Pain in the upper abdomen.",
        "",
        "Findings:",
        "Sharply bordered cyst of 15 mm in the right lobe of the liver. Gallbladder, pancreas,",
        "spleen and kidneys are normal. No free fluid. Nodule of 8 mm of the right lung, in the",
        "upper lobe, seen on the scout only: please compare with a CT of the chest.",
        "",
        "Impression:",
        "1. Simple cyst of the liver.",
        "2. Nodule of the right lung, to be followed.",
        "",
        "Dr Ingrid Solheim, radiologist",
    ]
    yield pdf_report(ABDOMEN, 90, "Report: CT of the abdomen", lines)


def _star(torso: Torso, front: Field) -> Iterator[Dataset]:
    scout = resized(front, FULL, 364) * 480 - 900
    axes = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
    place = (-WIDE / 2, 0.0, 404.0)
    yield ct_slice(STAR, 1, "Scout", 1, scout, place, WIDE / FULL, 1.0, window=(0, 1800), axes=axes)
    rng = np.random.default_rng(2026)
    volume = []
    for number in range(160):
        z = 398.0 - 2.5 * number
        hounsfield = torso.slice(z)
        volume.append(hounsfield.astype(np.int16))
        yield ct_slice(
            STAR,
            2,
            "Chest and abdomen 2.5 mm, portal venous",
            number + 1,
            _axial(hounsfield, rng, 11),
            _corner(z),
            WIDE / FULL,
            2.5,
        )
    stack = np.array(volume)
    for number in range(80):
        row = 50 + 2 * number
        cut = resized(stack[:, row].astype(np.float32), FULL, FULL) + noise(rng, FULL, 8)
        place = (_corner(0)[0], -WIDE / 2 + (row + 0.5) * WIDE / 256, 398.0)
        yield ct_slice(
            STAR,
            3,
            "Coronal 3.0 mm",
            number + 1,
            cut,
            place,
            WIDE / FULL,
            3.0,
            axes=axes,
            derived=True,
        )


def _ultrasound() -> Dataset:
    """The clip of a beating heart that comes with pydicom, as this patient's."""
    path = get_testdata_file("examples_ybr_color.dcm", download=False)
    dataset = pydicom.dcmread(str(path))
    dataset.remove_private_tags()
    dataset.PatientName, dataset.PatientID = CHESTER.name, CHESTER.patient_id
    dataset.IssuerOfPatientID = ISSUER
    dataset.PatientBirthDate, dataset.PatientSex = CHESTER.born, CHESTER.sex
    dataset.StudyInstanceUID = HEART.study_uid
    dataset.SeriesInstanceUID = uid(HEART.key, 1)
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = uid(HEART.key, 1, 1)
    for name in ("Study", "Series", "Content", "Acquisition"):
        setattr(dataset, f"{name}Date", f"{HEART.when:%Y%m%d}")
        setattr(dataset, f"{name}Time", f"{HEART.when:%H%M%S}")
    dataset.AccessionNumber, dataset.StudyID = f"RB{HEART.when:%y%m%d%H%M}", HEART.key[:16]
    dataset.StudyDescription, dataset.SeriesDescription = (
        HEART.description,
        "Apical view",
    )
    dataset.SeriesNumber, dataset.InstanceNumber = 1, 1
    dataset.ReferringPhysicianName, dataset.InstitutionName = (
        HEART.referrer,
        "Riverbend District Hospital",
    )
    return dataset


def _brain() -> Iterator[Dataset]:
    head = Head(58, atrophy=1.25)
    rng = np.random.default_rng(2024)
    spacing = FIELD_OF_VIEW / 256
    corner = -FIELD_OF_VIEW / 2 + spacing / 2
    kinds = (("T1", (550.0, 12.0)), ("T2", (4200.0, 98.0)), ("FLAIR", (9000.0, 120.0)))
    for series, (weighting, echo) in enumerate(kinds, 2):
        for number in range(24):
            z = -46.0 + 5 * number
            signal = head.slice(z, weighting)
            grain = rng.normal(0, 13, (2, *signal.shape)).astype(np.float32)
            noisy = np.hypot(signal + grain[0], grain[1])  # magnitude images have Rician noise
            yield mr_slice(
                BRAIN,
                series,
                f"{weighting} axial",
                number + 1,
                noisy,
                (corner, corner, z),
                spacing,
                4.5,
                echo,
            )
    yield structured_report(
        BRAIN,
        90,
        "MR brain report",
        {
            "request": ["Dizziness for two months."],
            "technique": ["Axial T1, T2 and FLAIR of 4.5 mm, without contrast."],
            "findings": [
                "A few small bright spots in the white matter on FLAIR, usual at this age.",
                "Sulci and ventricles are slightly wide. No bleeding, no fresh infarct, no mass.",
                "Orbits and skull base are unremarkable.",
            ],
            "impression": ["No cause of the dizziness. Slight changes of small vessels."],
        },
    )


def _head() -> Iterator[Dataset]:
    head = Head(83, lesions=False, atrophy=0.85)
    rng = np.random.default_rng(2025)
    spacing = FIELD_OF_VIEW / FULL
    corner = -FIELD_OF_VIEW / 2 + spacing / 2
    for number in range(32):
        z = -52.0 + 4 * number
        hounsfield = resized(head.slice(z, "CT"), FULL, FULL) + noise(rng, FULL, 3.2)
        yield ct_slice(
            HEAD,
            2,
            "Head 4.0 mm",
            number + 1,
            hounsfield,
            (corner, corner, z),
            spacing,
            4.0,
            window=(38, 90),
        )
