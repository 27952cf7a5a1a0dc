"""Exams side by side: each stays only as long as its own access does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from services import access as decision
from services.access import Access
from services.errors import NotFound
from services.exam import exams
from services.exam.exams import Exam
from services.shares import sharing
from storage.models import Grant
from tests.factories import House
from ui.components.viewer.open_exams import CHANGED, OpenExam, OpenExams


class Stage:
    """A guest's page with one exam open; what leaves it is noted."""

    def __init__(self, house: House, guest: int, study: int) -> None:
        self.house = house
        self.left: list[tuple[int, str]] = []
        self.due: list[tuple[datetime, Callable[[], object]]] = []
        self.renewed: list[int] = []
        visit: Any = SimpleNamespace(
            portal=house.portal, who=SimpleNamespace(account_id=guest), run=self._run,
            at=lambda moment, told: self.due.append((moment, told)),
        )  # fmt: skip
        self.exams = OpenExams(visit, self._board, self._lost)
        self.main = self.exams.add(
            exams.open_exam(house.portal, decision.decide(house.portal, guest, study))
        )

    def open(self, study: int) -> OpenExam:
        return asyncio.run(self.exams.open(study))

    def numbers(self) -> list[int]:
        return [opened.number for opened in self.exams]

    @staticmethod
    async def _run(function: Callable[..., Any], *args: Any) -> Any:
        return function(*args)

    def _board(self, exam: Exam) -> Any:
        def renew(access: Access) -> None:
            self.renewed.append(access.study_id)

        async def load() -> None:
            return None

        return SimpleNamespace(renew=renew, load=load, exam=exam)

    def _lost(self, of: OpenExam, sentence: str) -> None:
        self.left.append((of.number, sentence))


@pytest.fixture
def shared(house: House) -> tuple[House, int, int, int, int]:
    """The house, the owner, a guest, and two exams shared with the guest, each by its own grant."""
    owner, patient, first = house.owner_with_exam()
    second = house.study(patient, day=2)
    for study, days in ((first, 30), (second, 2)):
        house.share(owner, study, "guest@x.example", days=days)
    guest = house.account_id("guest@x.example")
    house.activate(guest)
    return house, owner, guest, first, second


def grant_of(house: House, study: int) -> int:
    with house.portal.reading() as db:
        return db.query(Grant).filter(Grant.study_id == study).one().id


def test_ending_one_grant_takes_only_the_exam_that_rests_on_it(
    shared: tuple[House, int, int, int, int],
) -> None:
    house, owner, guest, first, second = shared
    stage = Stage(house, guest, first)
    prior = stage.open(second)
    sharing.end(house.portal, owner, grant_of(house, second))
    assert stage.exams.decide_again(stage.main) is not None
    assert stage.exams.decide_again(prior) is None
    assert stage.numbers() == [first]
    assert stage.left[0][0] == second
    assert "no longer shared" in stage.left[0][1]


def test_each_exam_leaves_when_its_own_time_is_over(
    shared: tuple[House, int, int, int, int],
) -> None:
    house, _, guest, first, second = shared
    stage = Stage(house, guest, first)
    stage.open(second)
    [(moment, told)] = stage.due
    assert moment - house.clock() == timedelta(days=2)
    house.clock.now = moment
    told()
    assert stage.numbers() == [first]
    assert [number for number, _ in stage.left] == [second]


def test_an_exam_seen_with_other_rights_than_before_is_not_left_as_it_was(
    shared: tuple[House, int, int, int, int],
) -> None:
    house, owner, guest, first, second = shared
    stage = Stage(house, guest, first)
    prior = stage.open(second)
    house.share(owner, second, "guest@x.example", days=2, hide_details=True)
    assert stage.exams.decide_again(prior) is None
    assert stage.left == [(second, CHANGED)]


def test_an_access_that_goes_on_is_taken_over_by_what_is_drawn(
    shared: tuple[House, int, int, int, int],
) -> None:
    house, _, guest, first, second = shared
    stage = Stage(house, guest, first)
    prior = stage.open(second)
    before = prior.access
    house.clock.move(minutes=1)
    renewed = stage.exams.decide_again(prior)
    assert renewed is not None
    assert renewed.study_id == before.study_id == second
    assert stage.renewed == [second]


def test_an_exam_is_only_put_beside_another_for_who_may_see_both(
    shared: tuple[House, int, int, int, int],
) -> None:
    house, _, guest, first, _ = shared
    _, _, strangers = house.owner_with_exam("Somebody Else")
    stage = Stage(house, guest, first)
    with pytest.raises(NotFound):
        stage.open(strangers)
    assert stage.numbers() == [first]


def test_putting_an_exam_beside_another_is_a_look_that_is_recorded(
    shared: tuple[House, int, int, int, int],
) -> None:
    house, _, guest, first, second = shared
    stage = Stage(house, guest, first)
    opened = stage.open(second)
    assert stage.open(second) is opened
    looks = [event.study_id for event in house.recorded("exam.viewed")]
    assert looks == [first, second]
