"""The audit trail at the staff desk: found by person, patient, exam, kind and day; taken away."""

from __future__ import annotations

import csv
import io
import json
import threading
from dataclasses import replace

import pytest

from services import audit
from services.audit import Action
from services.desk import audit_desk
from services.errors import Expired, NotAllowed, TooMany
from services.exam import exams
from services.finding.listing import PAGE, Wanted
from services.signing_in import sessions
from services.signing_in.sessions import SignedIn
from services.trail import audit_search, audit_words
from services.trail.audit_export import Form
from storage.models import AuditEvent
from tests.factories import House


def auditor(house: House) -> SignedIn:
    return house.signed_in(house.account("odile@hospital.example", "staff", role="auditor"))


def found(house: House, who: SignedIn, words: str = "", **choices: str) -> list[str]:
    wanted = Wanted(words=words, choices=tuple(sorted(choices.items())))
    page = audit_desk.page(house.portal, who.account_id, wanted)
    return [f"{line.who}: {line.what}" for line in page.rows if "audit" not in line.what]


def lived_in(house: House) -> tuple[int, int, int]:
    """Chester looks twice, on two days; Matilda signs in."""
    owner, patient, study = house.owner_with_exam()
    exams.open_exam(house.portal, house.access(owner, study))
    house.clock.move(days=3)
    exams.open_exam(house.portal, house.access(owner, study))
    other = house.account("matilda@x.example", "patient", name="Matilda Okafor")
    with house.portal.transaction() as tx:
        tx.record(Action.SIGN_IN, account_id=other)
    return owner, patient, study


LOOK, SIGN_IN = "Chester Frenchie: looked at an exam", "Matilda Okafor: signed in"


def test_the_trail_is_told_newest_first_with_names(house: House) -> None:
    lived_in(house)
    who = auditor(house)
    assert found(house, who) == [SIGN_IN, LOOK, LOOK]
    [_, line, *_] = audit_desk.page(house.portal, who.account_id, Wanted()).rows
    assert line.patient == "FRENCHIE, Chester (P00002)"
    assert line.exam == "CT 01 January 2026 10:30"
    assert "why: own" in line.detail


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("matilda@x.example", [SIGN_IN]),
        ("Okafor", [SIGN_IN]),
        ("okafor", [SIGN_IN]),
        ("Chester", [LOOK, LOOK]),
        ("P00002", [LOOK, LOOK]),
        ("Frenchie Chester", [LOOK, LOOK]),
        ("ACC3", [LOOK, LOOK]),
        ("02/11/2026", [LOOK]),
        ("2026-11-05", [SIGN_IN, LOOK]),
        ("P00002, 05.11.2026", [LOOK]),
        ("Okafor, P00002", []),
        ("03/11/2026", []),
        ("01/01/1970", []),
        ("nobody", []),
        ("%", []),
    ],
)
def test_events_are_found_by_person_patient_exam_and_day(
    house: House, words: str, lines: list[str]
) -> None:
    lived_in(house)
    assert found(house, auditor(house), words) == lines


@pytest.mark.parametrize(
    ("choices", "lines"),
    [
        ({"kind": "looks"}, [LOOK, LOOK]),
        ({"kind": "signing-in"}, [SIGN_IN]),
        ({"kind": "sharing"}, []),
        ({"period": "1"}, [SIGN_IN, LOOK]),
        ({"period": "7"}, [SIGN_IN, LOOK, LOOK]),
        ({"kind": "looks", "period": "1"}, [LOOK]),
    ],
)
def test_events_are_filtered_by_kind_and_time(
    house: House, choices: dict[str, str], lines: list[str]
) -> None:
    lived_in(house)
    assert found(house, auditor(house), **choices) == lines


def test_a_search_is_recorded_with_its_patient_and_without_its_words(house: House) -> None:
    _, patient, _ = lived_in(house)
    who = auditor(house)
    found(house, who)
    assert house.recorded("audit.searched") == []
    found(house, who, "P00002", kind="looks")
    [event] = house.recorded("audit.searched")
    assert (event.account_id, event.patient_id) == (who.account_id, patient)
    assert event.detail == {"asked": "words kind=looks"}


def test_a_long_trail_comes_a_page_at_a_time(house: House) -> None:
    who = auditor(house)
    for _ in range(PAGE + 3):
        with house.portal.transaction() as tx:
            tx.record(Action.SIGN_IN, account_id=1)
    first = audit_desk.page(house.portal, who.account_id, Wanted())
    rest = audit_desk.page(house.portal, who.account_id, Wanted(number=2))
    assert (len(first.rows), first.more, len(rest.rows), rest.more) == (PAGE, True, 3, False)


def taken(house: House, who: SignedIn, form: Form, **wanted: object) -> str:
    download = audit_desk.export(house.portal, who, Wanted(**wanted), form)  # type: ignore[arg-type]
    return b"".join(download.pieces).decode()


def test_what_was_found_is_taken_away_oldest_first_as_json_and_as_csv(house: House) -> None:
    lived_in(house)
    who = auditor(house)
    lines = taken(house, who, Form.JSON, words="Chester").splitlines()
    assert [json.loads(line)["action"] for line in lines] == ["exam.viewed"] * 2
    assert len(json.loads(lines[0])["digest"]) == 64
    table = list(csv.DictReader(io.StringIO(taken(house, who, Form.CSV, words="Chester"))))
    assert [row["seq"] for row in table] == [str(json.loads(line)["seq"]) for line in lines]
    assert json.loads(table[0]["detail"])["why"] == "own"
    assert [e.detail["form"] for e in house.recorded("audit.exported")] == ["jsonl", "csv"]


