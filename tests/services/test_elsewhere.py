"""What commands of other processes changed reaches the open pages of the serving one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from services.elsewhere import Elsewhere
from services.opening import open_portal
from services.persons import accounts, patients
from services.portal import Portal
from services.programs import tokens
from services.publisher import AccessChanged, SessionEnded, SharingChanged, TokenRevoked, Topic
from services.shares import sharing
from services.signing_in import sessions
from tests.factories import House

GUEST = "rooms@x.example"
PATIENCE = 20.0


@pytest.fixture
def other(house: House) -> Iterator[Portal]:
    """The same portal in another process, as far as its publisher goes."""
    opened = open_portal(house.portal.settings, clock=house.clock)
    yield opened
    opened.database.close()


def told(house: House, topics: list[Topic], change: Callable[[], object]) -> list[Topic]:
    """The topics that are announced here after a change elsewhere."""
    elsewhere = Elsewhere(house.portal)
    heard: list[Topic] = []
    for topic in topics:
        house.portal.publisher.subscribe(topic, lambda topic=topic: heard.append(topic))  # type: ignore[misc]
    change()
    assert heard == []
    assert elsewhere.look() > 0
    assert elsewhere.look() == 0
    return heard


def test_a_closed_account_and_everybody_below_it(house: House, other: Portal) -> None:
    owner, _, study = house.owner_with_exam()
    guest = house.account(GUEST)
    house.share(owner, study, GUEST)
    session = SessionEnded(house.signed_in(owner).session_id)
    topics: list[Topic] = [AccessChanged(owner), AccessChanged(guest), session]
    email = house.email_of(owner)
    assert set(told(house, topics, lambda: accounts.disable(other, email))) == set(topics)


def test_an_ended_share(house: House, other: Portal) -> None:
    owner, patient, study = house.owner_with_exam()
    guest = house.account(GUEST)
    shared = house.share(owner, study, GUEST)
    topics: list[Topic] = [AccessChanged(guest), SharingChanged(patient)]
    found = told(house, topics, lambda: sharing.end(other, owner, shared.grant_id))
    assert set(found) == set(topics)


def test_a_revoked_token(house: House, other: Portal) -> None:
    owner, _, _ = house.owner_with_exam()
    made = tokens.create(house.portal, house.email_of(owner))
    topic = TokenRevoked(made.number)
    assert told(house, [topic], lambda: tokens.revoke(other, made.number)) == [topic]


def test_a_sign_out(house: House, other: Portal) -> None:
    who = house.signed_in(house.account())
    topic = SessionEnded(who.session_id)
    assert told(house, [topic], lambda: sessions.sign_out(other, who.session_id)) == [topic]


def test_an_unlinked_account(house: House, other: Portal) -> None:
    owner, patient, _ = house.owner_with_exam()
    staff = house.account(kind="staff", role="administrator")
    topic = AccessChanged(owner)
    assert told(house, [topic], lambda: patients.unlink(other, staff, owner, patient)) == [topic]


def test_nothing_is_told_of_what_ends_nothing(house: House, other: Portal) -> None:
    who = house.signed_in(house.account())
    with other.transaction() as tx:
        tx.record(accounts.Action.EXAM_VIEWED, account_id=who.account_id)
    before = house.portal.publisher.published
    elsewhere = Elsewhere(house.portal)
    with other.transaction() as tx:
        tx.record(accounts.Action.EXAM_VIEWED, account_id=who.account_id)
    assert elsewhere.look() == 1
    assert house.portal.publisher.published == before


def test_it_is_heard_while_the_portal_serves(house: House, other: Portal) -> None:
    account = house.account(GUEST)
    heard = threading.Event()
    house.portal.publisher.subscribe(AccessChanged(account), heard.set)
    elsewhere = Elsewhere(house.portal)
    elsewhere.start()
    try:
        accounts.disable(other, GUEST)
        assert heard.wait(PATIENCE)
    finally:
        elsewhere.stop()
