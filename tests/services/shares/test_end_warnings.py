"""Sharer and receiver are warned once, three days before what they share is over."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from services import dates
from services.shares import end_warnings, invitations, share_changes, sharing
from services.shares.sharing import Options
from storage.models import Grant, PatientLink
from tests.factories import House

ROBIN, CHESTER, SAM = "robin@x.example", "chester@x.example", "sam@x.example"
SOON = "Medical images are shared with you for a few more days only"
YOURS = "What you share ends soon"


@pytest.fixture
def chester(house: House) -> tuple[int, int]:
    """Chester's account and exam."""
    account = house.account(CHESTER, "patient", name="Chester Frenchie")
    return account, house.study(house.patient(owner=account))


def subjects(house: House, recipient: str) -> list[str]:
    return [subject for to, subject, _ in house.mail() if to == recipient]


def letter(house: House, recipient: str, about: str) -> str:
    """The newest such letter, as one line."""
    found = [text for to, subject, text in house.mail() if (to, subject) == (recipient, about)]
    return " ".join(found[-1].split())


def moment(house: House, when: datetime) -> str:
    return dates.moment(when, house.portal.settings.zone)


def linked_until(house: House, account: int, until: datetime | None) -> None:
    with house.portal.transaction() as tx:
        tx.db.execute(
            update(PatientLink).where(PatientLink.account_id == account).values(until=until)
        )


def test_sharer_and_receiver_are_warned_once_three_days_before(
    house: House, chester: tuple[int, int]
) -> None:
    house.account(ROBIN)
    house.share(*chester, ROBIN, days=30)
    house.clock.move(days=26, hours=23)
    assert end_warnings.warn_of_ends(house.portal) == 0
    house.clock.move(hours=1)
    assert end_warnings.warn_of_ends(house.portal) == 1
    assert end_warnings.warn_of_ends(house.portal) == 0
    house.clock.move(days=1)
    assert end_warnings.warn_of_ends(house.portal) == 0
    assert subjects(house, ROBIN)[1:] == [SOON]
    assert subjects(house, CHESTER) == [YOURS]
    [text] = [text for to, _, text in house.mail() if to == CHESTER]
    assert ROBIN in text
    assert "Frenchie" not in "".join(text for _, _, text in house.mail())


def test_a_share_that_was_made_longer_is_warned_of_again_when_that_is_over(
    house: House, chester: tuple[int, int]
) -> None:
    house.account(ROBIN)
    house.share(*chester, ROBIN, days=30)
    house.clock.move(days=27)
    end_warnings.warn_of_ends(house.portal)
    assert subjects(house, CHESTER) == [YOURS]
    house.share(*chester, ROBIN, days=30)
    assert end_warnings.warn_of_ends(house.portal) == 0
    house.clock.move(days=27)
    assert end_warnings.warn_of_ends(house.portal) == 1
    assert subjects(house, CHESTER) == [YOURS, YOURS]


@pytest.mark.parametrize("days", [1, 3, 4])
def test_a_share_so_short_that_its_end_was_just_told_is_not_warned_of(
    house: House, chester: tuple[int, int], days: int
) -> None:
    house.account(ROBIN)
    house.share(*chester, ROBIN, days=days)
    for _ in range(days * 4):
        house.clock.move(hours=6)
        end_warnings.warn_of_ends(house.portal)
    assert subjects(house, CHESTER) == []


def test_shares_between_two_people_that_end_on_one_day_are_one_letter(
    house: House, chester: tuple[int, int]
) -> None:
    house.account(ROBIN)
    account, first = chester
    patient = house.access(account, first).patient_id
    for study in (first, house.study(patient), house.study(patient)):
        house.share(account, study, ROBIN, days=30)
    house.clock.move(days=27)
    assert end_warnings.warn_of_ends(house.portal) == 3
    assert subjects(house, CHESTER) == [YOURS]
    assert subjects(house, ROBIN).count(SOON) == 1


def test_of_a_share_that_was_ended_nobody_is_warned(house: House, chester: tuple[int, int]) -> None:
    house.account(ROBIN)
    shared = house.share(*chester, ROBIN)
    sharing.end(house.portal, chester[0], shared.grant_id)
    house.clock.move(days=28)
    assert end_warnings.warn_of_ends(house.portal) == 0


def test_who_has_not_used_the_invitation_is_reminded_of_it(
    house: House, chester: tuple[int, int]
) -> None:
    house.share(*chester, ROBIN)
    house.clock.move(days=27)
    end_warnings.warn_of_ends(house.portal)
    text = next(text for to, subject, text in house.mail() if (to, subject) == (ROBIN, SOON))
    assert "use the link in the invitation" in " ".join(text.split())


# when it ends earlier than it says