def test_a_whole_trail_is_taken_away_in_portions(house: House) -> None:
    who = auditor(house)
    with house.portal.transaction() as tx:
        for _ in range(2100):
            tx.record(Action.SIGN_IN, account_id=1)
    lines = taken(house, who, Form.JSON).splitlines()
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, 2102))


def test_an_export_ends_when_its_person_is_signed_out(house: House) -> None:
    who = auditor(house)
    with house.portal.transaction() as tx:
        for _ in range(1100):
            tx.record(Action.SIGN_IN, account_id=1)
    pieces = audit_desk.export(house.portal, who, Wanted(), Form.JSON).pieces
    next(pieces)
    sessions.sign_out(house.portal, who.session_id)
    with pytest.raises(Expired):
        next(pieces)


def test_a_cell_that_a_spreadsheet_would_calculate_is_harmless(house: House) -> None:
    who = auditor(house)
    with house.portal.transaction() as tx:
        tx.record(Action.SIGN_IN, account_id=1)
    with house.portal.database.write() as db:
        event = next(audit.events(db))
        db.add(event)
        event.action = "=HYPERLINK()"
    assert "'=HYPERLINK()" in taken(house, who, Form.CSV)


def test_a_check_of_the_whole_trail_is_remembered(house: House) -> None:
    lived_in(house)
    who = auditor(house)
    before = audit_desk.chain(house.portal, who.account_id)
    assert (before.flaw, before.checked_at) == ("", None)
    told: list[int] = []
    assert audit_desk.check(house.portal, who.account_id, told.append).flaw == ""
    after = audit_desk.chain(house.portal, who.account_id)
    assert (after.checked_at, after.checked) == (house.clock(), "")


def test_a_check_says_what_it_found_and_the_page_goes_on_saying_it(house: House) -> None:
    who = auditor(house)
    with house.portal.transaction() as tx:
        for _ in range(600):
            tx.record(Action.SIGN_IN, account_id=1)
    with house.portal.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit_events SET account_id = 9 WHERE seq = 3")
    assert audit_desk.chain(house.portal, who.account_id).flaw == ""  # too old for a quick look
    assert "event 3" in audit_desk.check(house.portal, who.account_id, lambda _: None).flaw
    assert "event 3" in audit_desk.chain(house.portal, who.account_id).checked


@pytest.mark.parametrize(
    ("statement", "flaw"),
    [
        ("UPDATE audit_events SET account_id = 9 WHERE seq = 8", "event 8 was changed"),
        ("DELETE FROM audit_events WHERE seq = 8", "event 8 is missing"),
        ("DELETE FROM audit_events WHERE seq = 10", "events after 9 are missing"),
        ("UPDATE audit_head SET digest = 'f00'", "the head of the chain was changed"),
        ("DELETE FROM audit_head", "the head of the chain is missing"),
    ],
)
def test_the_quick_look_finds_what_was_done_to_the_newest_events(
    house: House, statement: str, flaw: str
) -> None:
    who = auditor(house)
    with house.portal.transaction() as tx:
        for _ in range(10):
            tx.record(Action.SIGN_IN, account_id=1)
    with house.portal.database.engine.begin() as connection:
        assert connection.exec_driver_sql(statement).rowcount == 1
    assert flaw in audit_desk.chain(house.portal, who.account_id).flaw


def test_one_check_runs_at_a_time(house: House) -> None:
    who = auditor(house)
    with house.portal.transaction() as tx:
        for _ in range(audit.TOLD_EVERY):
            tx.record(Action.SIGN_IN, account_id=1)
    begun, go_on = threading.Event(), threading.Event()

    def wait(_: int) -> None:
        begun.set()
        go_on.wait(30)

    first = threading.Thread(
        target=audit_desk.check, args=(house.portal, who.account_id, wait), daemon=True
    )
    first.start()
    assert begun.wait(60)
    with pytest.raises(TooMany):
        audit_desk.check(house.portal, who.account_id, lambda _: None)
    go_on.set()
    first.join(60)
    assert audit_desk.check(house.portal, who.account_id, lambda _: None).flaw == ""


def test_a_clinician_sees_none_of_it(house: House) -> None:
    who = house.signed_in(house.account(kind="staff", role="clinician"))
    for call in (
        lambda: audit_desk.page(house.portal, who.account_id, Wanted()),
        lambda: audit_desk.chain(house.portal, who.account_id),
        lambda: audit_desk.check(house.portal, who.account_id, lambda _: None),
        lambda: audit_desk.export(house.portal, who, Wanted(), Form.CSV),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_every_action_has_a_name_and_a_kind() -> None:
    assert {str(action) for action in Action} == audit_words.LABELS.keys()


def test_events_of_several_kinds_and_people_come_newest_first_over_the_pages(house: House) -> None:
    who = auditor(house)
    people = [house.account(name=f"Robin {name}") for name in ("Abel", "Bird", "Cole")]
    for number in range(2 * PAGE + 6):
        action = (Action.SIGN_IN, Action.SIGN_OUT, Action.SHARED)[number % 3]
        with house.portal.transaction() as tx:
            tx.record(action, account_id=people[number % 2])
    for wanted in (
        Wanted(choices=(("kind", "signing-in"),)),
        Wanted("robin", choices=(("kind", "signing-in"),)),
        Wanted("robin"),
    ):
        rows = []
        for number in (1, 2, 3):
            page = audit_desk.page(house.portal, who.account_id, replace(wanted, number=number))
            rows += [line.number for line in page.rows]
        with house.portal.reading() as db:
            search = audit_search.search(house.portal, db, wanted)
            events = db.execute(search.query().order_by(AuditEvent.seq.desc())).scalars()
            assert rows == [event.seq for event in events][: len(rows)]
        assert len(rows) >= 2 * (2 * PAGE + 6) // 3
