"""The list of exams: what a row tells, and that a search never finds what is not on screen."""

from __future__ import annotations

from datetime import datetime

import pytest

from services.exam import exam_list
from services.exam.exam_list import ListedExam
from storage.models import Study
from tests.factories import House

GUEST = "referrer@practice.example"


def rows(house: House, account: int, words: str = "") -> list[ListedExam]:
    if words:
        return exam_list.found(house.portal, account, words)
    return exam_list.listed(house.portal, account)


def guest_of(house: House, owner: int, study: int, **options: object) -> int:
    house.share(owner, study, GUEST, **options)
    guest = house.account_id(GUEST)
    house.activate(guest)
    return guest


def test_a_row_says_who_shared_the_exam_and_until_when(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    (row,) = rows(house, guest_of(house, owner, study))
    assert row.because == "shared by Chester Frenchie until 02 December 2026 20:00"
    assert (row.kind, row.patient, row.year) == ("CT scan", "FRENCHIE, Chester", "2026")


def test_a_row_does_not_say_who_shared_where_details_are_hidden(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    (row,) = rows(house, guest_of(house, owner, study, hide_details=True))
    assert row.because == "shared with you until 02 December 2026 20:00"
    assert "frenchie" not in repr(row).lower()


@pytest.mark.parametrize("words", ["Frenchie", "chest", "P00002", "frenchie ct", "ACC3"])
def test_a_search_is_no_way_to_guess_hidden_details(house: House, words: str) -> None:
    owner, _, study = house.owner_with_exam()
    guest = guest_of(house, owner, study, hide_details=True)
    told = rows(house, guest, words)
    assert [row.access.study_id for row in told] == ([study] if words == "chest" else [])


@pytest.mark.parametrize(
    "words", ["frenchie", "CHESTER chest", "ct scan", "01/01/2026", "january 2026", "2026-01-01"]
)
def test_a_search_finds_what_a_row_says_in_any_order(house: House, words: str) -> None:
    owner, _, study = house.owner_with_exam()
    assert [row.access.study_id for row in rows(house, owner, words)] == [study]
    assert rows(house, owner, f"{words} mammogram") == []


def test_staff_search_all_exams_and_the_search_is_recorded(house: House) -> None:
    _, _, study = house.owner_with_exam()
    other = house.study(house.patient("O'KEEFFE", "Niamh"))
    staff = house.account(kind="staff", role="clinician")
    with house.portal.transaction() as tx:
        tx.db.get_one(Study, other).accession_number = "RB-77"
        tx.db.get_one(Study, other).patient.family_key = "okeeffe"
    assert [row.access.study_id for row in rows(house, staff, "fren ches")] == [study]
    assert [row.access.study_id for row in rows(house, staff, "o'keeffe")] == [other]
    assert [row.access.study_id for row in rows(house, staff, "RB-77")] == [other]
    assert rows(house, staff, "%") == rows(house, staff, "_") == []
    events = house.recorded("exam.searched")
    assert [event.account_id for event in events] == [staff] * 5
    assert "fren" not in repr([event.detail for event in events])


def test_a_break_glass_account_finds_nothing_by_searching(house: House) -> None:
    house.owner_with_exam()
    glass = house.account(kind="breakglass")
    assert rows(house, glass, "frenchie") == []
    assert not house.recorded("exam.searched")


def test_an_exam_too_old_for_the_list_is_found_by_searching(house: House) -> None:
    owner, patient, _ = house.owner_with_exam()
    old = house.study(patient, modality="MG")
    with house.portal.transaction() as tx:
        study = tx.db.get_one(Study, old)
        study.performed_at = datetime(1999, 5, 4, 8, 0)  # noqa: DTZ001
        tx.db.add_all(
            Study(patient_id=patient, study_uid=f"1.9.{number}", modality="CT",
                  performed_at=datetime(2025, 1, 1), received_at=tx.now)  # noqa: DTZ001
            for number in range(exam_list.MOST)
        )  # fmt: skip
    assert old not in [row.access.study_id for row in rows(house, owner)]
    assert [row.access.study_id for row in rows(house, owner, "mammogram 1999")] == [old]
