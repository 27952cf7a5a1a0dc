"""The patient's exams by years: what is told of each, the open one marked, and who sees which."""

from __future__ import annotations

from datetime import datetime

import pytest

from services.exam import exams, priors, reports
from services.exam.priors import Prior, by_year
from storage.models import Series, Study
from tests.factories import House

GUEST = "referrer@practice.example"


@pytest.fixture
def exam(house: House) -> tuple[int, int, int]:
    """Owner, patient, and the newest of three exams."""
    owner, patient, old = house.owner_with_exam()
    middle, new = house.study(patient, modality="DX"), house.study(patient, modality="MR")
    with house.portal.transaction() as tx:
        for study_id, year, part in ((old, 2020, "CHEST"), (middle, 2025, "LSPINE"),
                                     (new, 2026, "")):  # fmt: skip
            study = tx.db.get_one(Study, study_id)
            study.performed_at = datetime(year, 3, 1, 8, 30)  # noqa: DTZ001
            tx.db.add(Series(study_id=study_id, series_uid=f"1.2.{study_id}.9", body_part=part))
    return owner, patient, new


def report(house: House, study_id: int) -> None:
    with house.portal.reading() as db:
        uid = db.get_one(Study, study_id).study_uid
    reports.add_text(house.portal, uid, title="Report", text="Nothing new.", author="Dr Solheim",
                     dated=datetime(2026, 3, 1))  # noqa: DTZ001  # fmt: skip


def history(house: House, account: int, study: int) -> tuple[Prior, ...]:
    return priors.history(house.portal, house.access(account, study))


def test_the_newest_comes_first_and_the_open_exam_is_marked(
    house: House, exam: tuple[int, int, int]
) -> None:
    owner, _, new = exam
    told = history(house, owner, new)
    assert [(one.year, one.modality, one.here) for one in told] == [
        ("2026", "MR", True), ("2025", "DX", False), ("2020", "CT", False),
    ]  # fmt: skip
    assert [one.age for one in told] == ["", "1 year earlier", "6 years earlier"]
    assert [one.body_part for one in told] == ["", "Lower back (spine)", "Chest"]


def test_an_older_exam_that_is_open_has_later_ones(
    house: House, exam: tuple[int, int, int]
) -> None:
    owner, _, new = exam
    old = history(house, owner, new)[-1].study_id
    assert [one.age for one in history(house, owner, old)] == ["6 years later", "5 years later", ""]


def test_it_says_which_exams_have_a_report(house: House, exam: tuple[int, int, int]) -> None:
    owner, _, new = exam
    report(house, history(house, owner, new)[1].study_id)
    assert [one.reported for one in history(house, owner, new)] == [False, True, False]


def test_exams_of_one_year_stand_together(house: House, exam: tuple[int, int, int]) -> None:
    owner, patient, new = exam
    house.study(patient)
    years = by_year(history(house, owner, new))
    assert [(year.year, len(year.exams)) for year in years] == [("2026", 2), ("2025", 1),
                                                               ("2020", 1)]  # fmt: skip


def test_a_guest_sees_only_what_was_shared(house: House, exam: tuple[int, int, int]) -> None:
    owner, _, new = exam
    house.share(owner, new, GUEST)
    guest = house.account_id(GUEST)
    house.activate(guest)
    assert [one.here for one in history(house, guest, new)] == [True]


def test_where_details_are_hidden_no_exam_in_it_names_the_patient(
    house: House, exam: tuple[int, int, int]
) -> None:
    owner, _, new = exam
    with house.portal.transaction() as tx:
        tx.db.get_one(Study, new).description = "MR of Chester Frenchie"
    house.share(owner, new, GUEST, hide_details=True, portfolio=True)
    guest = house.account_id(GUEST)
    house.activate(guest)
    told = history(house, guest, new)
    assert len(told) == 3
    assert "Frenchie" not in repr(told)
    assert told[0].description.startswith("MR of")


def test_forty_exams_are_all_there(house: House) -> None:
    owner, patient, first = house.owner_with_exam()
    for day in range(1, 29):
        house.study(patient, day=day)
    for day in range(1, 12):
        house.study(patient, day=day)
    exam = exams.described(house.portal, house.access(owner, first))
    assert len(exam.history) == 40
    assert len(exam.priors) == 39


def test_exams_with_and_without_a_name_stand_in_no_history_together(
    house: House, exam: tuple[int, int, int]
) -> None:
    owner, _, new = exam
    old = history(house, owner, new)[-1].study_id
    house.share(owner, new, GUEST, hide_details=True)
    house.share(owner, old, GUEST)
    guest = house.account_id(GUEST)
    house.activate(guest)
    for study in (new, old):
        assert [one.study_id for one in history(house, guest, study)] == [study]
    house.share(owner, old, GUEST, hide_details=True)
    assert [one.study_id for one in history(house, guest, new)] == [new, old]
