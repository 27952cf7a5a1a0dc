"""What a program may do with an exam: remembered while it holds, refused otherwise."""

from __future__ import annotations

import pytest

from services.access import NOT_FOUND
from services.errors import NotAllowed, NotFound
from services.programs import program_access
from services.programs.callers import Caller, Way
from services.programs.program_access import ProgramAccess, Purpose, permit
from storage.models import Study
from tests.factories import House

GUEST = "referrer@practice.example"


@pytest.fixture
def accesses(house: House) -> ProgramAccess:
    return ProgramAccess(house.portal)


def caller(house: House, account: int, way: Way = Way.TOKEN) -> Caller:
    return Caller(account, "guest", "", way, 1, house.clock())


def uid(house: House, study: int) -> str:
    with house.portal.reading() as db:
        return db.get_one(Study, study).study_uid


@pytest.mark.parametrize(
    ("way", "purpose", "rights", "answer"),
    [
        (Way.SESSION, Purpose.LOOK, {}, "yes"),
        (Way.SESSION, Purpose.TAKE, {}, "yes"),
        (Way.TOKEN, Purpose.LOOK, {}, "yes"),
        (Way.TOKEN, Purpose.TAKE, {}, "yes"),
        (Way.SESSION, Purpose.LOOK, {"may_download": False}, "yes"),
        (Way.SESSION, Purpose.TAKE, {"may_download": False}, "not allowed"),
        (Way.TOKEN, Purpose.LOOK, {"may_download": False}, "not allowed"),
        (Way.TOKEN, Purpose.TAKE, {"may_download": False}, "not allowed"),
        (Way.SESSION, Purpose.LOOK, {"hide_details": True}, "yes"),
        (Way.SESSION, Purpose.TAKE, {"hide_details": True}, "yes"),
        (Way.TOKEN, Purpose.LOOK, {"hide_details": True}, "yes"),
        (Way.TOKEN, Purpose.TAKE, {"hide_details": True, "may_download": False}, "not allowed"),
    ],
)
def test_what_a_program_may_do(
    house: House, way: Way, purpose: Purpose, rights: dict[str, bool], answer: str
) -> None:
    owner, _, study = house.owner_with_exam()
    house.share(owner, study, GUEST, **rights)
    guest = house.account_id(GUEST)
    house.activate(guest)
    try:
        permit(caller(house, guest, way), house.access(guest, study), purpose)
        told = "yes"
    except NotAllowed:
        told = "not allowed"
    except NotFound as error:
        assert str(error) == NOT_FOUND
        told = "not found"
    assert told == answer


def test_a_break_glass_account_takes_nothing_even_of_what_was_shared_with_it(
    house: House,
) -> None:
    owner, _, study = house.owner_with_exam()
    account = house.account(GUEST, "breakglass")
    house.share(owner, study, GUEST)
    access = house.access(account, study)
    permit(caller(house, account, Way.SESSION), access, Purpose.LOOK)
    with pytest.raises(NotAllowed):
        permit(caller(house, account, Way.SESSION), access, Purpose.TAKE)


def test_a_decision_is_remembered_while_it_holds(house: House, accesses: ProgramAccess) -> None:
    owner, _, study = house.owner_with_exam()
    house.share(owner, study, GUEST, days=1)
    guest = house.account_id(GUEST)
    house.activate(guest)
    who, exam = caller(house, guest), uid(house, study)
    assert accesses.remembered(who, exam, Purpose.LOOK) is None
    decided = accesses.decided(who, exam, Purpose.LOOK)
    assert accesses.remembered(who, exam, Purpose.LOOK) is decided
    house.clock.move(days=1)
    assert accesses.remembered(who, exam, Purpose.LOOK) is None
    for _ in range(2):
        with pytest.raises(NotFound, match=NOT_FOUND):
            accesses.decided(who, exam, Purpose.LOOK)


def test_one_callers_decision_is_not_anothers(house: House, accesses: ProgramAccess) -> None:
    owner, _, study = house.owner_with_exam()
    exam = uid(house, study)
    accesses.decided(caller(house, owner), exam, Purpose.LOOK)
    stranger = caller(house, house.account())
    assert accesses.remembered(stranger, exam, Purpose.LOOK) is None
    with pytest.raises(NotFound):
        accesses.decided(stranger, exam, Purpose.LOOK)


def test_what_is_remembered_is_asked_for_the_purpose_again(
    house: House, accesses: ProgramAccess
) -> None:
    owner, _, study = house.owner_with_exam()
    house.share(owner, study, GUEST, may_download=False)
    guest = house.account_id(GUEST)
    house.activate(guest)
    who, exam = caller(house, guest, Way.SESSION), uid(house, study)
    accesses.decided(who, exam, Purpose.LOOK)
    with pytest.raises(NotAllowed):
        accesses.remembered(who, exam, Purpose.TAKE)


def test_what_is_remembered_is_bounded(
    house: House, accesses: ProgramAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program_access, "MOST_REMEMBERED", 1)
    owner, patient, study = house.owner_with_exam()
    exams = [uid(house, study), uid(house, house.study(patient))]
    for exam in exams:
        accesses.decided(caller(house, owner), exam, Purpose.LOOK)
    kept = [accesses.remembered(caller(house, owner), exam, Purpose.LOOK) for exam in exams]
    assert [access is not None for access in kept] == [False, True]
