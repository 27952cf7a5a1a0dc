"""Carers: linked by staff until a day; what they see, share and lose, and what the patient sees."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.errors import Invalid, NotAllowed, NotFound
from services.exam import exam_list, exams
from services.exam.exam_list import Scope
from services.glass import break_glass
from services.persons import accounts, carers
from services.publisher import AccessChanged
from services.shares import manage_sharing, sharing
from services.shares.sharing import Options
from services.trail import looks
from services.trail.looks import Asked
from storage.models import Grant, Patient, Study
from tests.factories import House

ELLA = "ella@family.example"
GP = "gp@practice.example"
LAST = date(2026, 11, 12)  # the clock starts on 02 November 2026 in Sydney


def number_of(house: House, patient: int) -> str:
    with house.portal.reading() as db:
        return f"TEST|{db.get_one(Patient, patient).patient_id}"


def cared(house: House, until: date = LAST) -> tuple[int, int, int, int]:
    """A child with an own account, the carer, the child's patient record and exam."""
    child, patient, study = house.owner_with_exam("Poppy Frenchie")
    ella = house.account(ELLA, kind="patient", name="Ella Frenchie")
    carers.link(house.portal, ELLA, number_of(house, patient), until)
    return child, ella, patient, study


def living(house: House) -> list[str]:
    with house.portal.reading() as db:
        return [
            grant.grantee.email
            for grant in db.query(Grant).order_by(Grant.id)
            if grant.ended_at is None and grant.ends_at > house.clock()
        ]


@pytest.mark.parametrize(
    ("born", "last"),
    [
        (date(2016, 5, 9), date(2034, 5, 8)),
        (date(2012, 2, 29), date(2030, 2, 28)),
        (date(2010, 3, 1), date(2028, 2, 29)),
        (date(2010, 1, 1), date(2027, 12, 31)),
        (None, None),
    ],
)
def test_coming_of_age_is_offered_from_the_date_of_birth(
    house: House, born: date | None, last: date | None
) -> None:
    assert carers.coming_of_age(house.portal.settings, born) == last


def test_the_age_is_the_organisations_to_set(house: House) -> None:
    house.portal.settings.coming_of_age = 21
    child = house.patient(born=date(2016, 5, 9))
    assert carers.offered_end(house.portal, number_of(house, child)) == date(2037, 5, 8)


def test_nothing_is_offered_for_an_adult(house: House) -> None:
    assert carers.offered_end(house.portal, number_of(house, house.patient())) is None


def test_a_carer_sees_and_shares_until_the_last_day_is_over(house: House) -> None:
    _, ella, _, study = cared(house)
    access = house.access(ella, study)
    assert (access.may_share, access.may_download, access.hidden) == (True, True, False)
    assert access.until == datetime(2026, 11, 12, 13, tzinfo=UTC)  # midnight in Sydney
    house.clock.now = datetime(2026, 11, 12, 12, 59, tzinfo=UTC)
    assert house.access(ella, study)
    house.clock.move(minutes=2)
    with pytest.raises(NotFound):
        house.access(ella, study)


def test_what_a_carer_shares_is_marked_and_ends_with_their_own_access(house: House) -> None:
    child, ella, _, study = cared(house)
    shared = house.share(ella, study, GP, days=90)
    assert shared.shortened
    assert shared.until == datetime(2026, 11, 12, 13, tzinfo=UTC)
    house.share(child, study, "other@x.example")
    marked = {s.email: (s.by_carer, s.shared_by)
              for s in manage_sharing.shares(house.portal, child)}  # fmt: skip
    assert marked == {GP: (True, "Ella Frenchie"), "other@x.example": (False, "")}


def test_unlinking_ends_what_the_carer_shared_and_what_was_shared_on_from_it(house: House) -> None:
    child, ella, patient, study = cared(house)
    house.share(ella, study, GP, may_share=True)
    gp = house.account_id(GP)
    house.activate(gp)
    house.share(gp, study, "third@x.example", days=3)
    house.share(child, study, "mine@x.example")
    told: list[str] = []
    house.portal.publisher.subscribe(AccessChanged(ella), lambda: told.append("ella"))
    house.portal.publisher.subscribe(AccessChanged(gp), lambda: told.append("gp"))
    carers.unlink(house.portal, ELLA, number_of(house, patient))
    assert living(house) == ["mine@x.example"]
    assert set(told) == {"ella", "gp"}
    for person in (ella, gp):
        with pytest.raises(NotFound):
            house.access(person, study)
    assert manage_sharing.shares(house.portal, ella) == []
    with pytest.raises(NotFound):
        looks.looks(house.portal, ella, Asked(whose=patient))
    with pytest.raises(NotFound):
        carers.unlink(house.portal, ELLA, number_of(house, patient))


