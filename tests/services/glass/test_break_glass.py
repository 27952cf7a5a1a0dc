"""Breaking the glass: conditions, a reason, the password; then one searched patient, for a time."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from imaging.person_name import search_key
from services import access as decision
from services.access import Why
from services.errors import Expired, Invalid, NotAllowed, NotFound, TooMany
from services.glass import break_glass, glass_conditions
from services.glass.break_glass import Hit, Opened, Wish
from services.glass.glass_reasons import REASONS
from services.publisher import AccessChanged
from services.shares import sharing
from services.signing_in import sessions
from services.signing_in.sessions import SignedIn
from services.throttling import GLASS_SEARCHES
from services.trail import looks
from storage.models import Account, BrokenGlass, Patient, SignInSession
from tests.factories import PASSWORD, QUICK_HASH, START, House, open_house

REASON = "Unconscious in the emergency department"
BORN = "22/07/1983"


@pytest.fixture
def clinician(house: House) -> SignedIn:
    return someone(house)


def someone(house: House) -> SignedIn:
    account = house.account(kind="breakglass", name="Dr Amara Diallo", password_hash=QUICK_HASH)
    return house.signed_in(account)


def okafor(
    house: House, family: str = "OKAFOR", given: str = "Matilda", owner: int | None = None
) -> int:
    patient = house.patient(family, given, date(1983, 7, 22), owner)
    with house.portal.transaction() as tx:
        row = tx.db.get_one(Patient, patient)
        row.family_key, row.given_key = search_key(family), search_key(given)
    return patient


def break_it(house: House, who: SignedIn, **typed: object) -> Opened:
    password = str(typed.pop("password", PASSWORD))
    wish = Wish(**{"reason": REASON, "accepted": True, **typed})  # type: ignore[arg-type]
    break_glass.confirm(house.portal, who, wish, password)
    with house.portal.transaction() as tx:  # as if the new id had been the one before as well
        tx.db.get_one(SignInSession, who.session_id).next_hash = None
    return break_glass.break_(house.portal, who, wish)


def search(
    house: House, who: SignedIn, last: str = "Okafor", first: str = "Matilda", born: str = BORN
) -> list[Hit]:
    return break_glass.search(house.portal, who, last_name=last, first_name=first, born=born)


def open_hit(house: House, who: SignedIn, hit: Hit) -> Opened:
    return break_glass.open_patient(house.portal, who, hit, born=hit.born)


def opened_exam(house: House, who: SignedIn) -> int:
    """Break, search and open; the id of the patient's exam."""
    study = house.study(okafor(house))
    break_it(house, who)
    [hit] = search(house, who)
    open_hit(house, who, hit)
    return study


# breaking


