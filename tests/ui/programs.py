"""A portal as programs reach it: accounts with cookies and tokens, and one exam of three slices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from httpx import Response
from pydicom.dataset import Dataset
from sqlalchemy import select
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from services.pictures.frames import Images
from services.pictures.workshop import Workshop
from services.programs import tokens
from services.randomness import fingerprint
from storage.models import SignInSession, Study
from tests.dicom import ct_slice, take_in
from tests.factories import House
from ui.programs import ProgramDoor, Programs, programs
from ui.routes import dicomweb

HERE = "http://127.0.0.1:8080"
STUDY = "1.2.826.0.1.3680043.10.1"
SERIES = f"{STUDY}.1"
EXAM = f"/dicomweb/studies/{STUDY}"
FRAME = f"{EXAM}/series/{SERIES}/instances/{SERIES}.1/frames/1/rendered"
GUEST = "referrer@practice.example"


@dataclass
class Outside:
    """What a program sees of a portal, and the people it may speak for."""

    house: House
    parts: Programs
    door: ProgramDoor
    client: TestClient
    owner: int
    study: int

    def get(self, address: str, who: dict[str, str] | None = None, **headers: str) -> Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(address, headers={**(who or {}), **named})

    def session(self, account: int) -> dict[str, str]:
        """The headers of a browser in which that account is signed in."""
        cookie = f"cookie-of-{account}-{self.house.secrets.token()}"
        signed_in = self.house.signed_in(account)
        with self.house.portal.transaction() as tx:
            row = tx.db.get_one(SignInSession, signed_in.session_id)
            row.token_hash = fingerprint(cookie)
        return {"cookie": f"other=1; myimaging_session={cookie}"}

    def token(self, account: int) -> dict[str, str]:
        """The headers of a program that speaks for that account."""
        made = tokens.create(self.house.portal, self.house.email_of(account))
        return {"authorization": f"Bearer {made.token}"}

    def guest(self, email: str = GUEST, **options: object) -> int:
        self.house.share(self.owner, self.study, email, **options)
        guest = self.house.account_id(email)
        self.house.activate(guest)
        return guest


@contextmanager
def outside(
    house: House, *more: Dataset, rest: ASGIApp | None = None, study: str = STUDY
) -> Iterator[Outside]:
    """The door for programs over a portal with the exam and whatever else is given."""
    take_in(house.portal, [*(ct_slice(study=study, number=n) for n in (3, 1, 2)), *more])
    with house.portal.reading() as db:
        query = select(Study.id, Study.patient_id).where(Study.study_uid == study)
        number, patient = db.execute(query).one()
    owner = house.account(kind="patient", name="Chester Frenchie")
    house.link(owner, patient)
    workshop = Workshop(2)
    parts = programs(house.portal, Images(house.portal), workshop)
    door = ProgramDoor(PlainTextResponse("pages"), parts, rest or dicomweb.application(parts))
    yield Outside(house, parts, door, TestClient(door, base_url=HERE), owner, number)
    workshop.close()
