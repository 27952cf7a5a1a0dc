"""Shares as trees, what ending one means, changing one, and the usual shares."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.errors import Invalid, NotFound
from services.exam import exams
from services.shares import manage_sharing, share_changes, share_trees, sharing
from services.shares.share_presets import PRESETS, meaning, within
from services.shares.sharing import Offer, Options
from storage.models import Grant
from tests.factories import START, House

GP, THIRD, FOURTH = "gp@x.example", "third@x.example", "fourth@x.example"


def active(house: House, email: str) -> int:
    house.activate(house.account_id(email))
    return house.account_id(email)


def family(house: House) -> tuple[int, int, int]:
    """An owner who shares an exam with a GP, who shares it on to two others, one from the other."""
    owner, _, study = house.owner_with_exam()
    house.share(owner, study, GP, days=60, may_share=True)
    house.share(active(house, GP), study, THIRD, days=30, may_share=True)
    house.share(active(house, THIRD), study, FOURTH, days=10)
    return owner, house.account_id(GP), study


def rows(house: House, account: int) -> dict[str, manage_sharing.Share]:
    return {share.email: share for share in manage_sharing.shares(house.portal, account)}


def end_of(house: House, number: int) -> timedelta:
    with house.portal.reading() as db:
        return db.get_one(Grant, number).ends_at - house.clock.now


def test_each_exam_is_a_tree_with_the_portfolio_first(house: House) -> None:
    owner, _, study = family(house)
    house.clock.move(hours=-1)
    house.share(owner, study, "team@x.example", portfolio=True)
    house.clock.move(hours=1)
    portfolio, exam = share_trees.by_exam(manage_sharing.shares(house.portal, owner))
    assert (portfolio.portfolio, portfolio.people) == (True, 1)
    assert [(s.email, s.depth) for s in exam.shares] == [(GP, 0), (THIRD, 1), (FOURTH, 2)]


def test_each_person_is_a_tree_of_what_they_see(house: House) -> None:
    owner, patient, first = house.owner_with_exam()
    for study in (first, house.study(patient, day=2)):
        house.share(owner, study, GP)
    house.share(owner, first, THIRD)
    trees = share_trees.by_person(manage_sharing.shares(house.portal, owner))
    assert [(tree.title, len(tree.shares)) for tree in trees] == [(GP, 2), (THIRD, 1)]


def test_ending_tells_who_loses_access_and_who_keeps_it_through_another_share(
    house: House,
) -> None:
    owner, _, study = family(house)
    house.share(owner, study, FOURTH)
    shares = manage_sharing.shares(house.portal, owner)
    top = next(s for s in shares if s.email == GP)
    loss = share_trees.loss(shares, top)
    assert (loss.lose, loss.keep) == ((GP, THIRD), (FOURTH,))
    sharing.end(house.portal, owner, top.grant_id)
    assert [s.email for s in manage_sharing.shares(house.portal, owner)] == [FOURTH]


def test_a_share_tells_whether_it_was_opened_since(house: House) -> None:
    owner, gp, study = family(house)
    assert rows(house, owner)[GP].news.opened_on is None
    house.clock.move(hours=2)
    exams.open_exam(house.portal, house.access(gp, study))
    assert rows(house, owner)[GP].news.opened_on == START + timedelta(hours=2)
    assert rows(house, owner)[THIRD].news.opened_on is None


def test_an_earlier_look_does_not_count_as_opened(house: House) -> None:
    owner, gp, study = family(house)
    exams.open_exam(house.portal, house.access(gp, study))
    sharing.end(house.portal, owner, rows(house, owner)[GP].grant_id)
    house.clock.move(days=1)
    house.share(owner, study, GP)
    assert rows(house, owner)[GP].news.opened_on is None


def test_whoever_gave_a_share_makes_it_longer_and_shorter(house: House) -> None:
    owner, _, _ = family(house)
    number = rows(house, owner)[GP].grant_id
    change = Options(90, may_share=True)
    until = share_changes.change(house.portal, owner, number, change)
    assert until - house.clock.now == timedelta(days=90)
    house.clock.move(minutes=5)
    share_changes.change(house.portal, owner, number, Options(5, hide_details=True))
    assert end_of(house, number) == timedelta(days=5)
    [left] = manage_sharing.shares(house.portal, owner)  # it may not be shared on any more
    assert (left.email, left.hidden, left.may_share) == (GP, True, False)


def test_a_portfolio_stays_a_portfolio(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    number = house.share(owner, study, GP, portfolio=True).grant_id
    house.clock.move(minutes=5)
    share_changes.change(house.portal, owner, number, Options(60))
    [share] = manage_sharing.shares(house.portal, owner)
    assert (share.grant_id, share.study_id) == (number, None)
    assert end_of(house, number) == timedelta(days=60)


def test_the_patient_makes_an_onward_share_narrower_and_never_wider(house: House) -> None:
    owner, _, _ = family(house)
    number = rows(house, owner)[THIRD].grant_id
    found = share_changes.changeable(house.portal, owner, number)
    assert (found.mine, found.now.days, found.widest.may_share) == (False, 30, True)
    share_changes.change(house.portal, owner, number, Options(200, may_share=True))
    assert end_of(house, number) == timedelta(days=30)
    narrower = Options(8, may_share=True, hide_details=True, may_download=False)
    share_changes.change(house.portal, owner, number, narrower)
    below = rows(house, owner)[FOURTH]
    assert (below.hidden, below.may_download) == (True, False)
    assert end_of(house, below.grant_id) == timedelta(days=8)
    share_changes.change(house.portal, owner, number, Options(8, may_share=True))
    assert rows(house, owner)[THIRD].hidden


def test_nobody_changes_a_share_above_or_beside_their_own(house: House) -> None:
    owner, _, _ = family(house)
    shares = rows(house, owner)
    stranger, _, _ = house.owner_with_exam("Matilda Okafor")
    attempts = [(house.account_id(THIRD), GP), (house.account_id(FOURTH), THIRD), (stranger, GP),
                (house.account_id(GP), GP)]  # fmt: skip
    for person, email in attempts:
        for call in (
            lambda who, grant: share_changes.change(house.portal, who, grant, Options(1)),
            lambda who, grant: share_changes.changeable(house.portal, who, grant),
        ):
            with pytest.raises(NotFound):
                call(person, shares[email].grant_id)


def test_a_share_that_is_over_is_not_changed_back_to_life(house: House) -> None:
    owner, _, _ = family(house)
    number = rows(house, owner)[GP].grant_id
    sharing.end(house.portal, owner, number)
    with pytest.raises(NotFound):
        share_changes.change(house.portal, owner, number, Options(9))


@pytest.mark.parametrize("days", [0, -1, 366])
def test_days_that_cannot_be_are_refused(house: House, days: int) -> None:
    owner, _, _ = family(house)
    with pytest.raises(Invalid) as refused:
        share_changes.change(house.portal, owner, rows(house, owner)[GP].grant_id, Options(days))
    assert refused.value.field == "days"


def test_a_usual_share_is_never_wider_than_what_is_held() -> None:
    narrow = Offer(START + timedelta(days=5, hours=1), False, False, False, True)
    for preset in PRESETS:
        found = within(preset.options, narrow, START, 365)
        assert found.days <= 6
        assert not (found.portfolio or found.may_share or found.may_download)
        assert found.hide_details
    wide = Offer(None, True, True, True, False)
    assert [within(p.options, wide, START, 365) for p in PRESETS] == [p.options for p in PRESETS]
    assert {within(p.options, wide, START, 10).days for p in PRESETS} == {7, 10}


def test_a_usual_share_says_what_is_given_not_what_it_is_called() -> None:
    narrow = Offer(START + timedelta(days=9, hours=1), False, True, False, True)
    specialist = next(p.options for p in PRESETS if p.options.may_share)
    told = meaning(within(specialist, narrow, START, 365), specialist)
    assert told == (
        "This exam only. Without download and print. Without the patient's name, date of birth and "
        "numbers. They may share on. No more can be given than you have: 10 days."
    )
    assert meaning(specialist, specialist) == (
        "This exam only. With download and print. They may share on."
    )


def test_rights_are_told_in_words(house: House) -> None:
    owner, _, _ = family(house)
    assert share_trees.rights(rows(house, owner)[GP]) == ["May download and print", "May share on"]


def test_a_share_that_is_changed_without_new_days_keeps_its_end(house: House) -> None:
    owner, _, study = family(house)
    mine, other = rows(house, owner)[GP].grant_id, rows(house, owner)[THIRD].grant_id
    house.clock.move(days=3, hours=9)
    for number, days in ((mine, 56), (other, 26)):
        before = end_of(house, number)
        now = share_changes.changeable(house.portal, owner, number).now
        assert now.days == days
        share_changes.change(house.portal, owner, number, replace(now, may_download=False))
        assert end_of(house, number) == before
        assert not share_changes.changeable(house.portal, owner, number).now.may_download
    there = sharing.existing_share(house.portal, house.access(owner, study), GP, False)
    assert there is not None
    again = replace(there, hide_details=True)
    shared = sharing.share(house.portal, house.access(owner, study), GP, "", again)
    assert (shared.changed, shared.until) == (True, there.until)
    share_changes.change(house.portal, owner, mine, replace(again, days=26, until=None))
    assert end_of(house, mine) == timedelta(days=26)
