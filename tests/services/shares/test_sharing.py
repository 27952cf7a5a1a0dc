"""Sharing: what is granted, to whom, for how long, and what they are told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services import access as decision
from services.errors import Expired, Invalid, NotAllowed, NotFound
from services.persons import accounts
from services.shares import invitations, manage_sharing, sharing
from services.shares.sharing import Options
from storage.models import Grant
from tests.factories import PASSWORD, START, House

GUEST = "referrer@practice.example"


def guest_of(house: House, owner: int, study: int, **options: object) -> int:
    house.share(owner, study, GUEST, **options)
    guest = house.account_id(GUEST)
    house.activate(guest)
    return guest


def test_a_first_share_to_an_address_mails_an_invitation_with_a_link(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    assert house.share(owner, study, GUEST).invited
    recipient, _, text = house.mail()[-1]
    assert recipient == GUEST
    assert "create a guest account" in text
    assert house.mailed_link(GUEST)


def test_a_later_share_to_a_known_address_mails_a_notice(house: House) -> None:
    owner, patient, study = house.owner_with_exam()
    guest_of(house, owner, study)
    house.share(owner, house.study(patient, day=2), GUEST)
    _, _, text = house.mail()[-1]
    assert "/setup" not in text
    assert "/login" in text


def test_no_mail_names_the_patient(house: House) -> None:
    owner, patient, study = house.owner_with_exam()
    guest_of(house, owner, study, may_share=True)
    house.share(owner, house.study(patient, day=2), GUEST)
    for _, subject, text in house.mail():
        assert "frenchie" not in (subject + text).lower()
        assert "chester" not in (subject + text).lower()


def test_looking_at_an_invitation_uses_nothing_up(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    house.share(owner, study, GUEST)
    token = house.mailed_link(GUEST)
    for _ in range(3):
        offered = invitations.preview(house.portal, token)
    assert offered.sentence == "Chester Frenchie shares an exam with you."
    assert offered.until == "02 December 2026 20:00"
    set_up(house, token)


def set_up(house: House, token: str) -> None:
    accounts.set_up(
        house.portal, token, name="Robin", mobile="", password=PASSWORD, terms_accepted=True
    )


def test_an_invitation_works_once(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    house.share(owner, study, GUEST)
    token = house.mailed_link(GUEST)
    set_up(house, token)
    with pytest.raises(Expired, match="already used"):
        set_up(house, token)


def test_an_invitation_to_an_ended_share_says_so(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    shared = house.share(owner, study, GUEST)
    token = house.mailed_link(GUEST)
    sharing.end(house.portal, owner, shared.grant_id)
    with pytest.raises(Expired, match="has ended"):
        invitations.preview(house.portal, token)


def test_an_invitation_with_hidden_details_does_not_name_the_patient(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    house.share(owner, study, GUEST, hide_details=True)
    offered = invitations.preview(house.portal, house.mailed_link(GUEST))
    assert offered.sentence == "A patient shares an exam with you."


def test_a_guest_sees_exactly_what_was_shared(house: House) -> None:
    owner, patient, study = house.owner_with_exam()
    other = house.study(patient, day=2)
    guest = guest_of(house, owner, study)
    assert house.access(guest, study).may_download
    with pytest.raises(NotFound):
        house.access(guest, other)


def test_a_portfolio_share_covers_exams_that_arrive_later(house: House) -> None:
    owner, patient, study = house.owner_with_exam()
    guest = guest_of(house, owner, study, portfolio=True)
    later = house.study(patient, day=20)
    assert house.access(guest, later)


def test_a_share_ends_after_its_days(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    guest = guest_of(house, owner, study, days=7)
    house.clock.move(days=7, seconds=-1)
    assert house.access(guest, study)
    house.clock.move(seconds=1)
    with pytest.raises(NotFound):
        house.access(guest, study)


def test_a_guest_cannot_share_on_unless_the_patient_allowed_it(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    guest = guest_of(house, owner, study)
    with pytest.raises(NotAllowed):
        house.share(guest, study, "third@x.example")
    with pytest.raises(NotAllowed):
        sharing.offer(house.access(guest, study))


def test_a_guest_cannot_share_longer_or_wider_than_they_hold(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    guest = guest_of(
        house, owner, study, days=10, may_share=True, hide_details=True, may_download=False
    )
    shared = house.share(
        guest, study, "third@x.example", days=300, may_share=True, may_download=True
    )
    assert shared.until == START + timedelta(days=10)
    assert shared.shortened
    third = house.account_id("third@x.example")
    house.activate(third)
    access = house.access(third, study)
    assert access.hidden
    assert not access.may_download
    with pytest.raises(NotAllowed):
        house.share(guest, study, "third@x.example", portfolio=True)


def test_the_same_address_twice_changes_the_share(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    first = house.share(owner, study, GUEST, days=5)
    second = house.share(owner, study, GUEST.upper(), days=60, hide_details=True)
    assert second.changed
    assert first.grant_id == second.grant_id
    assert sharing.existing_share(
        house.portal, house.access(owner, study), GUEST, False
    ) == Options(60, hide_details=True, until=second.until)


def test_the_same_form_sent_twice_tells_nobody_twice(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    first = house.share(owner, study, "a@x.example")
    house.clock.move(seconds=3)
    again = house.share(owner, study, "a@x.example")
    assert (again.grant_id, again.until) == (first.grant_id, first.until)
    assert len(house.mail()) == 1
    house.clock.move(minutes=5)
    house.share(owner, study, "a@x.example")
    assert len(house.mail()) == 2


def test_ending_a_share_ends_every_share_made_from_it(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    guest = guest_of(house, owner, study, may_share=True)
    house.share(guest, study, "third@x.example", may_share=True)
    third = house.account_id("third@x.example")
    house.activate(third)
    house.share(third, study, "fourth@x.example")
    house.activate(house.account_id("fourth@x.example"))
    [top] = [s for s in manage_sharing.shares(house.portal, owner) if s.depth == 0]
    sharing.end(house.portal, owner, top.grant_id)
    for email in (GUEST, "third@x.example", "fourth@x.example"):
        with pytest.raises(NotFound):
            house.access(house.account_id(email), study)


def test_shortening_a_share_shortens_those_made_from_it(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    guest = guest_of(house, owner, study, days=60, may_share=True)
    onward = house.share(guest, study, "third@x.example", days=60)
    house.share(owner, study, GUEST, days=3, may_share=True, hide_details=True)
    with house.portal.reading() as db:
        grant = db.get_one(Grant, onward.grant_id)
    assert grant.ends_at == START + timedelta(days=3)
    assert grant.hide_details


def test_the_patient_sees_onward_shares_under_the_share_they_came_from(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    guest = guest_of(house, owner, study, may_share=True)
    house.share(guest, study, "third@x.example")
    shares = manage_sharing.shares(house.portal, owner)
    assert [(s.shared_with, s.depth) for s in shares] == [(GUEST, 0), ("third@x.example", 1)]
    sharing.end(house.portal, owner, shares[1].grant_id)
    assert len(manage_sharing.shares(house.portal, owner)) == 1
    assert house.access(guest, study)


def test_a_guest_does_not_see_the_patients_other_shares(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    guest = guest_of(house, owner, study, may_share=True)
    other = house.share(owner, study, "somebody-else@x.example")
    assert manage_sharing.shares(house.portal, guest) == []
    with pytest.raises(NotFound):
        sharing.end(house.portal, guest, other.grant_id)


def test_a_guest_cannot_end_the_share_they_hold_through_the_patients_id(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    guest_of(house, owner, study)
    [share] = manage_sharing.shares(house.portal, owner)
    with pytest.raises(NotFound):
        sharing.end(house.portal, house.account(), share.grant_id)


@pytest.mark.parametrize("typed", ["", "nobody", "a@b", "two@@x.example", "a b@x.example"])
def test_an_address_with_a_typo_is_refused_and_nothing_happens(house: House, typed: str) -> None:
    owner, _, study = house.owner_with_exam()
    with pytest.raises(Invalid) as refusal:
        house.share(owner, study, typed)
    assert refusal.value.field == "email"
    assert house.mail() == []
    assert manage_sharing.shares(house.portal, owner) == []


def test_a_mobile_number_that_is_none_is_refused(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    with pytest.raises(Invalid) as refusal:
        sharing.share(house.portal, house.access(owner, study), GUEST, "12", Options(30))
    assert refusal.value.field == "mobile"


@pytest.mark.parametrize("days", [0, -3, 366, 100_000])
def test_days_that_make_no_sense_are_refused(house: House, days: int) -> None:
    owner, _, study = house.owner_with_exam()
    with pytest.raises(Invalid):
        house.share(owner, study, GUEST, days=days)


def test_nobody_shares_with_themselves_or_back_up_the_chain(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    guest = guest_of(house, owner, study, may_share=True)
    with pytest.raises(Invalid):
        house.share(owner, study, house.email_of(owner))
    with pytest.raises(Invalid):
        house.share(guest, study, house.email_of(owner))


def test_one_address_has_one_account_whatever_its_hats(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    doctor, _, own_study = house.owner_with_exam("Robin Lindqvist")
    house.share(owner, study, house.email_of(doctor))
    assert house.access(doctor, study)
    assert house.access(doctor, own_study)
    assert len(accounts.listed(house.portal)) == 2


def two_guests(house: House) -> tuple[int, int, str, str, int, int]:
    owner, _, study = house.owner_with_exam()
    one, two = house.account("one@x.example"), house.account("two@x.example")
    return owner, study, "one@x.example", "two@x.example", one, two


def test_two_people_cannot_keep_each_others_access_alive(house: House) -> None:
    owner, study, first, second, one, two = two_guests(house)
    house.share(owner, study, first, days=10, may_share=True)
    house.share(one, study, second, days=10, may_share=True)
    house.share(owner, study, second, days=40, may_share=True)
    house.share(two, study, first, days=40, may_share=True)
    house.share(one, study, second, days=40, may_share=True)
    house.share(two, study, first, days=40, may_share=True)
    for share in manage_sharing.shares(house.portal, owner):
        if share.depth == 0:
            sharing.end(house.portal, owner, share.grant_id)
    for guest in (one, two):
        with pytest.raises(NotFound):
            house.access(guest, study)
    assert manage_sharing.shares(house.portal, owner) == []


def test_a_share_to_somebody_above_is_made_from_what_does_not_come_from_them(house: House) -> None:
    owner, study, first, second, one, two = two_guests(house)
    house.share(owner, study, first, days=40, may_share=True)
    house.share(one, study, second, days=40, may_share=True)
    house.share(owner, study, second, days=5, may_share=True)
    shared = house.share(two, study, first, days=40)
    assert shared.until == START + timedelta(days=5)


def test_what_cannot_be_given_as_asked_is_told(house: House) -> None:
    """Hidden but to keep, or shown but to look at: no share is both shown and to keep."""
    owner, study, first, second, one, _ = two_guests(house)
    house.share(owner, study, first, may_share=True, hide_details=True, may_download=True)
    house.share(owner, study, first, portfolio=True, may_share=True, may_download=False)
    offered = sharing.offer(house.access(one, study))
    assert (offered.may_download, offered.must_hide) == (True, False)
    shared = house.share(one, study, second, may_download=True)
    assert [text.split(":")[0] for text in shared.left_out] == [
        "Download and print are not included"
    ]
    assert house.share(one, study, second, may_download=False).left_out == ()


def test_a_closed_account_shares_with_nobody_any_more(house: House) -> None:
    owner, study, first, second, one, two = two_guests(house)
    house.share(owner, study, first, may_share=True)
    house.share(one, study, second)
    access = house.access(two, study)
    accounts.disable(house.portal, first)
    with pytest.raises(Expired):
        decision.renewed(house.portal, access)
    assert [s.shared_with for s in manage_sharing.shares(house.portal, owner)] == ["Person 4"]


def test_a_closed_account_ends_no_share(house: House) -> None:
    owner, study, first, second, one, _ = two_guests(house)
    house.share(owner, study, first, may_share=True)
    shared = house.share(one, study, second)
    accounts.disable(house.portal, first)
    with pytest.raises(NotFound):
        sharing.end(house.portal, one, shared.grant_id)


def test_a_share_asked_for_again_rests_on_what_holds_now(house: House) -> None:
    owner, study, first, second, one, two = two_guests(house)
    other = house.account("carer@x.example")
    house.link(other, house.access(owner, study).patient_id, "carer")
    house.share(other, study, first, may_share=True)
    house.share(one, study, second)
    house.share(owner, study, first, may_share=True)
    accounts.disable(house.portal, "carer@x.example")
    house.share(one, study, second)
    assert house.access(two, study)


def test_a_hidden_patients_carer_is_not_named_to_the_invited(house: House) -> None:
    carer = house.account("carer@x.example", name="Ella Frenchie")
    study = house.study(house.patient(owner=carer, relation="carer"))
    house.share(carer, study, "new@x.example", hide_details=True)
    offered = invitations.preview(house.portal, house.mailed_link("new@x.example"))
    assert "Frenchie" not in offered.sentence
