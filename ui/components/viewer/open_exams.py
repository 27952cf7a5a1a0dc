"""The exams on the stage: the one that was opened, and those put beside it to compare.

Each is seen under its own `Access`, which is decided anew whenever something about it changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from services import access as decision
from services.access import Access
from services.errors import PortalError
from services.exam import exams
from services.exam.exams import Exam
from services.language import N_, _
from ui.components.viewer.board import Board
from ui.gate import Visit

CHANGED = N_("What you may see of this exam has changed. Choose Compare to open it again.")


@dataclass
class OpenExam:
    """An exam on the stage, the access it is seen under, and what is drawn on its images."""

    exam: Exam
    access: Access
    board: Board

    @property
    def number(self) -> int:
        """Its study's id."""
        return self.access.study_id


class OpenExams:
    """`lost` is told of an exam to compare with that may no longer be seen, and why."""

    def __init__(
        self,
        visit: Visit,
        make_board: Callable[[Exam], Board],
        lost: Callable[[OpenExam, str], None],
    ) -> None:
        self._visit = visit
        self._make_board = make_board
        self._lost = lost
        self._open: dict[int, OpenExam] = {}

    def __iter__(self) -> Iterator[OpenExam]:
        return iter(tuple(self._open.values()))

    def __getitem__(self, number: int) -> OpenExam:
        return self._open[number]

    def get(self, number: int) -> OpenExam | None:
        """The exam with this study id, if it is on the stage."""
        return self._open.get(number)

    def add(self, exam: Exam) -> OpenExam:
        """An exam that was opened."""
        opened = OpenExam(exam, exam.access, self._make_board(exam))
        self._open[opened.number] = opened
        return opened

    async def open(self, study_id: int) -> OpenExam:
        """Another exam of the patient, to compare with; the look is recorded.

        Raises NotFound when this person may not see it.
        """
        if (known := self._open.get(study_id)) is not None:
            return known
        visit = self._visit
        access = await visit.run(decision.decide, visit.portal, visit.who.account_id, study_id)
        exam = await visit.run(exams.open_exam, visit.portal, access)
        opened = self.add(exam)
        self.watch_the_clock(opened)
        await opened.board.load()
        return opened

    def drop(self, opened: OpenExam, sentence: str) -> None:
        """It may no longer be seen."""
        if self._open.pop(opened.number, None) is not None:
            self._lost(opened, sentence)

    def decide_again(self, opened: OpenExam) -> Access | None:
        """The access decided anew; None when the exam is no longer on the stage."""
        try:
            access = decision.renewed(self._visit.portal, opened.access)
        except PortalError as error:
            self.drop(opened, str(error))
            return None
        if access.rights != opened.access.rights:  # other texts, other pictures
            self.drop(opened, _(CHANGED))
            return None
        opened.access = access
        opened.board.renew(access)
        return access

    def watch_the_clock(self, opened: OpenExam) -> None:
        """Decide again when a part of the access runs out."""
        if opened.access.changes_at is not None:
            self._visit.at(opened.access.changes_at, lambda: self._on_the_clock(opened))

    def _on_the_clock(self, opened: OpenExam) -> None:
        if self._open.get(opened.number) is opened and self.decide_again(opened) is not None:
            self.watch_the_clock(opened)
