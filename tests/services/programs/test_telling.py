"""Who is told what about a share, once, and what the sharer hears back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.access import Access
from services.audit import Action
from services.errors import Expired, NotFound, TooMany
from services.messaging import delivery
from services.persons import accounts
from services.shares import invitations, manage_sharing, sharing
from services.shares.manage_sharing import Share
from tests.factories import PASSWORD, House
from tests.mail_server import MailServer

ROBIN, CHESTER = "robin@x.example", "chester@x.example"
GONE = "Medical images are no longer shared with you"


@pytest.fixture
def chester(house: House) -> tuple[int, int]:
    """Chester's account and exam."""
    account = house.account(CHESTER, "patient", name="Chester Frenchie")
    return account, house.study(house.patient(owner=account))


def subjects(house: House, recipient: str) -> list[str]:
    return [subject for to, subject, _ in house.mail() if to == recipient]


def row(house: House, account: int) -> Share:
    [share] = manage_sharing.shares(house.portal, account)
    return share


def look(house: House, access: Access) -> None:
    with house.portal.transaction() as tx:
        tx.record(
            Action.EXAM_VIEWED,
            account_id=access.account_id,
            patient_id=access.patient_id,
            study_id=access.study_id,
        )


# ended


def test_who_was_told_of_a_share_is_told_that_it_ended(
    house: House, chester: tuple[int, int]
) -> None:
    house.account(ROBIN)
    shared = house.share(*chester, ROBIN)
    assert subjects(house, ROBIN) == ["Medical images are shared with you"]
    sharing.end(house.portal, chester[0], shared.grant_id)
    sharing.end(house.portal, chester[0], shared.grant_id)
    assert subjects(house, ROBIN)[1:] == [GONE]
    assert not any("Frenchie" in text for _, _, text in house.mail())


def test_a_share_that_ends_before_its_letter_left_tells_nobody_anything(
    house: House, chester: tuple[int, int]
) -> None:
    shared = house.share(*chester, "wrong@x.example")
    sharing.end(house.portal, chester[0], shared.grant_id)
    assert house.mail() == []


def test_everybody_in_the_branch_is_told(house: House, chester: tuple[int, int]) -> None:
    robin = house.account(ROBIN, name="Dr Robin Lindqvist")
    house.account("sam@x.example")
    shared = house.share(*chester, ROBIN, may_share=True)
    house.share(robin, chester[1], "sam@x.example")
    house.mail()
    sharing.end(house.portal, chester[0], shared.grant_id)
    assert subjects(house, ROBIN)[-1] == GONE
    [text] = [
        text for to, subject, text in house.mail() if (to, subject) == ("sam@x.example", GONE)
    ]
    assert "Dr Robin Lindqvist shared with you" in " ".join(text.split())


def test_who_loses_a_share_because_the_one_above_was_narrowed_is_told(
    house: House, chester: tuple[int, int]
) -> None:
    robin = house.account(ROBIN)
    house.account("sam@x.example")
    house.share(*chester, ROBIN, may_share=True)
    house.share(robin, chester[1], "sam@x.example")
    house.mail()
    house.share(*chester, ROBIN, may_share=False)
    assert subjects(house, "sam@x.example")[1:] == [GONE]


# what the sharer hears back


def test_a_sharer_sees_not_opened_yet_until_the_exam_was_looked_at(
    house: House, chester: tuple[int, int]
) -> None:
    shared = house.share(*chester, ROBIN)
    token = house.mailed_link(ROBIN)
    accounts.prompts(house.portal, token)  # a scanner opens the link
    invitations.preview(house.portal, token)
    assert row(house, chester[0]).news.opened_on is None
    accounts.set_up(
        house.portal, token, name="Robin", mobile="", password=PASSWORD, terms_accepted=True
    )
    assert row(house, chester[0]).news.opened_on is None
    house.clock.move(hours=1)
    look(house, house.access(house.account_id(ROBIN), chester[1]))
    first = house.clock.now
    house.clock.move(hours=1)
    look(house, house.access(house.account_id(ROBIN), chester[1]))
    assert row(house, chester[0]).news.opened_on == first
    assert row(house, chester[0]).grant_id == shared.grant_id


def test_a_look_at_another_exam_or_before_the_share_does_not_count(
    house: House, chester: tuple[int, int]
) -> None:
    robin = house.account(ROBIN)
    account, study = chester
    other = house.study(house.access(account, study).patient_id)
    first = house.share(account, study, ROBIN)
    look(house, house.access(robin, study))
    sharing.end(house.portal, account, first.grant_id)
    house.clock.move(hours=1)
    house.share(account, study, ROBIN)
    house.share(account, other, ROBIN)
    look(house, house.access(robin, other))
    shares = manage_sharing.shares(house.portal, account)
    assert sorted(share.news.opened_on is not None for share in shares) == [False, True]


def test_a_sharer_is_told_of_an_address_that_does_not_exist_and_of_it_alone(
    house: House, chester: tuple[int, int]
) -> None:
    house.share(*chester, ROBIN)
    assert row(house, chester[0]).news.fate == "the e-mail is on its way"
    server = MailServer()
    courier = delivery.mail_courier(house.portal, server.transport(5))
    courier.round()
    assert row(house, chester[0]).news.fate == "not delivered yet: the portal keeps trying"
    assert not row(house, chester[0]).news.failed
    server.answers[ROBIN] = "550 no such mailbox"
    house.clock.move(minutes=1)
    with server.serving():
        courier.round()
    news = row(house, chester[0]).news
    assert (news.fate, news.failed) == ("could not be delivered: check the address", True)
    server.answers.clear()
    invitations.send_again(house.portal, chester[0], row(house, chester[0]).grant_id)
    with server.serving():
        courier.round()
    assert row(house, chester[0]).news.fate == ""


