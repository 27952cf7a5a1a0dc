"""Two people side by side: an exam and the record it came under, or two records to be merged."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui

from services.desk import identity_desk
from services.desk.identity_desk import Compared
from services.language import _
from services.persons import staff_roles
from services.persons.staff_roles import Task
from ui.components.card import dialog_card, text_field
from ui.components.desk.desk_change import changed, changed_with, primary, secondary
from ui.components.text import words
from ui.gate import Visit
from ui.problems import Field, told


def side_by_side(left: str, right: str, properties: Sequence[Compared]) -> None:
    """A table of two people; what differs is marked, by more than its colour."""
    with ui.element("table").classes("plain compared"):
        with ui.element("thead"), ui.element("tr"):
            for title in ("", left, right):
                words("th", title).props("scope=col")
        with ui.element("tbody"):
            for one in properties:
                with ui.element("tr"):
                    words("th", one.label).props("scope=row")
                    for label, value in ((left, one.left), (right, one.right)):
                        cell = words("td", value or "–").classes("differs" if one.differs else "")
                        cell.props["data-label"] = label


class DoubtDialog:
    """An exam whose object names another person than its record does."""

    def __init__(self, visit: Visit, study_id: int) -> None:
        self._visit, self._study_id = visit, study_id

    async def open(self) -> None:
        """Compare, and decide."""
        with told():
            visit = self._visit
            doubt = await visit.run(
                identity_desk.doubt, visit.portal, visit.who.account_id, self._study_id
            )
            with visit.client.content:
                dialog = ui.dialog()
            with dialog_card(_("Whose exam is this?"), dialog, size="medium"):
                ui.label(doubt.exam).style("font-weight: 700")
                side_by_side(_("The record"), _("The exam says"), doubt.properties)
                if staff_roles.may(visit.who.kind, visit.who.role, Task.SETTLE_IDENTITY):
                    self._decide()
                else:
                    ui.label(_("An imaging administrator settles whose it is.")).classes("quiet")
            dialog.open()

    def _decide(self) -> None:
        ui.label(
            _(
                "The same person: a new name, or a slip of the pen. The patient sees the exam from "
                "now on."
            )
        )
        with ui.element("div").classes("row end"):
            primary(_("It is the same person"), self._same)
        ui.separator()
        ui.label(
            _(
                "Another person: the exam moves to the record that you name, or to a record of its "
                "own when you name none."
            )
        )
        self._number = text_field(_("Patient ID of the right record"))
        self._number.props["placeholder"] = _("ID, or ISSUER|ID")
        with ui.element("div").classes("row end"):
            secondary(_("It is another person"), "call_split", self._other)

    async def _same(self) -> None:
        if await changed(
            self._visit, _("The exam belongs to this record."), identity_desk.same_person,
            self._study_id,
        ):  # fmt: skip
            ui.navigate.reload()

    async def _other(self) -> None:
        if await changed_with(
            (Field("number", self._number), Field("patient_id", self._number)), self._visit,
            _("The exam moved to the other record."), identity_desk.other_person, self._study_id,
            self._number.value or "",
        ):  # fmt: skip
            ui.navigate.reload()


class MergeDialog:
    """Two records of one person: one of them keeps everything."""

    def __init__(self, visit: Visit, record: int, other: int | None) -> None:
        self._visit, self._record, self._other = visit, record, other

    async def open(self) -> None:
        """Name the other record, compare, and merge."""
        with self._visit.client.content:
            self._dialog = ui.dialog()
        with dialog_card(_("Merge with another record"), self._dialog, size="medium"):
            if self._other is None:
                ui.label(_("Only records of one person are merged: exams, links and shares move."))
                self._number = text_field(_("Patient ID of the other record"))
                self._number.props["placeholder"] = _("ID, or ISSUER|ID")
                self._find_row = ui.element("div").classes("row end")
                with self._find_row:
                    secondary(_("Compare"), "compare", self._find)
            self._place = ui.element("div")
        self._dialog.open()
        if self._other is not None:
            await self._compare()

    async def _find(self) -> None:
        with told(Field("number", self._number)):
            self._other = await self._visit.run(
                identity_desk.find, self._visit.portal, self._visit.who.account_id,
                self._number.value or "",
            )  # fmt: skip
            await self._compare()

    async def _compare(self) -> None:
        with told():
            properties = await self._visit.run(
                identity_desk.beside, self._visit.portal, self._visit.who.account_id,
                self._record, self._other or 0,
            )  # fmt: skip
            self._place.clear()
            with self._place:
                side_by_side(_("This record"), _("The other record"), properties)
                if any(one.differs for one in properties[:2]):
                    ui.label(
                        _("Name or date of birth differ. Are you sure that this is one person?")
                    ).classes("note").style("margin-top: 12px")
                ui.label(
                    _("Everything of the other record moves to this one. Nobody can take it back.")
                ).style("margin: 12px 0")
                with ui.element("div").classes("row end"):
                    primary(_("Merge into this record"), self._merge)

    async def _merge(self) -> None:
        if await changed(
            self._visit, _("The records are merged."), identity_desk.merge, self._other or 0,
            self._record,
        ):  # fmt: skip
            ui.navigate.reload()
