"""Who looks after a patient's exams, and asking staff to end it."""

from __future__ import annotations

from nicegui import ui

from services import dates
from services.language import _
from services.persons import carers
from services.persons.carers import Carer
from ui.components.card import dialog_card
from ui.components.sharing.whose import Whose
from ui.components.text import words
from ui.gate import Visit
from ui.problems import tell, told


class CarerList:
    """Nothing for patients without carers; else each with the last day, and a way to end it."""

    def __init__(self, visit: Visit, whose: Whose) -> None:
        self._visit, self._whose = visit, whose
        self._place = ui.element("div")
        self._question = ui.dialog()

    async def fill(self) -> None:
        """Show the carers as they are now."""
        with told():
            found = await self._visit.run(
                carers.carers_of,
                self._visit.portal,
                self._visit.who.account_id,
                self._whose.patient_id,
            )
            self._place.clear()
            if found:
                with self._place, ui.element("section").classes("card tree carers"):
                    self._head()
                    with ui.element("ul"):
                        for carer in found:
                            self._row(carer)

    def _head(self) -> None:
        with ui.element("div").classes("tree-head"):
            ui.icon("family_restroom").props("aria-hidden=true")
            with ui.element("div"):
                if self._whose.chosen is None:
                    words("h2", _("People who look after my exams"))
                else:
                    title = _("People who look after the exams of {name}")
                    words("h2", title.format(name=self._whose.chosen.name))
                ui.label(
                    _(
                        "Linked by the hospital. A carer sees and shares these exams as the patient"
                        " does, until the day given; what they shared ends then too."
                    )
                ).classes("quiet")

    def _row(self, carer: Carer) -> None:
        portal = self._visit.portal
        with ui.element("li"):
            with ui.element("div").classes("who"):
                words("b", _("{name} (you)").format(name=carer.name) if carer.is_me else carer.name)
                if carer.email != carer.name:
                    words("span", carer.email).classes("quiet")
            with ui.element("div").classes("left"):
                if carer.until is not None:
                    words("b", dates.time_left(carer.until, portal.clock(), portal.settings.zone))
                    until = dates.last_day(carer.until, portal.settings.zone)
                    words("span", _("until {until}").format(until=until)).classes("quiet")
            with ui.element("div").classes("acts"):
                if carer.end_asked:
                    words("span", _("You asked staff to end this")).classes("tag")
                elif carer.is_me or self._whose.chosen is None:
                    ui.button(
                        _("Ask to end this"), on_click=lambda: self._ask(carer), color=None
                    ).props("flat").classes("secondary")

    def _ask(self, carer: Carer) -> None:
        self._question.clear()
        with dialog_card(_("Ask staff to end this?"), self._question, size="narrow"):
            ui.label(
                _(
                    "{name} sees and shares these exams. We send your wish to the hospital's help "
                    "desk; staff check it and end the access, and with it everything {name} shared."
                ).format(name=carer.name)
            )
            with ui.element("div").classes("row end"):
                ui.button(_("Cancel"), on_click=self._question.close, color=None).props(
                    "flat"
                ).classes("secondary")
                ui.button(
                    _("Ask staff"), on_click=lambda: self._send(carer), color="accent"
                ).classes("primary")
        self._question.open()

    async def _send(self, carer: Carer) -> None:
        self._question.close()
        with told():
            await self._visit.run(
                carers.ask_to_end, self._visit.portal, self._visit.who.account_id, carer.link_id
            )
            tell(_("Your wish was sent to the help desk."), good=True)
        await self.fill()