def test_a_share_that_ends_with_its_givers_link_is_warned_of_by_that_end(
    house: House, chester: tuple[int, int]
) -> None:
    carer, robin = house.account("carer@x.example"), house.account(ROBIN)
    house.account(SAM)
    house.link(carer, house.access(*chester).patient_id, "carer")
    house.share(carer, chester[1], ROBIN, days=30, may_share=True)
    house.share(robin, chester[1], SAM, days=25)
    end = house.clock.now + timedelta(days=10)
    linked_until(house, carer, end)
    house.clock.move(days=6, hours=23)
    assert end_warnings.warn_of_ends(house.portal) == 0
    house.clock.move(hours=1)
    assert end_warnings.warn_of_ends(house.portal) == 2
    for who, subject in ((ROBIN, SOON), (SAM, SOON), ("carer@x.example", YOURS), (ROBIN, YOURS)):
        assert f"can be seen until {moment(house, end)}" in letter(house, who, subject), who
    assert "you cannot share for longer" in letter(house, "carer@x.example", YOURS)
    assert "share it with the same address again" not in letter(house, ROBIN, YOURS)
    house.clock.move(days=1)
    assert end_warnings.warn_of_ends(house.portal) == 0
    assert subjects(house, CHESTER) == []


def test_when_the_link_is_made_longer_again_the_written_end_is_warned_of(
    house: House, chester: tuple[int, int]
) -> None:
    house.account(ROBIN)
    shared = house.share(*chester, ROBIN, days=30)
    linked_until(house, chester[0], house.clock.now + timedelta(days=10))
    house.clock.move(days=8)
    assert end_warnings.warn_of_ends(house.portal) == 1
    assert subjects(house, ROBIN).count(SOON) == 1
    linked_until(house, chester[0], None)
    house.clock.move(days=12)
    assert end_warnings.warn_of_ends(house.portal) == 0
    house.clock.move(days=8)
    assert end_warnings.warn_of_ends(house.portal) == 1
    assert f"until {moment(house, shared.until)}" in letter(house, ROBIN, SOON)
    assert subjects(house, ROBIN).count(SOON) == 2


def test_an_end_just_before_the_written_one_is_warned_of_once(
    house: House, chester: tuple[int, int]
) -> None:
    house.account(ROBIN)
    house.share(*chester, ROBIN, days=30)
    linked_until(house, chester[0], house.clock.now + timedelta(days=29))
    for _ in range(31):
        house.clock.move(days=1)
        end_warnings.warn_of_ends(house.portal)
        house.mail()
    assert subjects(house, ROBIN).count(SOON) == 1


def test_a_share_made_from_one_that_was_shortened_is_warned_of_by_the_new_end(
    house: House, chester: tuple[int, int]
) -> None:
    robin = house.account(ROBIN)
    house.account(SAM)
    upper = house.share(*chester, ROBIN, days=30, may_share=True)
    house.share(robin, chester[1], SAM, days=30)
    house.clock.move(hours=1)
    end = share_changes.change(house.portal, chester[0], upper.grant_id, Options(6, may_share=True))
    house.clock.move(days=3)
    assert end_warnings.warn_of_ends(house.portal) == 2
    assert f"until {moment(house, end)}" in letter(house, SAM, SOON)
    assert "you cannot share for longer" in letter(house, ROBIN, YOURS)
    assert "share it with the same address again" in letter(house, CHESTER, YOURS)


def test_an_upper_end_counts_also_where_the_share_below_says_another(
    house: House, chester: tuple[int, int]
) -> None:
    robin = house.account(ROBIN)
    house.account(SAM)
    upper = house.share(*chester, ROBIN, days=30, may_share=True)
    house.share(robin, chester[1], SAM, days=30)
    end = house.clock.now + timedelta(days=6)
    with house.portal.transaction() as tx:
        tx.db.execute(update(Grant).where(Grant.id == upper.grant_id).values(ends_at=end))
    house.clock.move(days=3)
    assert end_warnings.warn_of_ends(house.portal) == 2
    assert f"until {moment(house, end)}" in letter(house, SAM, SOON)


def test_of_a_share_whose_giver_was_closed_nobody_is_warned(
    house: House, chester: tuple[int, int]
) -> None:
    house.account(ROBIN)
    house.share(*chester, ROBIN, days=30)
    with house.portal.transaction() as tx:
        tx.db.get_one(Grant, 1).grantor.status = "disabled"
    house.clock.move(days=28)
    end_warnings.warn_of_ends(house.portal)
    assert subjects(house, ROBIN).count(SOON) == 0


def test_a_letter_that_is_sent_again_tells_the_true_end(
    house: House, chester: tuple[int, int]
) -> None:
    shared = house.share(*chester, ROBIN, days=30)
    end = house.clock.now + timedelta(days=10)
    linked_until(house, chester[0], end)
    invitations.send_again(house.portal, chester[0], shared.grant_id)
    assert f"until {moment(house, end)}" in letter(
        house, ROBIN, "Medical images are shared with you"
    )
    token = house.mailed_link(ROBIN)
    assert invitations.preview(house.portal, token).until == moment(house, end)
