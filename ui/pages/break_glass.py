"""The padlock's window: conditions, reason, password; then the search for one patient."""

from __future__ import annotations

from math import ceil

from nicegui import ui
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.exam import exams
from services.glass import break_glass, glass_conditions, glass_right
from services.glass.break_glass import Hit, Opened, Wish
from services.glass.glass_reasons import REASONS
from services.language import _, ngettext
from services.publisher import AccessChanged
from ui.addresses import study_address
from ui.components.account.glass_right import right_ends_soon, right_over
from ui.components.account.padlock import padlock
from ui.components.card import headed_card, text_field
from ui.components.header import bar
from ui.components.text import words
from ui.gate import PATIENCE, Visit, enter
from ui.problems import Field, tell, told


@ui.page("/break-glass", response_timeout=PATIENCE)
async def break_glass_page(request: Request) -> Response | None:
    """Only for break-glass accounts; others are sent home."""
    visit = await enter(request)
    if isinstance(visit, Response):
        return visit
    if visit.who.kind != "breakglass":
        return RedirectResponse("/", status_code=303)
    ui.page_title(f"{_('Break glass')} - {visit.portal.settings.portal_name}")
    with bar(visit, title=_("Break glass")):
        padlock(visit)
    with ui.element("div").classes("middle"):
        window = Window(visit, ui.element("div").style("width: min(640px, 100%)"))
    await window.fill()
    visit.listen(AccessChanged(visit.who.account_id), window.look_again)
    return None


class Window:
    """Either the conditions or, once the glass is broken, the search."""

    def __init__(self, visit: Visit, place: ui.element) -> None:
        self._visit = visit
        self._place = place

    async def fill(self) -> None:
        """Show what fits the glass as it is."""
        visit = self._visit
        opened = await visit.run(break_glass.opened, visit.portal, visit.who)
        right = await visit.run(glass_right.right, visit.portal, visit.who.account_id)
        self._place.clear()
        with self._place:
            if opened is None and right.over:
                right_over(visit, right)
            elif opened is None:
                right_ends_soon(visit, right)
                self._conditions()
            else:
                self._search(opened)
                self._visit.at(opened.until, self.look_again)

    def look_again(self) -> None:
        """The glass changed: in another window, or its time is over."""
        ui.timer(0, self.fill, once=True)

    def _conditions(self) -> None:
        hours = self._visit.portal.settings.break_glass_hours
        with headed_card(_("Break glass"), size="medium"):
            ui.label(
                ngettext(
                    "Breaking the glass opens the exams of one patient at a time, for {hours:g} "
                    "hour.",
                    "Breaking the glass opens the exams of one patient at a time, for {hours:g} "
                    "hours.",
                    ceil(hours),
                ).format(hours=hours)
            )
            conditions = glass_conditions.current(self._visit.portal.settings)
            with ui.element("ul").classes("note").style("padding-left: 32px; margin: 0"):
                for sentence in conditions.sentences:
                    words("li", sentence)
            accepted = ui.checkbox(_("I acknowledge and accept the conditions"))
            words("p", _("Kind of emergency")).style("font-weight: 600")
            code = ui.radio({key: _(name) for key, name in REASONS.items()}).props("dense")
            code.classes("choices")
            code.props["aria-label"] = _("Kind of emergency")
            reason = text_field(_("Reason for breaking the glass"))
            password = text_field(
                _("Re-type your password"), autocomplete="current-password", kind="password"
            )

            async def break_it() -> None:
                with told(Field("reason", reason), Field("password", password)):
                    visit, accepts = self._visit, bool(accepted.value)
                    wish = Wish(reason.value or "", accepts, code.value or "", conditions.version)
                    typed = password.value or ""
                    new = await visit.run(break_glass.confirm, visit.portal, visit.who, wish, typed)
                    await visit.doorstep.bring(new)
                    await visit.run(break_glass.break_, visit.portal, visit.who, wish)

            password.on("keydown.enter", break_it)
            ui.button(_("Break"), on_click=break_it, color="accent").classes("primary")

    def _search(self, opened: Opened) -> None:
        with headed_card(_("Search for the patient"), size="medium"):
            if opened.patient:
                ui.label(_("Open now: {patient}").format(patient=opened.patient)).classes("info")
                ui.link(_("To the exams"), "/studies")
            last_name = text_field(_("Last Name"))
            first_name = text_field(_("First Name"))
            born = text_field(_("DOB"))
            born.props["hint"] = _("day/month/year, such as 14/03/1958")

            async def search() -> None:
                found.clear()
                fields = (Field("last_name", last_name), Field("first_name", first_name))
                with told(*fields, Field("born", born)):
                    hits = await self._visit.run(
                        break_glass.search,
                        self._visit.portal,
                        self._visit.who,
                        last_name=last_name.value,
                        first_name=first_name.value,
                        born=born.value,
                    )
                    with found:
                        self._hits(hits)

            for field in (last_name, first_name, born):
                field.on("keydown.enter", search)
            with ui.element("div").classes("row between"):
                ui.button(_("Search"), on_click=search, color="accent").classes("primary")
                ui.button(_("Close the glass"), on_click=self._close, color=None).props(
                    "flat"
                ).classes("secondary")
            found = ui.element("div").classes("list")

    def _hits(self, hits: list[Hit]) -> None:
        if not hits:
            ui.label(
                _(
                    "No patient has exactly this last name, first name and date of birth. Please "
                    "check the spelling."
                )
            ).classes("info").props("role=status")
        for hit in hits:
            with ui.element("div").classes("exam-row"):
                with ui.element("span").classes("what"):
                    words("b", hit.name)
                    words("span", _("born {day}").format(day=hit.born)).classes("quiet")
                ui.button(
                    _("Open exams"), on_click=lambda h=hit: self._open(h), color="accent"
                ).classes("primary")

    async def _open(self, hit: Hit) -> None:
        with told():
            visit = self._visit
            await visit.run(break_glass.open_patient, visit.portal, visit.who, hit, born=hit.born)
            newest = await visit.run(
                exams.newest_of, visit.portal, visit.who.account_id, hit.patient_id
            )
            # the window was made anew meanwhile, because the glass changed: this row is gone
            with visit.client.content:
                if newest is None:
                    tell(_("This patient has no exams here."))
                    return
                address = study_address(visit.portal, newest)
                ui.navigate.to(address)

    async def _close(self) -> None:
        with told():
            await self._visit.run(break_glass.close, self._visit.portal, self._visit.who)