def test_an_earlier_last_day_shortens_what_the_carer_shared(house: House) -> None:
    _, ella, patient, study = cared(house)
    house.share(ella, study, GP, may_share=True)
    gp = house.account_id(GP)
    house.activate(gp)
    house.share(gp, study, "third@x.example")
    carers.link(house.portal, ELLA, number_of(house, patient), date(2026, 11, 5))
    with house.portal.reading() as db:
        assert {g.ends_at for g in db.query(Grant)} == {datetime(2026, 11, 5, 13, tzinfo=UTC)}


def test_a_share_that_rests_on_another_grant_outlives_the_carers_link(house: House) -> None:
    child, ella, patient, study = cared(house)
    carers.unlink(house.portal, ELLA, number_of(house, patient))
    house.share(child, study, ELLA, may_share=True)
    house.share(ella, study, GP)
    carers.link(house.portal, ELLA, number_of(house, patient), LAST)
    carers.unlink(house.portal, ELLA, number_of(house, patient))
    assert living(house) == [ELLA, GP]


def test_a_new_link_gives_nothing_back_that_ended_with_the_old_one(house: House) -> None:
    _, ella, patient, study = cared(house)
    house.share(ella, study, GP)
    carers.unlink(house.portal, ELLA, number_of(house, patient))
    carers.link(house.portal, ELLA, number_of(house, patient), LAST)
    assert house.access(ella, study)
    assert living(house) == []


def test_mails_about_a_carer_name_nobody(house: House) -> None:
    child, ella, _, study = cared(house)
    house.share(ella, study, GP)
    recipients = {to for to, _, _ in house.mail()}
    assert recipients == {ELLA, house.email_of(child), GP}
    for _, subject, text in house.mail():
        assert "frenchie" not in (subject + text).lower()
        assert "poppy" not in (subject + text).lower()


def test_the_patient_sees_their_carers_and_asks_staff_to_end_one(house: House) -> None:
    child, ella, patient, _ = cared(house)
    [carer] = carers.carers_of(house.portal, child)
    assert (carer.name, carer.end_asked, carer.is_me) == ("Ella Frenchie", False, False)
    carers.ask_to_end(house.portal, child, carer.link_id)
    carers.ask_to_end(house.portal, child, carer.link_id)
    asked = [s for to, s, _ in house.mail() if to == house.portal.settings.support_email]
    assert asked == [f"A carer's access should end (request {carer.link_id})"]
    [waiting] = carers.waiting(house.portal)
    assert waiting.email == ELLA
    [entry] = looks.looks(house.portal, child)[:1]
    assert entry.what == "asked staff to end the access of Ella Frenchie as carer"
    assert house.access(ella, house.study(patient, day=3))
    carers.unlink(house.portal, ELLA, number_of(house, patient))
    assert carers.waiting(house.portal) == []


def test_nobody_else_asks_to_end_a_carer(house: House) -> None:
    child, _, _, _ = cared(house)
    stranger, _, _ = house.owner_with_exam("Matilda Okafor")
    [carer] = carers.carers_of(house.portal, child)
    with pytest.raises(NotFound):
        carers.ask_to_end(house.portal, stranger, carer.link_id)
    assert carers.carers_of(house.portal, stranger) == []
    assert carers.waiting(house.portal) == []


def test_two_carers_see_each_other_and_give_up_only_their_own(house: House) -> None:
    _, ella, patient, _ = cared(house)
    sam = house.account("sam@family.example", kind="guest", name="Sam")
    carers.link(house.portal, "sam@family.example", number_of(house, patient), LAST)
    found = {c.name: c for c in carers.carers_of(house.portal, ella, patient)}
    assert {name: c.is_me for name, c in found.items()} == {"Ella Frenchie": True, "Sam": False}
    with pytest.raises(NotFound):
        carers.ask_to_end(house.portal, ella, found["Sam"].link_id)
    carers.ask_to_end(house.portal, sam, found["Sam"].link_id)


def test_a_carer_reads_the_looks_of_the_one_they_care_for_apart_from_their_own(
    house: House,
) -> None:
    _, ella, patient, study = cared(house)
    own = house.patient(owner=ella)
    house.share(ella, house.study(own, modality="MR"), GP)
    house.share(ella, study, "school@x.example")
    mine = [e.what for e in looks.looks(house.portal, ella)]
    theirs = [e.what for e in looks.looks(house.portal, ella, Asked(whose=patient))]
    assert len(mine) == 1
    assert "MR" in mine[0]
    assert theirs[0].startswith("shared the exam CT")
    assert theirs[1].startswith("made you a carer, who sees and shares these exams until 12 Nov")


def test_the_list_of_exams_is_of_one_person_at_a_time(house: House) -> None:
    _, ella, patient, study = cared(house)
    own = house.study(house.patient(owner=ella))

    def numbers(whose: int | None) -> list[int]:
        rows = exam_list.listed(house.portal, ella, Scope(whose, apart=True))
        return [row.access.study_id for row in rows]

    assert numbers(None) == [own]
    assert numbers(patient) == [study]
    [person] = carers.cared_for(house.portal, ella)
    assert (person.patient_id, person.name) == (patient, "Chester Frenchie")


