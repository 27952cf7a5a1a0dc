"""Linking a patient record to an account: as the patient's own, or as a carer's for a time."""

from __future__ import annotations

from datetime import date

from nicegui import ui

from services.desk import link_desk
from services.errors import Invalid, PortalError
from services.language import _
from services.persons import carers
from ui.components.card import text_field
from ui.components.desk.desk_change import changed_with, secondary
from ui.gate import Visit
from ui.problems import Field, told

OWN, CARER = "own", "carer"


class LinkForm:
    """One line: the record's id, as what, and for a carer the last day."""

    def __init__(self, visit: Visit, account_id: int) -> None:
        self._visit, self._account_id = visit, account_id

    def show(self) -> None:
        """The form; the page is loaded anew once it has done its work."""
        with ui.element("div").classes("row").style("margin-top: 18px; align-items: flex-start"):
            self._number = text_field(_("Patient ID")).props("dense").style("width: 240px")
            self._number.props["placeholder"] = _("ID, or ISSUER|ID")
            self._as = ui.select(
                {OWN: _("is this patient"), CARER: _("cares for this patient")},
                label=_("This person"), value=OWN, on_change=self._offer,
            ).props("outlined dense options-dense behavior=menu").style("width: 230px")  # fmt: skip
            self._as.props["aria-label"] = _("This person")
            self._until = text_field(_("Last day"), kind="date").props("dense stack-label")
            self._until.style("width: 190px").set_visibility(False)
            secondary(_("Link record"), "link", self._link)

    async def _offer(self) -> None:
        self._until.set_visibility(self._as.value == CARER)
        if self._as.value == CARER and self._number.value and not self._until.value:
            try:
                end = await self._visit.run(
                    carers.offered_end, self._visit.portal, self._number.value.strip()
                )
            except PortalError:
                return  # said when the form is sent
            self._until.set_value(end.isoformat() if end else "")

    async def _link(self) -> None:
        fields = Field("patient_id", self._number), Field("until", self._until)
        done = _("The record is linked.")
        number = self._number.value or ""
        if self._as.value == OWN:
            linked = await changed_with(
                fields, self._visit, done, link_desk.link_own, self._account_id, number
            )
        else:
            linked = False
            with told(*fields):
                until = _day(self._until.value or "")
                linked = await changed_with(
                    fields, self._visit, done, link_desk.link_carer, self._account_id, number,
                    until,
                )  # fmt: skip
        if linked:
            ui.navigate.reload()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(_("Please choose the last day."), "until") from None
