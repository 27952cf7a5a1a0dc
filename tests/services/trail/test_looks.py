""" "Who has looked": every event that touches an exam, in words, for the right people only."""

from __future__ import annotations

import ast
import io
import time
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
import pytest

from services.audit import Action
from services.downloads.look_paper import look_paper
from services.downloads.turns import Turns
from services.errors import Expired, NotFound
from services.exam import exams
from services.persons import accounts, patients
from services.programs.callers import Caller, Way
from services.programs.program_access import Purpose
from services.shares import sharing
from services.signing_in import sessions
from services.trail import look_sentences, looks
from services.trail.look_log import LookLog
from services.trail.look_sentences import OF_ACCOUNTS, SENTENCES, Telling
from services.trail.looks import ACTIONS, Asked, Kind
from storage.models import Account, AuditEvent, Study
from tests.factories import PASSWORD, House

SERVICES = Path(look_sentences.__file__).parents[1]
GUEST = "referrer@practice.example"
THIRD = "third@clinic.example"


def guest_of(house: House, owner: int, study: int, email: str = GUEST, **options: object) -> int:
    house.share(owner, study, email, **options)
    guest = house.account_id(email)
    house.activate(guest)
    return guest


def look(house: House, account: int, study: int) -> None:
    exams.open_exam(house.portal, house.access(account, study))


def told(house: House, account: int, **asked: object) -> list[str]:
    entries = looks.looks(house.portal, account, Asked(**asked))  # type: ignore[arg-type]
    return [f"{entry.who} {entry.what}" for entry in entries]


# complete


@pytest.mark.parametrize("action", list(Action))
def test_every_kind_of_event_has_a_sentence_or_touches_no_exam(action: Action) -> None:
    assert (action in SENTENCES) != (action in OF_ACCOUNTS)


def recorded_about_exams() -> set[str]:
    """The names of actions that services record together with a patient or an exam."""
    found = set()
    for module in SERVICES.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr != "record" or not node.args:
                continue
            if {"patient_id", "study_id"} & {word.arg for word in node.keywords}:
                found |= {a.attr for a in ast.walk(node.args[0]) if isinstance(a, ast.Attribute)}
    return found


def test_every_event_that_is_recorded_about_an_exam_has_a_sentence() -> None:
    found = recorded_about_exams()
    assert {"EXAM_VIEWED", "SHARED", "DOWNLOADED", "GLASS_PATIENT_OPENED"} <= found
    assert {name for name in found if Action[name] not in SENTENCES} == set()


@pytest.mark.parametrize("action", list(SENTENCES))
def test_a_sentence_is_plain_words_and_holds_no_number_of_a_row(action: Action) -> None:
    detail = {"grant": 987, "grantee": 987, "account": 987, "token": 987, "glass": 987, "note": 987}
    sentence = SENTENCES[action](
        Telling("the exam CT 03 October 2026 09:20", "Dr Lind", "06 August 2027 14:00", "", detail)
    )
    assert len(sentence.split()) > 2
    assert "987" not in sentence
    assert "{" not in sentence


@pytest.mark.parametrize("action", list(SENTENCES))
def test_every_entry_belongs_to_a_kind_that_can_be_asked_for(action: Action) -> None:
    grouped = [a for actions in ACTIONS.values() for a in actions]
    assert (action in grouped) or action is Action.GLASS_PATIENT_OPENED
    assert action in looks.KIND_OF


# in words