def test_staff_and_break_glass_accounts_cannot_be_carers(house: House) -> None:
    patient = number_of(house, house.patient())
    for kind in ("staff", "breakglass"):
        house.account(f"{kind}@x.example", kind=kind)
        with pytest.raises(Invalid):
            carers.link(house.portal, f"{kind}@x.example", patient, LAST)


def test_the_patients_own_account_does_not_become_a_carers(house: House) -> None:
    owner, patient, _ = house.owner_with_exam()
    with pytest.raises(Invalid):
        carers.link(house.portal, house.email_of(owner), number_of(house, patient), LAST)


def test_a_last_day_that_is_over_is_refused(house: House) -> None:
    house.account(ELLA)
    with pytest.raises(Invalid) as refused:
        carers.link(house.portal, ELLA, number_of(house, house.patient()), date(2026, 11, 1))
    assert refused.value.field == "until"


@pytest.mark.parametrize("role", ["clinician", "auditor", ""])
def test_only_an_administrator_links_people(house: House, role: str) -> None:
    house.account(ELLA)
    by = house.account(kind="staff" if role else "patient", role=role)
    with pytest.raises(NotAllowed):
        carers.link(house.portal, ELLA, number_of(house, house.patient()), LAST, by)


def test_links_and_their_end_are_in_the_audit_trail(house: House) -> None:
    _, ella, patient, _ = cared(house)
    admin = house.account(kind="staff", role="administrator")
    carers.unlink(house.portal, ELLA, number_of(house, patient), admin)
    linked, ended = house.recorded("account.linked", "account.unlinked")
    assert (linked.detail["account"], linked.detail["relation"]) == (ella, "carer")
    assert (ended.account_id, ended.patient_id) == (admin, patient)


def test_a_patients_own_link_that_is_ended_ends_what_they_shared(house: House) -> None:
    owner, patient, study = house.owner_with_exam()
    house.share(owner, study, GP)
    carers.unlink(house.portal, house.email_of(owner), number_of(house, patient))
    assert living(house) == []
    with pytest.raises(NotFound):
        house.access(owner, study)


def test_a_former_carer_is_not_told_of_emergencies(house: House) -> None:
    _, _, patient, _ = cared(house)
    carers.unlink(house.portal, ELLA, number_of(house, patient))
    before = len([to for to, _, _ in house.mail() if to == ELLA])
    clinician = house.signed_in(house.account(kind="breakglass", name="Dr Diallo"))
    from services.glass.break_glass import Hit
    from storage.models import BrokenGlass

    with house.portal.transaction() as tx:
        tx.db.add(BrokenGlass(
            account_id=clinician.account_id, session_id=clinician.session_id, reason="Found down",
            conditions_version="1", opened_at=tx.now, until=tx.now.replace(year=2027),
        ))  # fmt: skip
    hit = Hit(patient, "", "14 March 1958", "M")
    break_glass.open_patient(house.portal, clinician, hit, born="14 March 1958")
    assert len([to for to, _, _ in house.mail() if to == ELLA]) == before


def test_an_invitation_of_a_hidden_exam_does_not_name_the_carer(house: House) -> None:
    """A mother often bears her child's family name."""
    from services.shares import invitations

    _, ella, _, study = cared(house)
    house.share(ella, study, GP, hide_details=True)
    offered = invitations.preview(house.portal, house.mailed_link(GP))
    assert offered.sentence == "A patient shares an exam with you."


def test_an_old_way_to_link_still_works(house: House) -> None:
    ella, child = house.account(ELLA), house.patient()
    accounts.link_patient(house.portal, ella, number_of(house, child), relation="carer")
    shared = sharing.share(
        house.portal, house.access(ella, house.study(child)), GP, "", Options(days=9)
    )
    assert not shared.shortened


def exam_in(house: House, patient: int, year: int) -> int:
    study = house.study(patient)
    with house.portal.transaction() as tx:
        tx.db.get_one(Study, study).performed_at = datetime(year, 5, 4)  # noqa: DTZ001
    return study


def begins_with(house: House, account: int) -> int:
    access = exams.newest(house.portal, account)
    assert access is not None
    return access.study_id


def test_a_patient_begins_with_the_newest_exam_of_their_own_not_with_a_childs(
    house: House,
) -> None:
    _, ella, poppy, childs = cared(house)
    assert begins_with(house, ella) == childs  # there is none of their own yet
    own = house.patient(owner=ella)
    exam_in(house, own, 2021)
    newer = exam_in(house, own, 2023)
    exam_in(house, poppy, 2026)
    assert begins_with(house, ella) == newer
