"""Beside the image: its heading, what was looked at, what is announced, what is explained."""

from __future__ import annotations

from dataclasses import replace

import pytest

from imaging.grayscale import Window
from services.exam import exam_heading, explanations
from services.exam.reading_progress import Progress
from services.exam.report_status import Stage, report_status
from services.viewer.announcement import announcement
from services.viewer.view_events import Flip, GoTo, Invert, Magnify, Resize, Rotate, SetWindow
from services.viewer.view_state import Stack, ViewState
from tests.factories import House

WINDOW = Window(40, 400)
STACK = Stack(series_id=7, slices=120, columns=512, rows=512, aspect=1.0, window=WINDOW)
VIEW = ViewState.start(STACK, slice=40).after(Resize(600, 600))
GUEST = "referrer@practice.example"


def test_an_owner_reads_who_what_and_when(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    told = exam_heading.heading(house.portal, house.access(owner, study))
    assert (told.who, told.kind, told.when) == (
        "FRENCHIE, Chester", "CT scan", "01 January 2026 10:30",
    )  # fmt: skip
    assert told.age == "67 years at the exam"
    assert ("Accession number", "ACC3") in told.details
    assert ("Date of birth", "14 March 1958") in told.details
    assert told.lasting == ""


def test_where_details_are_hidden_only_what_when_and_age_are_told(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    house.share(owner, study, GUEST, hide_details=True)
    guest = house.account_id(GUEST)
    house.activate(guest)
    told = exam_heading.heading(house.portal, house.access(guest, study))
    assert (told.who, told.details, told.hidden) == ("Patient details hidden", (), True)
    assert told.age == "67 years at the exam"
    assert told.when
    assert told.lasting == "Shared with you until 02 December 2026 20:00: 30 days left."


def test_progress_counts_each_image_once() -> None:
    progress = Progress()
    for slice in (3, 4, 3, 119):
        progress = progress.after(7, slice)
    assert (progress.count(7), progress.count(8)) == (3, 0)
    assert progress.after(7, 4) is progress


def test_an_announcement_tells_slice_and_window() -> None:
    assert announcement(None, VIEW) == "slice 41 of 120, window 400 at 40"


def test_zooming_is_not_announced() -> None:
    assert announcement(VIEW, VIEW.after(Magnify(2))) == ""


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (GoTo(50), "slice 51 of 120, window 400 at 40"),
        (SetWindow(replace(WINDOW, center=-600, width=1500)),
         "slice 41 of 120, window 1500 at -600"),
        (Invert(), "slice 41 of 120, window 400 at 40, black and white exchanged"),
        (Flip(), "slice 41 of 120, window 400 at 40, mirrored"),
        (Rotate(), "slice 41 of 120, window 400 at 40, turned by 90 degrees"),
    ],
)  # fmt: skip
def test_what_changed_is_announced(event: GoTo, told: str) -> None:
    assert announcement(VIEW, VIEW.after(event)) == told


def test_an_image_alone_has_no_slice_number() -> None:
    single = ViewState.start(replace(STACK, slices=1, window=None))
    assert announcement(None, single) == "one image"


@pytest.mark.parametrize("modality", ["CT", "MR", "US", "DX", "MG", "PT", "OT", "", "??"])
def test_every_modality_is_explained_and_the_doctor_explains_the_rest(modality: str) -> None:
    assert explanations.about(modality).text
    assert "your doctor will explain" in explanations.doctor()
    words = {one.word for c in explanations.chapters(modality) for one in c.explanations}
    assert {"Contrast", "Window", "Series", "Priors", "No abnormality detected"} <= words
    assert ("HU (Hounsfield unit)" in words) == (modality == "CT")
    assert ("Axial, coronal, sagittal" in words) == (modality in {"CT", "MR", "PT"})


def test_an_explanation_is_found_by_words_in_it() -> None:
    found = explanations.search(explanations.chapters("CT"), "hounsfield")
    assert [one.word for c in found for one in c.explanations] == ["HU (Hounsfield unit)"]
    assert explanations.search(explanations.chapters("CT"), "xylophone") == ()


@pytest.mark.parametrize(
    ("flags", "stage"),
    [
        ("complete, final, verified", Stage.FINAL),
        ("complete, verified", Stage.FINAL),
        ("complete, preliminary, verified", Stage.PRELIMINARY),
        ("partial, not verified", Stage.PRELIMINARY),
        ("complete, not verified", Stage.UNCHECKED),
        ("", Stage.UNKNOWN),
    ],
)
def test_a_report_is_only_called_final_when_it_says_so(flags: str, stage: Stage) -> None:
    assert report_status(flags).stage is stage
