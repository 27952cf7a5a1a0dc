"""For whom one is looking: "My exams", or the exams of somebody one cares for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from nicegui import ui
from starlette.requests import Request

from services.access import Access, Why
from services.errors import NotFound
from services.language import _
from services.persons import carers
from services.persons.carers import CaredFor
from services.publisher import AccessChanged
from ui.addresses import sealed, unsealed
from ui.components.menu import Menu, entry
from ui.components.text import words
from ui.gate import Visit

ASKED = "of"  # the query parameter that names the person


@dataclass(frozen=True, slots=True)
class Whose:
    """Everybody this account cares for, and the one it looks at now; None: itself."""

    people: tuple[CaredFor, ...]
    chosen: CaredFor | None

    @property
    def patient_id(self) -> int | None:
        """The patient looked at; None: the account's own."""
        return self.chosen.patient_id if self.chosen else None

    @property
    def title(self) -> str:
        """What the switch says."""
        if self.chosen is None:
            return _("My exams")
        return _("Exams of {name}").format(name=self.chosen.name)


NOBODY = Whose((), None)


async def asked(visit: Visit, request: Request) -> Whose:
    """Whom the address of the page names; NotFound once they are not cared for any more."""
    people = await visit.run(carers.cared_for, visit.portal, visit.who.account_id)
    address = request.query_params.get(ASKED, "")
    if not address:
        return Whose(people, None)
    number = unsealed(visit.portal, visit.who.account_id, "patient", address)
    for person in people:
        if person.patient_id == number:
            return Whose(people, person)
    raise NotFound(_(carers.NOT_CARED_FOR))


async def of_exam(visit: Visit, access: Access) -> Whose:
    """Whose exam is open."""
    people = await visit.run(carers.cared_for, visit.portal, visit.who.account_id)
    if access.why is not Why.CARER:
        return Whose(people, None)
    return Whose(people, next((p for p in people if p.patient_id == access.patient_id), None))


def address(visit: Visit, path: str, person: CaredFor | None) -> str:
    """A page for that person."""
    if person is None:
        return path
    named = sealed(visit.portal, visit.who.account_id, "patient", person.patient_id)
    return f"{path}?{ASKED}={named}"


def switch(visit: Visit, whose: Whose) -> None:
    """The button in the bar; nothing for people who care for nobody."""
    if not whose.people:
        return
    here = visit.client.request.url.path
    path = here if here in ("/studies", "/sharing", "/looks") else "/studies"
    with ui.button(color=None).props("flat no-caps").classes("whose") as button:
        button.props["aria-label"] = _("For whom: {title}").format(title=whose.title)
        ui.icon("family_restroom" if whose.chosen else "person")
        words("span", whose.title)
        ui.icon("arrow_drop_down")
        with Menu().classes("whose-menu"):
            for person in (None, *whose.people):
                name = Whose((), person).title
                entry(name, partial(ui.navigate.to, address(visit, path, person)))


def follow(visit: Visit, whose: Whose) -> None:
    """Look again when what this account may see changes, or the time as a carer is over."""
    if not whose.people:
        return
    visit.listen(AccessChanged(visit.who.account_id), ui.navigate.reload)
    if whose.chosen is not None and whose.chosen.until is not None:
        visit.at(whose.chosen.until, ui.navigate.reload)
