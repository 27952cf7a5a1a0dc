"""A break-glass account looks, and takes nothing away: through every door, whatever it holds."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from services.access import Access
from services.downloads.wanted import DicomFiles, Form, Pictures, Print, Reports, Wanted
from services.errors import NotAllowed, PortalError
from services.exam import notes
from services.glass import break_glass
from services.glass.break_glass import Wish
from services.programs import tokens
from services.shares import sharing
from services.shares.sharing import Options
from services.signing_in.sessions import SignedIn
from storage.models import BrokenGlass, Grant
from tests.factories import QUICK_HASH, House
from tests.services.traced import Taken, traced

WANTED = [DicomFiles(), Pictures(Form.JPEG), Pictures(Form.PNG), Reports(), Print(4)]


@pytest.fixture
def taken(house: House) -> Taken:
    return traced(house)


@pytest.fixture(params=["broken", "shared", "own"])
def looking(taken: Taken, request: pytest.FixtureRequest) -> tuple[SignedIn, Access]:
    """A break-glass account before an exam: opened in an emergency, shared with it, its own."""
    house = taken.house
    account = house.account("er@x.example", "breakglass", password_hash=QUICK_HASH)
    patient = house.access(taken.owner, taken.study).patient_id
    who = house.signed_in(account)
    match request.param:
        case "broken":
            house.step_up(who)
            wish = Wish("Unconscious after a fall", accepted=True)
            broken = break_glass.break_(house.portal, who, wish)
            with house.portal.transaction() as tx:
                tx.db.get_one(BrokenGlass, broken.number).patient_id = patient
        case "shared":
            house.share(taken.owner, taken.study, "er@x.example", may_share=True)
        case "own":
            house.link(account, patient)
    return who, house.access(account, taken.study)


@pytest.mark.parametrize("wanted", WANTED, ids=lambda w: type(w).__name__)
def test_it_downloads_and_prints_nothing(
    taken: Taken, looking: tuple[SignedIn, Access], wanted: Wanted
) -> None:
    who, access = looking
    with pytest.raises(NotAllowed):
        taken.downloads.begin(who, access, wanted)
    assert taken.house.recorded("exam.downloaded", "exam.printed") == []


def test_it_shares_nothing(taken: Taken, looking: tuple[SignedIn, Access]) -> None:
    _who, access = looking
    with taken.house.portal.reading() as db:
        before = len(list(db.execute(select(Grant.id))))
    with pytest.raises(NotAllowed):
        sharing.share(taken.house.portal, access, "friend@x.example", "", Options(days=3))
    with taken.house.portal.reading() as db:
        assert len(list(db.execute(select(Grant.id)))) == before


def test_it_writes_no_notes(taken: Taken, looking: tuple[SignedIn, Access]) -> None:
    _who, access = looking
    with pytest.raises(NotAllowed):
        notes.write(taken.house.portal, access, "A note", release=True)


def test_it_has_no_program(taken: Taken, looking: tuple[SignedIn, Access]) -> None:
    with pytest.raises(PortalError, match="break-glass"):
        tokens.create(taken.house.portal, "er@x.example", days=1)