def test_a_letter_that_was_refused_is_not_blamed_on_the_address(
    house: House, chester: tuple[int, int]
) -> None:
    house.share(*chester, ROBIN)
    server = MailServer(verdict="554 no")
    with server.serving() as carrier:
        delivery.mail_courier(house.portal, carrier).round()
    assert "check the address" not in row(house, chester[0]).news.fate
    assert row(house, chester[0]).news.failed


# a wrong address


def test_who_ends_a_share_is_told_whether_it_was_opened(
    house: House, chester: tuple[int, int]
) -> None:
    robin = house.account(ROBIN)
    wrong = house.share(*chester, "wrong@x.example")
    accounts.prompts(house.portal, house.mailed_link("wrong@x.example"))
    assert sharing.end(house.portal, chester[0], wrong.grant_id) == "It was never opened."
    shared = house.share(*chester, ROBIN)
    look(house, house.access(robin, chester[1]))
    house.clock.move(days=1)
    told = sharing.end(house.portal, chester[0], shared.grant_id)
    assert told == "It was first opened on 02 November 2026 20:00."


def test_an_invitation_to_a_wrong_address_opens_nothing_once_the_share_ended(
    house: House, chester: tuple[int, int]
) -> None:
    shared = house.share(*chester, "wrong@x.example")
    token = house.mailed_link("wrong@x.example")
    sharing.end(house.portal, chester[0], shared.grant_id)
    for attempt in (
        lambda: accounts.prompts(house.portal, token),
        lambda: invitations.preview(house.portal, token),
        lambda: accounts.set_up(
            house.portal, token, name="Eve", mobile="", password=PASSWORD, terms_accepted=True
        ),
    ):
        with pytest.raises(Expired, match="This share has ended"):
            attempt()


def test_an_invitation_ends_with_its_share_also_when_that_was_shortened(
    house: House, chester: tuple[int, int]
) -> None:
    house.share(*chester, ROBIN, days=30)
    token = house.mailed_link(ROBIN)
    house.share(*chester, ROBIN, days=2)
    house.clock.move(days=2)
    with pytest.raises(Expired, match="This share has ended"):
        accounts.prompts(house.portal, token)


def test_an_invitation_opens_nothing_once_nothing_is_left_of_the_share_above_it(
    house: House, chester: tuple[int, int]
) -> None:
    robin = house.account(ROBIN)
    house.share(*chester, ROBIN, may_share=True)
    house.share(robin, chester[1], "sam@x.example")
    token = house.mailed_link("sam@x.example")
    accounts.prompts(house.portal, token)
    accounts.disable(house.portal, ROBIN)
    with pytest.raises(Expired, match="This share has ended"):
        accounts.prompts(house.portal, token)


# again


def test_an_invitation_can_be_sent_again_and_both_links_work_until_one_is_used(
    house: House, chester: tuple[int, int]
) -> None:
    shared = house.share(*chester, ROBIN)
    first = house.mailed_link(ROBIN)
    assert invitations.send_again(house.portal, chester[0], shared.grant_id) == ROBIN
    second = house.mailed_link(ROBIN)
    assert first != second
    accounts.prompts(house.portal, first)
    accounts.set_up(
        house.portal, second, name="Robin", mobile="", password=PASSWORD, terms_accepted=True
    )
    with pytest.raises(Expired, match="already used"):
        accounts.prompts(house.portal, first)
    assert len(house.recorded(Action.INVITATION_SENT_AGAIN)) == 1


def test_sent_again_while_the_mail_server_is_away_it_arrives_once(
    house: House, chester: tuple[int, int]
) -> None:
    shared = house.share(*chester, ROBIN)
    invitations.send_again(house.portal, chester[0], shared.grant_id)
    assert len(subjects(house, ROBIN)) == 1


def test_sending_again_is_limited(house: House, chester: tuple[int, int]) -> None:
    shared = house.share(*chester, ROBIN)
    for _ in range(3):
        invitations.send_again(house.portal, chester[0], shared.grant_id)
    with pytest.raises(TooMany):
        invitations.send_again(house.portal, chester[0], shared.grant_id)


def test_only_who_may_end_a_share_may_send_its_letter_again(
    house: House, chester: tuple[int, int]
) -> None:
    shared = house.share(*chester, ROBIN)
    stranger = house.account("eve@x.example")
    with pytest.raises(NotFound):
        invitations.send_again(house.portal, stranger, shared.grant_id)
    house.clock.move(days=31)
    with pytest.raises(NotFound):
        invitations.send_again(house.portal, chester[0], shared.grant_id)


def test_an_invitation_lasts_as_long_as_the_share_and_ninety_days_at_most(
    house: House, chester: tuple[int, int]
) -> None:
    house.share(*chester, ROBIN, days=200)
    token = house.mailed_link(ROBIN)
    house.clock.now += timedelta(days=89)
    accounts.prompts(house.portal, token)
    house.clock.now += timedelta(days=1)
    with pytest.raises(Expired):
        accounts.prompts(house.portal, token)
