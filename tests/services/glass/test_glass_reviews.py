"""Reviewing broken glass: what was done, what is unusual, the outcome, what the patient reads."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.errors import Invalid, NotAllowed
from services.exam import exams
from services.finding.listing import Wanted
from services.glass import break_glass, glass_reviews
from services.glass.glass_flags import Flag, same_family
from services.signing_in.sessions import SignedIn
from services.trail import looks
from storage.models import Account, Patient
from tests.factories import PASSWORD, QUICK_HASH, House
from tests.services.glass.test_break_glass import break_it, okafor, open_hit, search, someone

# 2 November 2026, 09:00 UTC is Monday 20:00 in Sydney, where the houses of these tests stand
MORNING = timedelta(hours=14)


@pytest.fixture
def auditor(house: House) -> SignedIn:
    return staff(house, "auditor")


@pytest.fixture
def clinician(house: House) -> SignedIn:
    return someone(house)


def staff(house: House, role: str) -> SignedIn:
    account = house.account(kind="staff", role=role, name="Pat Ng", password_hash=QUICK_HASH)
    return house.signed_in(account)


def review(house: House, by: SignedIn, number: int, outcome: str, note: str) -> None:
    house.step_up(by)
    glass_reviews.review(house.portal, by, number, outcome, note)


def opened(house: House, who: SignedIn, given: str = "Matilda", owner: int | None = None) -> int:
    """Break, search, open; the number of the break."""
    house.study(okafor(house, given=given, owner=owner))
    number = break_it(house, who).number
    [hit] = search(house, who, first=given)
    open_hit(house, who, hit)
    return number


def queue(house: House, by: SignedIn, **choices: str) -> list[int]:
    wanted = Wanted(choices=tuple(choices.items()))
    return [r.number for r in glass_reviews.listed(house.portal, by.account_id, wanted).rows]


def flags(house: House, by: SignedIn, number: int) -> tuple[Flag, ...]:
    return glass_reviews.details(house.portal, by.account_id, number).row.flags


def test_every_break_stands_in_the_queue_until_it_is_reviewed(
    house: House, clinician: SignedIn, auditor: SignedIn
) -> None:
    first, nothing = opened(house, clinician), break_it(house, clinician).number
    assert queue(house, auditor) == [nothing, first]
    assert queue(house, auditor, state="waiting") == [first]
    assert queue(house, auditor, state="nothing") == [nothing]
    assert glass_reviews.waiting(house.portal, auditor.account_id) == 1
    review(house, auditor, first, "justified", "")
    assert queue(house, auditor, state="waiting") == []
    assert queue(house, auditor, state="justified") == [first]
    assert glass_reviews.waiting(house.portal, auditor.account_id) == 0


def test_a_review_shows_step_by_step_what_was_done(
    house: House, clinician: SignedIn, auditor: SignedIn
) -> None:
    house.clock.now += MORNING
    number = opened(house, clinician)
    search(house, clinician, first="Nobody")
    newest = exams.newest(house.portal, clinician.account_id)
    assert newest is not None
    exams.open_exam(house.portal, newest)
    break_glass.close(house.portal, clinician)
    found = glass_reviews.details(house.portal, auditor.account_id, number)
    assert [step.what for step in found.steps] == [
        "Broke the glass and accepted the conditions",
        "Searched for a patient: 1 person fitted",
        "Opened OKAFOR, Matilda",
        "Searched for a patient: nobody fitted",
        "Looked at OKAFOR, Matilda - CT 01 January 2026 10:30",
        "Closed the glass",
    ]
    assert found.row.patients == ("OKAFOR, Matilda",)
    assert found.conditions is not None
    assert "treating now" in found.conditions.sentences[0]
    assert found.row.flags == ()


@pytest.mark.parametrize("outcome", ["follow_up", "not_justified"])
def test_anything_but_justified_needs_a_note(
    house: House, clinician: SignedIn, auditor: SignedIn, outcome: str
) -> None:
    number = opened(house, clinician)
    with pytest.raises(Invalid) as refusal:
        review(house, auditor, number, outcome, " ")
    assert refusal.value.field == "note"
    review(house, auditor, number, outcome, "Asked for a statement")
    found = glass_reviews.details(house.portal, auditor.account_id, number)
    assert (found.row.outcome, found.review_note) == (outcome, "Asked for a statement")
    assert (found.reviewed_by, found.reviewed_at) == ("Pat Ng", house.clock.now)


def test_an_outcome_that_does_not_exist_is_refused(
    house: House, clinician: SignedIn, auditor: SignedIn
) -> None:
    number = opened(house, clinician)
    for outcome in ("", "fine"):
        with pytest.raises(Invalid):
            review(house, auditor, number, outcome, "A note")


def test_an_outcome_may_be_changed_and_each_is_recorded(
    house: House, clinician: SignedIn, auditor: SignedIn
) -> None:
    number = opened(house, clinician)
    review(house, auditor, number, "follow_up", "Asked for a statement")
    review(house, auditor, number, "justified", "")
    outcomes = [event.detail["outcome"] for event in house.recorded("glass.reviewed")]
    assert outcomes == ["follow_up", "justified"]


@pytest.mark.parametrize("role", ["clinician"])
def test_other_roles_see_and_review_nothing(house: House, clinician: SignedIn, role: str) -> None:
    number, other = opened(house, clinician), staff(house, role)
    with pytest.raises(NotAllowed):
        queue(house, other)
    with pytest.raises(NotAllowed):
        glass_reviews.details(house.portal, other.account_id, number)
    with pytest.raises(NotAllowed):
        review(house, other, number, "justified", "")


def test_nobody_outside_the_staff_sees_the_queue(house: House, clinician: SignedIn) -> None:
    with pytest.raises(NotAllowed):
        queue(house, clinician)


def test_the_patient_reads_that_it_was_reviewed_and_how(
    house: House, clinician: SignedIn, auditor: SignedIn
) -> None:
    owner = house.account(kind="patient")
    number = opened(house, clinician, owner=owner)
    glass_reviews.details(house.portal, auditor.account_id, number)
    review(house, auditor, number, "not_justified", "No treatment found")
    told = [entry.what for entry in looks.looks(house.portal, owner)]
    assert told[:2] == [
        "reviewed an emergency access to all exams: it was not justified",
        "read the record of an emergency access to all exams, to review it",
    ]
    assert not any("No treatment found" in what for what in told)


# unusual use


def test_out_of_hours_is_told_by_the_portals_own_clock(
    house: House, clinician: SignedIn, auditor: SignedIn
) -> None:
    assert flags(house, auditor, break_it(house, clinician).number) == (Flag.OUT_OF_HOURS,)
    house.clock.now += MORNING  # Tuesday, 10:00
    assert flags(house, auditor, break_it(house, clinician).number) == ()
    house.clock.move(days=4)  # Saturday, 10:00
    again = house.signed_in(clinician.account_id)
    assert flags(house, auditor, break_it(house, again).number) == (Flag.OUT_OF_HOURS,)


def test_a_well_known_patient_is_flagged(
    house: House, clinician: SignedIn, auditor: SignedIn
) -> None:
    house.clock.now += MORNING
    patient = okafor(house)
    with house.portal.transaction() as tx:
        tx.db.get_one(Patient, patient).well_known = True
    number = break_it(house, clinician).number
    [hit] = search(house, clinician)
    open_hit(house, clinician, hit)
    assert flags(house, auditor, number) == (Flag.WELL_KNOWN,)
    assert queue(house, auditor, flag="well_known") == [number]
    assert queue(house, auditor, flag="any") == [number]
    assert queue(house, auditor, flag="many") == []
    [review] = [text for to, _s, text in house.mail() if "help" in to]
    assert "marked as unusual" in review


def test_ones_own_family_name_is_flagged(house: House, auditor: SignedIn) -> None:
    house.clock.now += MORNING
    account = house.account(kind="breakglass", name="Dr Chidi Okafor", password_hash=QUICK_HASH)
    number = opened(house, house.signed_in(account))
    assert flags(house, auditor, number) == (Flag.OWN_NAME,)


@pytest.mark.parametrize(
    ("person", "family", "same"),
    [
        ("Dr Amara Diallo", "DIALLO", True),
        ("Dr Amara Diallo", "DIALLO-BROWN", True),
        ("Dr Amara Diallo-Brown", "DIALLO", True),
        ("Jo van der Berg", "van der Berg", True),
        ("Zoë Müller", "MULLER", True),
        ("Dr Amara Diallo", "AMARANTE", False),
        ("Martin Diallo", "DIAL", False),
        ("Jo van Dyk", "van der Berg", False),
        ("Diallo Traoré", "DIALLO", False),
        ("", "DIALLO", False),
        ("Dr Amara Diallo", "", False),
    ],
)
def test_family_names_are_compared_as_people_would(person: str, family: str, same: bool) -> None:
    assert same_family(person, family) is same


def test_many_patients_in_a_day_are_flagged(
    house: House, clinician: SignedIn, auditor: SignedIn
) -> None:
    house.clock.now += MORNING
    names = ["Adaeze", "Bisi", "Chika", "Dayo", "Efe"]
    numbers = [opened(house, clinician, given=name) for name in names]
    assert [flags(house, auditor, n) for n in numbers] == [(), (), (), (), (Flag.MANY,)]
    house.clock.move(days=1)
    again = house.signed_in(clinician.account_id)
    assert flags(house, auditor, opened(house, again, given="Femi")) == ()


# the yearly end


def test_an_account_whose_year_is_over_cannot_break_the_glass(
    house: House, clinician: SignedIn
) -> None:
    with house.portal.transaction() as tx:
        account = tx.db.get_one(Account, clinician.account_id)
        account.glass_until = tx.now + timedelta(hours=1)
    broken = break_it(house, clinician)
    assert broken.until == house.clock.now + timedelta(hours=1)
    house.clock.move(hours=1)
    with pytest.raises(Invalid):  # a wrong password tells nothing else
        break_it(house, clinician, password="not-the-password")
    with pytest.raises(Exception, match="Your emergency access ended on 02 November 2026"):
        break_it(house, clinician, password=PASSWORD)
