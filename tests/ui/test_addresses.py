"""Addresses of exams tell nothing, and are another for every grant with hidden details."""

from __future__ import annotations

import pytest

from services.errors import NotFound
from tests.factories import House
from ui.addresses import exam_at, study_address


def test_an_address_leads_its_owner_to_the_exam_and_nobody_else(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    address = study_address(house.portal, house.access(owner, study)).removeprefix("/study/")
    assert exam_at(house.portal, owner, address).study_id == study
    with pytest.raises(NotFound):
        exam_at(house.portal, house.account(), address)


def test_under_a_grant_with_hidden_details_the_exam_has_another_address(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    named = house.share(owner, study, "one@x.example")
    guest = house.account_id("one@x.example")
    house.activate(guest)
    shown = study_address(house.portal, house.access(guest, study))
    house.share(owner, study, "one@x.example", hide_details=True)
    hidden = study_address(house.portal, house.access(guest, study))
    assert shown != hidden
    for address in (shown, hidden):  # an open page is made anew at the address it has
        found = exam_at(house.portal, guest, address.removeprefix("/study/"))
        assert (found.study_id, found.hidden) == (study, True)
    house.share(owner, study, "one@x.example", hide_details=False)
    assert named.grant_id
    assert not exam_at(house.portal, guest, hidden.removeprefix("/study/")).hidden
