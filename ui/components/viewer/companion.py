"""What goes along with the image on the stage: announcements, exam information and help."""

from __future__ import annotations

from nicegui import ui

from services.access import Access
from services.exam.exam_heading import lasting
from services.exam.exams import Exam, SeriesEntry
from services.viewer.view_state import ViewState
from ui.components.exam.exam_header import exam_header
from ui.components.exam.info_panel import InfoPanel
from ui.components.exam.patient_help import PatientHelp
from ui.components.viewer.announcer import Announcer
from ui.gate import Visit


class Companion:
    """Follows the viewport in hand; made within the page's content."""

    def __init__(self, visit: Visit, exam: Exam) -> None:
        self._exam, self._portal = exam, visit.portal
        self._lasting: ui.label | None = None
        self._access = exam.access
        self._announcer = Announcer(visit)
        self._info = InfoPanel(visit)
        self._help = PatientHelp(self.inform if exam.series else None)
        self._here: tuple[Access | None, SeriesEntry, int] | None = None
        if exam.series:
            self._here = None, exam.series[0], 0

    def follow(self, series: SeriesEntry, state: ViewState, access: Access | None = None) -> None:
        """This view is on screen now; `access` is told where it is of another exam."""
        self._here = access, series, state.slice
        self._announcer.follow(state)

    def header(self) -> None:
        """The exam's head with its two buttons."""
        inform = self.inform if self._exam.series else None
        self._lasting = exam_header(self._exam.heading, inform, self.explain)

    async def inform(self) -> None:
        """Open the exam information of the image on screen."""
        if self._here is not None:
            access, series, slice = self._here
            access = access or self._access
            of_this = access.study_id == self._access.study_id
            title = self._exam.title if of_this else ""
            await self._info.open(access, series, slice, title=title)

    def explain(self) -> None:
        """Open "What am I looking at?" for the image on screen."""
        series = self._here[1] if self._here else None
        self._help.open(series.modality if series else self._exam.heading.modality)

    def renew(self, access: Access) -> None:
        """Go on under a new decision, which may have another end."""
        self._access = access
        if self._lasting is not None:
            self._lasting.set_text(lasting(self._portal, access))
