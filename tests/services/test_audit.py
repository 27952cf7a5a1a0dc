"""The audit trail: append only, and `verify` finds whatever was done to it behind its back."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from services import audit
from services.audit import Action, Verdict
from services.keys import Keys
from services.letterhead import Letter
from services.publisher import SharingChanged
from tests.factories import House


def record(house: House, count: int) -> None:
    for number in range(1, count + 1):
        house.clock.move(seconds=1)
        with house.portal.transaction() as tx:
            tx.record(Action.EXAM_VIEWED, account_id=number, patient_id=7, study_id=3, why="own")


def verdict(house: House) -> Verdict:
    with house.portal.reading() as db:
        return audit.verify(db, house.portal.keys.key("audit"))


def tamper(house: House, statement: str) -> None:
    with house.portal.database.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount > 0


def test_an_empty_trail_is_whole(house: House) -> None:
    assert verdict(house) == Verdict(0, "")


def test_an_untouched_trail_is_whole(house: House) -> None:
    record(house, 5)
    assert verdict(house) == Verdict(5, "")


@pytest.mark.parametrize(
    "change",
    [
        "action = 'share.given'",
        "account_id = 99",
        "account_id = NULL",
        "patient_id = 8",
        "study_id = NULL",
        "at = '2020-01-01 00:00:00.000000'",
        """detail = '{"why": "grant"}'""",
        "digest = 'f00'",
    ],
)
def test_a_changed_event_is_found(house: House, change: str) -> None:
    record(house, 5)
    tamper(house, f"UPDATE audit_events SET {change} WHERE seq = 3")  # noqa: S608
    assert verdict(house) == Verdict(3, "event 3 was changed, or one before it removed")


@pytest.mark.parametrize("missing", [1, 3])
def test_a_missing_event_is_found(house: House, missing: int) -> None:
    record(house, 5)
    tamper(house, f"DELETE FROM audit_events WHERE seq = {missing}")  # noqa: S608
    assert verdict(house).flaw == f"event {missing} is missing"


def test_a_missing_event_is_found_even_when_the_rest_moves_up(house: House) -> None:
    record(house, 5)
    tamper(house, "DELETE FROM audit_events WHERE seq = 3")
    tamper(house, "UPDATE audit_events SET seq = 3 WHERE seq = 4")
    tamper(house, "UPDATE audit_events SET seq = 4 WHERE seq = 5")
    assert verdict(house).flaw == "event 3 was changed, or one before it removed"


def test_two_events_that_changed_places_are_found(house: House) -> None:
    record(house, 3)
    for before, after in ((1, 9), (2, 1), (9, 2)):
        tamper(house, f"UPDATE audit_events SET seq = {after} WHERE seq = {before}")  # noqa: S608
    assert verdict(house).flaw == "event 1 was changed, or one before it removed"


@pytest.mark.parametrize("left", [0, 1, 4])
def test_a_cut_off_end_is_found(house: House, left: int) -> None:
    record(house, 5)
    tamper(house, f"DELETE FROM audit_events WHERE seq > {left}")  # noqa: S608
    assert verdict(house) == Verdict(left, f"events after {left} are missing: there were 5")


def test_a_cut_off_end_is_found_even_when_the_head_is_moved_back(house: House) -> None:
    record(house, 5)
    tamper(house, "DELETE FROM audit_events WHERE seq = 5")
    tamper(
        house,
        "UPDATE audit_head SET seq = 4, digest = (SELECT digest FROM audit_events WHERE seq = 4)",
    )
    assert verdict(house).flaw == "the head of the chain was changed"


def test_a_missing_head_is_found(house: House) -> None:
    record(house, 2)
    tamper(house, "DELETE FROM audit_head")
    assert verdict(house).flaw == "the head of the chain is missing"


def test_a_made_up_event_at_the_end_is_found(house: House) -> None:
    record(house, 2)
    tamper(
        house,
        "INSERT INTO audit_events SELECT 3, at, action, 5, patient_id, study_id, detail, digest "
        "FROM audit_events WHERE seq = 2",
    )
    assert verdict(house).flaw == "event 3 was changed, or one before it removed"


def test_whoever_lacks_the_key_cannot_make_a_trail_that_verifies(house: House) -> None:
    record(house, 2)
    with house.portal.reading() as db:
        other = Keys(b"another portal").key("audit")
        assert audit.verify(db, other).flaw == "event 1 was changed, or one before it removed"


def test_the_trail_goes_on_after_a_restart(house: House) -> None:
    record(house, 2)
    house.portal.database.close()
    record(house, 2)
    assert verdict(house) == Verdict(4, "")


def test_a_long_trail_is_walked_to_its_end(house: House) -> None:
    with house.portal.transaction() as tx:
        for _ in range(1100):  # more than one portion of a thousand
            tx.record(Action.EXAM_VIEWED, account_id=1)
    assert verdict(house) == Verdict(1100, "")
    tamper(house, "UPDATE audit_events SET account_id = 2 WHERE seq = 1099")
    assert verdict(house).events == 1099


def test_a_call_that_fails_leaves_no_event_and_tells_nobody(house: House) -> None:
    record(house, 1)
    told: list[str] = []
    with pytest.raises(RuntimeError), house.portal.transaction() as tx:
        house.portal.publisher.subscribe(SharingChanged(7), lambda: told.append("told"))
        tx.record(Action.SHARED, account_id=1)
        tx.post("robin@x.example", Letter("test", "Subject", "Text"))
        tx.announce(SharingChanged(7))
        raise RuntimeError
    assert house.recorded("share.given") == []
    assert house.mail() == []
    assert told == []
    assert verdict(house) == Verdict(1, "")


def test_what_was_announced_is_told_once_and_after_it_is_kept(house: House) -> None:
    seen: list[int] = []
    house.portal.publisher.subscribe(
        SharingChanged(7), lambda: seen.append(len(house.recorded("share.given")))
    )
    with house.portal.transaction() as tx:
        tx.record(Action.SHARED, account_id=1)
        tx.announce(SharingChanged(7))
        tx.announce(SharingChanged(7))
        assert seen == []
    assert seen == [1]


def test_an_event_is_exported_as_one_line_with_its_digest(house: House) -> None:
    record(house, 1)
    with house.portal.reading() as db:
        [event] = audit.events(db)
        line = audit.as_json(event)
    told = json.loads(line)
    assert "\n" not in line
    assert told["digest"] == event.digest
    assert told["at"] == "2026-11-02T09:00:01.000000+00:00"
    assert told["detail"] == {"why": "own"}


def test_every_action_fits_into_its_column() -> None:
    assert max(len(action) for action in Action) <= 32
    assert len({str(action) for action in Action}) == len(Action)