@pytest.mark.parametrize("kind", ["patient", "guest", "staff"])
def test_only_a_break_glass_account_can_break_the_glass(house: House, kind: str) -> None:
    who = house.signed_in(house.account(kind=kind, password_hash=QUICK_HASH))
    with pytest.raises(NotAllowed):
        break_it(house, who)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"accepted": False}, "conditions"),
        ({"code": ""}, "code"),
        ({"code": "curiosity"}, "code"),
        ({"reason": ""}, "reason"),
        ({"reason": "urgent"}, "reason"),
        ({"reason": " a        b "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"password": "not-the-password"}, "password"),
        ({"password": ""}, "password"),
    ],
    ids=str,
)
def test_what_is_missing_is_told_and_the_glass_stays_whole(
    house: House, clinician: SignedIn, typed: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        break_it(house, clinician, **typed)
    assert refusal.value.field == field
    assert break_glass.opened(house.portal, clinician) is None
    assert house.recorded("glass.broken") == []


def test_a_wrong_password_is_recorded_and_soon_slowed_down(
    house: House, clinician: SignedIn
) -> None:
    for _ in range(5):
        with pytest.raises(Invalid):
            break_it(house, clinician, password="not-the-password")
    with pytest.raises(TooMany):
        break_it(house, clinician)
    assert [e.account_id for e in house.recorded("glass.refused")] == [clinician.account_id] * 5


def test_breaking_is_recorded_with_the_conditions_that_were_accepted(
    house: House, clinician: SignedIn
) -> None:
    number = break_it(house, clinician).number
    [event] = house.recorded("glass.broken")
    conditions = glass_conditions.current(house.portal.settings)
    assert event.detail == {
        "glass": number, "code": "other", "conditions": "2026-1", "text": conditions.digest,
    }  # fmt: skip
    with house.portal.reading() as db:
        assert db.get_one(BrokenGlass, number).reason == REASON
        assert db.get_one(BrokenGlass, number).conditions_version == "2026-1"


@pytest.mark.parametrize("code", REASONS)
def test_the_kind_of_emergency_is_kept(house: House, clinician: SignedIn, code: str) -> None:
    number = break_it(house, clinician, code=code).number
    with house.portal.reading() as db:
        assert db.get_one(BrokenGlass, number).reason_code == code


def test_conditions_that_changed_meanwhile_are_not_accepted(
    house: House, clinician: SignedIn
) -> None:
    with pytest.raises(Invalid, match="conditions have changed"):
        break_it(house, clinician, version="2025-9")
    assert break_it(house, clinician, version="2026-1")


def test_the_glass_stays_broken_for_the_configured_hours(tmp_path: Path) -> None:
    house = open_house(tmp_path / "short", break_glass_hours=1.5)
    who = someone(house)
    assert break_it(house, who).until == START + timedelta(hours=1.5)
    house.clock.move(hours=1.5, seconds=-1)
    assert break_glass.opened(house.portal, who) is not None
    house.clock.move(seconds=1)
    assert break_glass.opened(house.portal, who) is None
    house.portal.database.close()


def test_broken_glass_alone_shows_no_exam(house: House, clinician: SignedIn) -> None:
    study = house.study(okafor(house))
    break_it(house, clinician)
    search(house, clinician)
    with pytest.raises(NotFound):
        house.access(clinician.account_id, study)
    assert decision.visible(house.portal, clinician.account_id) == []


def test_the_glass_is_broken_in_one_browser_only(house: House, clinician: SignedIn) -> None:
    break_it(house, clinician)
    elsewhere = house.signed_in(clinician.account_id)
    assert break_glass.opened(house.portal, elsewhere) is None
    with pytest.raises(Expired):
        search(house, elsewhere)


# searching


def test_a_patient_is_found_by_last_name_first_name_and_dob(
    house: House, clinician: SignedIn
) -> None:
    patient = okafor(house)
    break_it(house, clinician)
    [hit] = search(house, clinician)
    assert hit == Hit(patient, "OKAFOR, Matilda", "22 July 1983", "M")


@pytest.mark.parametrize(
    ("family", "given", "last", "first"),
    [
        ("OKAFOR", "Matilda", "oKaFoR", "  matilda "),
        ("MÜLLER", "Zoë", "Muller", "zoe"),
        ("Muller", "Zoe", "MÜLLER", "ZOË"),
        ("O'BRIEN", "Mary-Jane", "obrien", "mary jane"),
        ("NGUYEN", "Van An", "Van An", "Nguyen"),
        ("山田", "太郎", "山田", "太郎"),
    ],
)
def test_case_accents_hyphens_and_the_order_of_names_do_not_matter(
    house: House, clinician: SignedIn, family: str, given: str, last: str, first: str
) -> None:
    patient = okafor(house, family, given)
    break_it(house, clinician)
    assert [hit.patient_id for hit in search(house, clinician, last, first)] == [patient]


@pytest.mark.parametrize(
    ("last", "first", "born"),
    [
        ("Oka", "Matilda", BORN),
        ("Okafor", "M", BORN),
        ("%", "%", BORN),
        ("Oka%", "Matilda", BORN),
        ("O_afor", "Matilda", BORN),
        ("Okafor", "Matilda", "23/07/1983"),
    ],
)
def test_there_is_no_browsing_and_no_wildcard(
    house: House, clinician: SignedIn, last: str, first: str, born: str
) -> None:
    okafor(house)
    break_it(house, clinician)
    try:
        assert search(house, clinician, last, first, born) == []
    except Invalid as refusal:  # nothing but signs: no name at all
        assert refusal.field == "last_name"


@pytest.mark.parametrize("typed", ["22/07/1983", "1983-07-22", "22.07.1983", " 22 July 1983 "])
def test_a_dob_is_understood_as_people_write_it(typed: str) -> None:
    assert break_glass.date_of_birth(typed, START.date()) == date(1983, 7, 22)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("03/11/2026", "The date of birth is in the future."),
        ("22/07/1823", "Please check the year of the date of birth."),
        ("31/02/1983", "Please enter the date of birth as day/month/year, such as 14/03/1958."),
        ("July", "Please enter the date of birth as day/month/year, such as 14/03/1958."),
        ("", "Please enter the date of birth as day/month/year, such as 14/03/1958."),
    ],
)
def test_a_dob_that_cannot_be_is_a_plain_error(typed: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refusal:
        break_glass.date_of_birth(typed, START.date())
    assert (str(refusal.value), refusal.value.field) == (sentence, "born")


def test_somebody_born_today_where_the_portal_stands_can_be_searched(
    house: House, clinician: SignedIn
) -> None:
    house.clock.move(hours=6)  # 3 November in Sydney, still the 2nd in UTC
    break_it(house, clinician)
    assert search(house, clinician, born="03/11/2026") == []


@pytest.mark.parametrize(
    ("last", "first", "field"), [("", "M", "last_name"), ("O", " ", "first_name")]
)
def test_both_names_are_needed(
    house: House, clinician: SignedIn, last: str, first: str, field: str
) -> None:
    break_it(house, clinician)
    with pytest.raises(Invalid) as refusal:
        search(house, clinician, last, first)
    assert refusal.value.field == field


def test_searching_needs_broken_glass(house: House, clinician: SignedIn) -> None:
    okafor(house)
    with pytest.raises(Expired, match="not broken"):
        search(house, clinician)


def test_too_many_of_the_same_name_are_not_listed(house: House, clinician: SignedIn) -> None:
    for _ in range(6):
        okafor(house)
    break_it(house, clinician)
    with pytest.raises(Invalid, match="Too many patients fit"):
        search(house, clinician)


def test_searches_are_recorded_without_the_names_and_limited(
    house: House, clinician: SignedIn
) -> None:
    okafor(house)
    number = break_it(house, clinician).number
    for _ in range(20):
        search(house, clinician)
    with pytest.raises(TooMany):
        search(house, clinician)
    events = house.recorded("glass.searched")
    assert [e.detail for e in events] == [{"hits": 1, "glass": number}] * 20


def test_no_more_than_a_hundred_searches_a_day(house: House, clinician: SignedIn) -> None:
    okafor(house)
    break_it(house, clinician)
    for _ in range(100):
        house.portal.throttles.forgive(GLASS_SEARCHES, "glass-search", str(clinician.account_id))
        search(house, clinician)
    house.portal.throttles.forgive(GLASS_SEARCHES, "glass-search", str(clinician.account_id))
    with pytest.raises(TooMany):
        search(house, clinician)


# one patient, for a time


def test_opening_a_patient_shows_their_exams_to_look_at_only(
    house: House, clinician: SignedIn
) -> None:
    study = opened_exam(house, clinician)
    access = house.access(clinician.account_id, study)
    assert access.why is Why.BROKEN_GLASS
    assert not access.may_share
    assert not access.may_download
    assert not access.hidden
    assert access.until == START + timedelta(hours=4)
    with pytest.raises(NotAllowed):
        sharing.offer(access)
    with pytest.raises(NotAllowed):
        house.share(clinician.account_id, study, "colleague@x.example")


def test_access_ends_with_the_time(house: House, clinician: SignedIn) -> None:
    study = opened_exam(house, clinician)
    access = house.access(clinician.account_id, study)
    house.clock.move(hours=4, seconds=-1)
    assert decision.renewed(house.portal, access) is access
    house.clock.move(seconds=1)
    with pytest.raises(Expired, match="time for which the glass was broken is over"):
        decision.renewed(house.portal, access)


def test_opening_another_patient_later_does_not_make_the_time_longer(
    house: House, clinician: SignedIn
) -> None:
    opened_exam(house, clinician)
    other = house.study(okafor(house, given="Ngozi"))
    house.clock.move(hours=3)
    [hit] = search(house, clinician, first="Ngozi")
    open_hit(house, clinician, hit)
    assert house.access(clinician.account_id, other).until == START + timedelta(hours=4)


def test_one_patient_at_a_time(house: House, clinician: SignedIn) -> None:
    first = opened_exam(house, clinician)
    second = house.study(okafor(house, given="Ngozi"))
    before = house.access(clinician.account_id, first)
    [hit] = search(house, clinician, first="Ngozi")
    assert open_hit(house, clinician, hit).patient == "OKAFOR, Ngozi"
    assert house.access(clinician.account_id, second)
    with pytest.raises(Expired, match="another patient was opened"):
        decision.renewed(house.portal, before)


def test_breaking_again_closes_the_patient_that_was_open(house: House, clinician: SignedIn) -> None:
    study = opened_exam(house, clinician)
    break_it(house, clinician)
    with pytest.raises(NotFound):
        house.access(clinician.account_id, study)


def test_closing_ends_it_at_once_and_tells_open_pages(house: House, clinician: SignedIn) -> None:
    study = opened_exam(house, clinician)
    told: list[str] = []
    changed = AccessChanged(clinician.account_id)
    house.portal.publisher.subscribe(changed, lambda: told.append("changed"))
    break_glass.close(house.portal, clinician)
    assert told == ["changed"]
    assert len(house.recorded("glass.closed")) == 1
    assert break_glass.opened(house.portal, clinician) is None
    with pytest.raises(NotFound):
        house.access(clinician.account_id, study)


def test_signing_out_closes_the_glass(house: House, clinician: SignedIn) -> None:
    study = opened_exam(house, clinician)
    sessions.sign_out(house.portal, clinician.session_id)
    with pytest.raises(NotFound):
        house.access(clinician.account_id, study)
    assert len(house.recorded("glass.closed")) == 1


def test_an_idle_session_closes_the_glass(house: House, clinician: SignedIn) -> None:
    study = opened_exam(house, clinician)
    house.clock.move(minutes=30)
    sessions.end_overdue(house.portal)
    with pytest.raises(NotFound):
        house.access(clinician.account_id, study)


def test_a_patient_who_was_not_searched_cannot_be_opened(house: House, clinician: SignedIn) -> None:
    patient = okafor(house)
    break_it(house, clinician)
    with pytest.raises(NotFound):
        open_hit(house, clinician, Hit(patient, "", "23 July 1983", ""))
    with pytest.raises(NotFound):
        open_hit(house, clinician, Hit(patient + 100, "", "22 July 1983", ""))


def test_opening_needs_broken_glass(house: House, clinician: SignedIn) -> None:
    okafor(house)
    break_it(house, clinician)
    [hit] = search(house, clinician)
    break_glass.close(house.portal, clinician)
    with pytest.raises(Expired):
        open_hit(house, clinician, hit)


# who is told


def test_the_patient_and_the_privacy_team_are_told(tmp_path: Path) -> None:
    house = open_house(tmp_path / "told", privacy_email="privacy@hospital.example")
    owner, carer = house.account("m.okafor@x.example"), house.account("carer@x.example")
    closed = house.account("closed@x.example", status="disabled")
    patient = okafor(house, owner=owner)
    house.link(carer, patient, "carer")
    house.link(closed, patient, "carer")
    former = house.account("former@x.example")
    house.link(former, patient, "carer")
    with house.portal.transaction() as tx:
        [link] = tx.db.get_one(Account, former).patients
        link.until = tx.now
    who = someone(house)
    break_it(house, who)
    assert house.mail() == []
    [hit] = search(house, who)
    open_hit(house, who, hit)
    mail = {recipient: text for recipient, _, text in house.mail()}
    assert set(mail) == {"m.okafor@x.example", "carer@x.example", "privacy@hospital.example"}
    assert "02 November 2026 20:00 Dr Amara Diallo opened" in mail["m.okafor@x.example"]
    assert "opened your medical images" in " ".join(mail["m.okafor@x.example"].split())
    cared_for = "opened the medical images of a person you care for"
    assert cared_for in " ".join(mail["carer@x.example"].split())
    assert "Dr Amara Diallo broke the glass" in mail["privacy@hospital.example"]
    assert not any(REASON in text for text in mail.values())  # it may tell what ails somebody
    assert not any("okafor" in text.lower().replace("m.okafor@", "") for text in mail.values())
    house.portal.database.close()


def test_opening_the_same_patient_again_tells_nobody_twice(
    house: House, clinician: SignedIn
) -> None:
    opened_exam(house, clinician)
    count = len(house.mail())
    [hit] = search(house, clinician)
    open_hit(house, clinician, hit)
    assert len(house.mail()) == count
    assert len(house.recorded("glass.patient_opened")) == 1


def test_the_patient_reads_who_has_looked_in_an_emergency(
    house: House, clinician: SignedIn
) -> None:
    owner = house.account(kind="patient")
    okafor(house, owner=owner)
    break_it(house, clinician)
    [hit] = search(house, clinician)
    open_hit(house, clinician, hit)
    [entry] = looks.looks(house.portal, owner)
    assert entry.who == "Dr Amara Diallo"
    assert entry.where == "emergency access, from outside the hospital"
    told = f"opened all exams in an emergency (break glass). Reason given: {REASON}"
    assert entry.what == told
    assert entry.emergency