def test_a_look_a_share_and_an_onward_share_are_told_with_names(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    guest = guest_of(house, owner, study, may_share=True)
    with house.portal.transaction() as tx:
        tx.db.get_one(Account, guest).name = "Dr Robin Lindqvist"
    look(house, guest, study)
    house.share(guest, study, THIRD, days=9)
    assert told(house, owner) == [
        f"Dr Robin Lindqvist shared the exam CT 01 January 2026 10:30 with {THIRD} "
        "until 11 November 2026 20:00",
        "Dr Robin Lindqvist looked at the exam CT 01 January 2026 10:30",
        "You shared the exam CT 01 January 2026 10:30 with Dr Robin Lindqvist "
        "until 02 December 2026 20:00 (may share on)",
    ]
    assert looks.looks(house.portal, owner)[0].where == GUEST


def test_a_change_and_an_end_are_told(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    house.share(owner, study, GUEST)
    house.clock.move(hours=1)
    shared = house.share(owner, study, GUEST, days=3, hide_details=True, may_download=False)
    sharing.end(house.portal, owner, shared.grant_id)
    ended, changed, _ = told(house, owner)
    assert ended == f"You ended the share of the exam CT 01 January 2026 10:30 with {GUEST}"
    assert changed == (
        f"You changed the share of the exam CT 01 January 2026 10:30 with {GUEST}: now until "
        "05 November 2026 21:00 (patient details hidden, no download)"
    )


def test_staff_are_told_with_their_organisation(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    house.portal.settings.organisation = "Riverbend District Hospital"
    look(house, house.account(kind="staff", role="clinician", name="Jules Moreau"), study)
    [entry] = looks.looks(house.portal, owner)
    assert (entry.who, entry.where) == ("Jules Moreau", "staff of Riverbend District Hospital")


def test_a_program_with_a_token_is_told_as_one(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    log = LookLog(house.portal)
    caller = Caller(owner, "patient", "", Way.TOKEN, 4711, house.clock.now + timedelta(days=1))
    log.begin(caller, house.access(owner, study), Purpose.LOOK)
    log.count(caller, house.access(owner, study), 3)
    log.flush()
    assert told(house, owner, kind=Kind.PROGRAMS) == [
        "You received 3 pictures of the exam CT 01 January 2026 10:30 through a program",
        "You looked at the exam CT 01 January 2026 10:30 through a program",
    ]


def test_an_accepted_invitation_is_told(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    house.share(owner, study, GUEST)
    accounts.set_up(
        house.portal, house.mailed_link(GUEST), name="Dr Lind", mobile="", password=PASSWORD,
        terms_accepted=True,
    )  # fmt: skip
    assert told(house, owner)[0] == (
        "Dr Lind accepted the invitation to the exam CT 01 January 2026 10:30 and made an account"
    )


# whose


def test_nobody_reads_about_exams_of_others(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    other, _, theirs = house.owner_with_exam("Matilda Okafor")
    guest = guest_of(house, owner, study, may_share=True)
    look(house, other, theirs)
    look(house, guest, study)
    assert told(house, guest) == []
    assert told(house, other) == ["You looked at the exam CT 01 January 2026 10:30"]
    assert all("Matilda" not in line for line in told(house, owner))


def test_nobody_asks_about_a_person_they_do_not_care_for(house: House) -> None:
    owner, patient, _ = house.owner_with_exam()
    other, _, _ = house.owner_with_exam()
    for person in (owner, other):  # one's own records are asked for without a name
        with pytest.raises(NotFound):
            looks.looks(house.portal, person, Asked(whose=patient))
        with pytest.raises(NotFound):
            looks.choices(house.portal, person, patient)


def test_an_exam_whose_owner_is_in_doubt_is_not_described(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    look(house, owner, study)
    with house.portal.transaction() as tx:
        tx.db.get_one(Study, study).identity_conflict = "another name"
    assert told(house, owner) == ["You looked at an exam whose owner is being checked"]
    assert looks.choices(house.portal, owner).exams == {}


# asked for


def test_the_list_is_filtered_by_exam_person_and_kind(house: House) -> None:
    owner, patient, study = house.owner_with_exam()
    second = house.study(patient, modality="MR", day=5)
    guest = guest_of(house, owner, study)
    look(house, guest, study)
    look(house, owner, second)
    assert told(house, owner, study_id=second) == [
        "You looked at the exam MR 05 January 2026 10:30"
    ]
    assert len(told(house, owner, by=guest)) == 1
    assert len(told(house, owner, not_me=True)) == 1
    assert len(told(house, owner, kind=Kind.SHARING)) == 1
    assert told(house, owner, kind=Kind.TAKEN) == []
    choices = looks.choices(house.portal, owner)
    assert list(choices.exams.values()) == [
        f"{what} January 2026 10:30, Exam of the chest" for what in ("MR 05", "CT 01")
    ]
    assert choices.people == {guest: GUEST}


def test_emergency_access_is_found_by_what_it_rests_on(house: House) -> None:
    owner, patient, study = house.owner_with_exam()
    with house.portal.transaction() as tx:
        tx.record(Action.EXAM_VIEWED, account_id=None, patient_id=patient, study_id=study,
                  why="broken glass")  # fmt: skip
    look(house, owner, study)
    [entry] = looks.looks(house.portal, owner, Asked(kind=Kind.EMERGENCY))
    assert entry.emergency


def test_pages_follow_each_other_without_a_gap(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    for _ in range(7):
        look(house, owner, study)
    seen: list[int] = []
    asked: Asked | None = Asked()
    while asked is not None:
        page = looks.page(house.portal, owner, asked, 3)
        seen += [entry.number for entry in page.entries]
        asked = page.older
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 7


def test_days_are_the_portals_and_the_same_again_is_one_line(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    look(house, owner, study)  # 20:00 in Sydney
    house.clock.move(minutes=30)
    look(house, owner, study)
    house.clock.move(hours=3)  # 23:30
    look(house, owner, study)
    house.clock.move(hours=1)  # the next day
    look(house, owner, study)
    days = looks.by_day(looks.looks(house.portal, owner))
    assert [day for day, _ in days] == [date(2026, 11, 3), date(2026, 11, 2)]
    [line] = days[1][1]
    assert (line.entry.time, line.first, line.times) == ("23:30", "20:00", 3)


def test_a_hundred_thousand_events_are_paged_through_quickly(house: House) -> None:
    owner, patient, study = house.owner_with_exam()
    guest = guest_of(house, owner, study)
    other = house.patient("OTHER")
    with house.portal.database.write() as db:
        at = house.clock.now
        db.execute(AuditEvent.__table__.insert(), [  # type: ignore[attr-defined]
            {"seq": 1000 + n, "at": at, "action": "exam.viewed", "account_id": guest,
             "patient_id": other if n % 3 else patient, "study_id": study, "detail": {"why": "own"},
             "digest": ""}
            for n in range(100_000)
        ])  # fmt: skip

    def slowest(*asked: Asked) -> float:
        took = []
        for one in asked:
            start = time.perf_counter()
            looks.page(house.portal, owner, one)
            took.append(time.perf_counter() - start)
        return max(took)

    looks.page(house.portal, owner, Asked())
    # a page takes 10 ms; what is allowed for leaves room for a machine with other work
    assert slowest(Asked(), Asked(before=50_000), Asked(by=guest), Asked(study_id=study)) < 0.5
    assert slowest(Asked(kind=Kind.EMERGENCY), Asked(kind=Kind.STAFF)) < 2
    start = time.perf_counter()
    looks.choices(house.portal, owner)
    assert time.perf_counter() - start < 1


# on paper


def text_of(data: bytes) -> str:
    pdf = pypdfium2.PdfDocument(io.BytesIO(data))
    return "\n".join(page.get_textpage().get_text_range() for page in pdf)


def test_the_list_goes_on_paper_and_holds_nobody_elses_data(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    other, _, theirs = house.owner_with_exam("Matilda Okafor")
    guest_of(house, other, theirs, THIRD)
    look(house, other, theirs)
    guest = guest_of(house, owner, study)
    look(house, guest, study)
    who, turns = house.signed_in(owner), Turns()
    download = look_paper(house.portal, turns, who, Asked(), "Chester Frenchie")
    text = text_of(b"".join(download.pieces))
    download.pieces.close()
    assert turns.running == 0
    assert "Chester Frenchie, as of 02 November 2026 20:00" in text
    assert f"{GUEST} looked at the exam CT 01 January 2026 10:30" in " ".join(text.split())
    assert "Okafor" not in text
    assert THIRD not in text


def test_paper_stops_when_its_person_is_signed_out(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    look(house, owner, study)
    who = house.signed_in(owner)
    download = look_paper(house.portal, Turns(), who, Asked(), "Chester")
    sessions.sign_out(house.portal, who.session_id)
    with pytest.raises(Expired):
        b"".join(download.pieces)
    download.pieces.close()


def test_paper_tells_when_there_is_more_than_it_holds(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    for _ in range(4):
        look(house, owner, study)
    who = house.signed_in(owner)
    download = look_paper(house.portal, Turns(), who, Asked(), "Chester", most=3)
    text = text_of(b"".join(download.pieces))
    download.pieces.close()
    assert "(3×)" in text
    assert "These are the newest 3 entries." in " ".join(text.split())


def test_the_history_of_a_merged_record_is_told_with_the_others(house: House) -> None:
    owner, patient, study = house.owner_with_exam()
    look(house, owner, study)
    admin = house.account(kind="staff", role="administrator", name="Jules Moreau")
    patients.merge(house.portal, admin, patient, house.patient())
    assert told(house, owner) == [
        "Jules Moreau put two patient records of this person together",
        "You looked at the exam CT 01 January 2026 10:30",
    ]
