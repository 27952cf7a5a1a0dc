"""The list of looks as a PDF, and the addresses that name people: only for whom they were made."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import httpx
import pypdfium2
import pytest
from fastapi import FastAPI

from services.errors import Invalid, NotFound
from services.exam import exams
from services.persons import carers
from services.randomness import fingerprint
from services.signing_in import sessions
from services.trail.looks import Asked, Kind
from storage.models import Patient, SignInSession
from tests.factories import House
from tests.journeys.served import free_port
from tests.ui.test_downloads import DESKTOP, listening
from ui import gate
from ui.addresses import sealed
from ui.armour import Armour
from ui.look_address import PDF, asked_for, pdf_address
from ui.routes import looks as look_routes
from ui.routes.sending import ends_quietly

GP = "gp@practice.example"


@dataclass
class Door:
    """A served portal with a child, a carer and a stranger."""

    house: House
    url: str
    child: int
    carer: int
    stranger: int
    patient: int

    def get(self, account: int | None, address: str, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        cookie = self.cookie(account) if account else {}
        asked = {"user-agent": DESKTOP, **cookie, **named}
        return httpx.get(self.url + address, headers=asked, timeout=30)

    def cookie(self, account: int) -> dict[str, str]:
        value = f"cookie-{self.house.secrets.token()}"
        signed_in = self.house.signed_in(account)
        with self.house.portal.transaction() as tx:
            tx.db.get_one(SignInSession, signed_in.session_id).token_hash = fingerprint(value)
        return {"cookie": f"myimaging_session={value}"}

    def address(self, account: int, asked: Asked) -> str:
        return pdf_address(self.house.portal, account, asked)


@pytest.fixture
def door(house: House) -> Iterator[Door]:
    port = free_port()
    house.portal.settings.port = port
    child, patient, study = house.owner_with_exam("Poppy Frenchie")
    carer, _, own = house.owner_with_exam("Ella Frenchie")
    stranger, _, theirs = house.owner_with_exam("Matilda Okafor")
    with house.portal.reading() as db:
        number = db.get_one(Patient, patient).patient_id
    carers.link(house.portal, house.email_of(carer), number, date(2026, 11, 12))
    house.share(carer, study, GP)
    house.share(stranger, theirs, "other@clinic.example")
    exams.open_exam(house.portal, house.access(carer, own))
    gate.install(house.portal)
    app = FastAPI()
    app.include_router(look_routes.router)
    with listening(Armour(ends_quietly(app), house.portal), port):
        yield Door(house, f"http://127.0.0.1:{port}", child, carer, stranger, patient)


def text_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    pdf = pypdfium2.PdfDocument(io.BytesIO(answer.content))
    return " ".join(" ".join(p.get_textpage().get_text_range() for p in pdf).split())


def test_the_patient_and_their_carer_get_the_list_and_nobody_elses_data(door: Door) -> None:
    own = text_of(door.get(door.child, PDF))
    cared = text_of(door.get(door.carer, door.address(door.carer, Asked(door.patient))))
    for text in (own, cared):
        assert GP in text
        assert "Okafor" not in text
        assert "other@clinic" not in text
    assert "Chester Frenchie, as of" in cared
    assert GP not in text_of(door.get(door.carer, PDF))


def test_the_pdf_is_not_kept_by_browsers_and_has_a_name_that_names_nobody(door: Door) -> None:
    answer = door.get(door.child, PDF)
    assert "no-store" in answer.headers["cache-control"]
    assert answer.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''who-has-looked.pdf"
    )


def test_an_address_made_for_somebody_else_opens_nothing(door: Door) -> None:
    address = door.address(door.carer, Asked(door.patient))
    for person in (door.stranger, door.child):
        answer = door.get(person, address)
        assert answer.status_code == 404
        assert "Frenchie" not in answer.text


def test_a_person_who_is_no_carer_is_refused_under_their_own_address(door: Door) -> None:
    address = door.address(door.stranger, Asked(door.patient))
    assert door.get(door.stranger, address).status_code == 404


def test_a_carer_is_refused_once_their_time_is_over(door: Door) -> None:
    address = door.address(door.carer, Asked(door.patient))
    door.house.clock.move(days=11)
    assert door.get(door.carer, address).status_code == 404


def test_nobody_who_is_not_signed_in_gets_a_list(door: Door) -> None:
    answer = door.get(None, PDF)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/looks"


def test_another_site_cannot_fetch_it(door: Door) -> None:
    assert door.get(door.child, PDF, sec_fetch_site="cross-site").status_code == 403


def test_a_session_that_ended_gets_nothing(door: Door) -> None:
    cookie = door.cookie(door.child)
    who = sessions.current(door.house.portal, cookie["cookie"].partition("=")[2])
    assert who is not None
    sessions.sign_out(door.house.portal, who.session_id)
    answer = httpx.get(door.url + PDF, headers={"user-agent": DESKTOP, **cookie})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "asked",
    [
        Asked(), Asked(not_me=True), Asked(kind=Kind.EMERGENCY), Asked(by=0), Asked(7, 8, 9),
        Asked(study_id=3, not_me=True, kind=Kind.TAKEN),
    ],
)  # fmt: skip
def test_an_address_says_what_was_asked_and_shows_no_number(house: House, asked: Asked) -> None:
    address = pdf_address(house.portal, 5, asked)
    query = dict(httpx.URL(address).params)
    assert asked_for(house.portal, 5, query) == asked
    assert all(len(v) > 20 for name, v in query.items() if name in ("of", "exam", "by"))


def test_nonsense_in_an_address_is_refused_with_a_sentence(house: House) -> None:
    with pytest.raises(Invalid):
        asked_for(house.portal, 5, {"kind": "everything"})
    for value in ("x", "!", sealed(house.portal, 5, "study", 4)):
        with pytest.raises(NotFound):
            asked_for(house.portal, 5, {"of": value})
