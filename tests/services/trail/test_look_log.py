"""Looks of programs: recorded before the first picture, counted, and lost at no clean stop."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from services import audit
from services.access import Access
from services.errors import NotAllowed, NotFound
from services.persons import accounts
from services.programs.callers import Caller, Way
from services.programs.program_access import Purpose
from services.trail import looks
from services.trail.look_log import PERIOD, LookLog
from tests.factories import House

SHOWN = ("exam.viewed", "exam.pictures_sent")


@pytest.fixture
def log(house: House) -> LookLog:
    return LookLog(house.portal)


def caller_of(house: House, account: int, way: Way = Way.TOKEN, number: int = 7) -> Caller:
    return Caller(account, "patient", "", way, number, house.clock())


@pytest.fixture
def owner(house: House) -> Caller:
    account, _, _ = house.owner_with_exam()
    return caller_of(house, account)


@pytest.fixture
def access(house: House, owner: Caller) -> Access:
    return house.access(owner.account_id, 1)


def recorded(house: House) -> list[tuple[str, object]]:
    return [(e.action, e.detail.get("pictures")) for e in house.recorded(*SHOWN)]


def test_the_first_look_is_recorded_at_once(
    house: House, log: LookLog, owner: Caller, access: Access
) -> None:
    assert not log.is_open(owner, access)
    log.begin(owner, access, Purpose.LOOK)
    assert log.is_open(owner, access)
    event = house.recorded(*SHOWN)[0]
    assert (event.account_id, event.study_id) == (owner.account_id, access.study_id)
    assert event.patient_id == access.patient_id
    assert event.detail == {"why": "own", "hidden": False, "via": "dicomweb", "token": 7}


def test_beginning_again_within_the_period_records_nothing(
    house: House, log: LookLog, owner: Caller, access: Access
) -> None:
    for _ in range(3):
        log.begin(owner, access, Purpose.LOOK)
    assert recorded(house) == [("exam.viewed", None)]


def test_pictures_are_counted_and_recorded_once_the_period_is_over(
    house: House, log: LookLog, owner: Caller, access: Access
) -> None:
    log.begin(owner, access, Purpose.LOOK)
    for _ in range(300):
        log.count(owner, access)
    house.clock.move(minutes=29)
    log.flush_due()
    assert log.is_open(owner, access)
    assert recorded(house) == [("exam.viewed", None)]
    house.clock.move(minutes=1)
    assert not log.is_open(owner, access)
    log.count(owner, access)  # an answer that took its time
    house.clock.move(minutes=1)
    log.flush_due()
    log.flush_due()
    assert recorded(house) == [("exam.viewed", None), ("exam.pictures_sent", 301)]
    assert house.recorded("exam.pictures_sent")[0].detail["since"] == "2026-11-02T09:00:00+00:00"


def test_the_next_look_records_the_pictures_of_the_last(
    house: House, log: LookLog, owner: Caller, access: Access
) -> None:
    log.begin(owner, access, Purpose.LOOK)
    log.count(owner, access, 5)
    house.clock.move(seconds=PERIOD.total_seconds())
    log.begin(owner, access, Purpose.LOOK)
    assert recorded(house) == [
        ("exam.viewed", None),
        ("exam.pictures_sent", 5),
        ("exam.viewed", None),
    ]


def test_a_clean_stop_records_what_was_counted(
    house: House, log: LookLog, owner: Caller, access: Access
) -> None:
    log.begin(owner, access, Purpose.LOOK)
    log.count(owner, access, 2)
    log.flush()
    assert recorded(house)[-1] == ("exam.pictures_sent", 2)


def test_what_could_not_be_recorded_is_recorded_later(
    house: House, log: LookLog, owner: Caller, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.begin(owner, access, Purpose.LOOK)
    log.count(owner, access, 4)
    with monkeypatch.context() as broken:

        def full(*_: object) -> None:
            raise OperationalError("insert", {}, Exception("disk full"))

        broken.setattr(audit, "append", full)
        with pytest.raises(OperationalError):
            log.flush()
    log.count(owner, access)
    log.flush()
    assert recorded(house)[-1] == ("exam.pictures_sent", 5)


def test_two_ways_in_are_two_looks(
    house: House, log: LookLog, owner: Caller, access: Access
) -> None:
    log.begin(owner, access, Purpose.LOOK)
    browser = caller_of(house, owner.account_id, Way.SESSION, 3)
    assert not log.is_open(browser, access)
    log.begin(browser, access, Purpose.LOOK)
    assert house.recorded(*SHOWN)[-1].detail["session"] == 3


def test_nothing_begins_on_an_access_that_has_ended(
    house: House, log: LookLog, owner: Caller, access: Access
) -> None:
    accounts.disable(house.portal, house.email_of(owner.account_id))
    with pytest.raises(NotFound):
        log.begin(owner, access, Purpose.LOOK)
    assert not log.is_open(owner, access)
    assert recorded(house) == []


def test_nothing_begins_without_the_right(house: House, log: LookLog, owner: Caller) -> None:
    house.share(owner.account_id, 1, "g@x.example", may_download=False)
    guest = house.account_id("g@x.example")
    house.activate(guest)
    access = house.access(guest, 1)
    with pytest.raises(NotAllowed):
        log.begin(caller_of(house, guest), access, Purpose.LOOK)
    with pytest.raises(NotAllowed):
        log.begin(caller_of(house, guest, Way.SESSION), access, Purpose.TAKE)
    log.begin(caller_of(house, guest, Way.SESSION), access, Purpose.LOOK)
    assert len(recorded(house)) == 1


def test_the_patient_reads_it_in_plain_words(
    house: House, log: LookLog, owner: Caller, access: Access
) -> None:
    log.begin(owner, access, Purpose.LOOK)
    log.count(owner, access, 312)
    log.flush()
    browser = caller_of(house, owner.account_id, Way.SESSION)
    log.begin(browser, access, Purpose.LOOK)
    log.count(browser, access)
    log.flush()
    exam = "the exam CT 01 January 2026 10:30"
    assert [entry.what for entry in looks.looks(house.portal, owner.account_id)] == [
        f"received 1 picture of {exam} as single pictures",
        f"looked at {exam} as single pictures",
        f"received 312 pictures of {exam} through a program",
        f"looked at {exam} through a program",
    ]
