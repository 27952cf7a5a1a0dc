"""Sticky notes: who writes them, who reads them, and what hidden details do to them."""

from __future__ import annotations

import pytest

from services.errors import Expired, Invalid, NotAllowed, NotFound
from services.exam import notes
from services.shares import sharing
from tests.factories import House

TEXT = "Chester Frenchie asked for a call.\nOld fracture, seen before."


@pytest.fixture
def desk(house: House) -> tuple[int, int, int]:
    """Owner, study, and a clinician of the hospital."""
    owner, _, study = house.owner_with_exam()
    return owner, study, house.account(kind="staff", role="clinician", name="Dr Ana Reyes")


def guest_of(house: House, owner: int, study: int, **options: object) -> int:
    house.share(owner, study, "referrer@practice.example", **options)
    guest = house.account_id("referrer@practice.example")
    house.activate(guest)
    return guest


def test_a_note_stays_with_staff_until_it_is_released(
    house: House, desk: tuple[int, int, int]
) -> None:
    owner, study, clinician = desk
    note = notes.write(house.portal, house.access(clinician, study), TEXT, release=False)
    (own,) = notes.listed(house.portal, house.access(clinician, study))
    assert (own.text, own.author, own.released) == (TEXT, "Dr Ana Reyes", False)
    assert notes.listed(house.portal, house.access(owner, study)) == []
    notes.release(house.portal, house.access(clinician, study), note)
    (read,) = notes.listed(house.portal, house.access(owner, study))
    assert (read.text, read.author, read.written) == (
        TEXT, "Dr Ana Reyes", "02 November 2026 20:00",
    )  # fmt: skip


def test_the_newest_note_comes_first(house: House, desk: tuple[int, int, int]) -> None:
    _, study, clinician = desk
    for text in ("first", "second"):
        notes.write(house.portal, house.access(clinician, study), text, release=True)
        house.clock.move(minutes=1)
    found = notes.listed(house.portal, house.access(clinician, study))
    assert [note.text for note in found] == ["second", "first"]


def test_a_note_taken_off_is_gone_for_everybody(house: House, desk: tuple[int, int, int]) -> None:
    owner, study, clinician = desk
    note = notes.write(house.portal, house.access(clinician, study), TEXT, release=True)
    notes.withdraw(house.portal, house.access(clinician, study), note)
    for account in (owner, clinician):
        assert notes.listed(house.portal, house.access(account, study)) == []
    with pytest.raises(NotFound):
        notes.release(house.portal, house.access(clinician, study), note)
    assert len(house.recorded("note.written", "note.released", "note.withdrawn")) == 3


def test_only_staff_write(house: House, desk: tuple[int, int, int]) -> None:
    owner, study, clinician = desk
    note = notes.write(house.portal, house.access(clinician, study), TEXT, release=True)
    for account in (owner, guest_of(house, owner, study)):
        access = house.access(account, study)
        with pytest.raises(NotAllowed):
            notes.write(house.portal, access, "mine", release=True)
        with pytest.raises(NotAllowed):
            notes.withdraw(house.portal, access, note)
        with pytest.raises(NotAllowed):
            notes.release(house.portal, access, note)


def test_a_guest_reads_released_notes_and_no_name_where_details_are_hidden(
    house: House, desk: tuple[int, int, int]
) -> None:
    owner, study, clinician = desk
    notes.write(house.portal, house.access(clinician, study), "for staff", release=False)
    notes.write(house.portal, house.access(clinician, study), TEXT, release=True)
    guest = guest_of(house, owner, study, hide_details=True)
    (read,) = notes.listed(house.portal, house.access(guest, study))
    for detail in ("Chester", "Frenchie", "Ana", "Reyes"):
        assert detail not in repr(read)
    assert "Old fracture" in read.text


def test_no_note_is_read_after_a_revocation(house: House, desk: tuple[int, int, int]) -> None:
    owner, study, _ = desk
    guest = guest_of(house, owner, study)
    access = house.access(guest, study)
    sharing.end(house.portal, owner, access.bases[0].number)
    with pytest.raises(Expired):
        notes.listed(house.portal, access)


def test_a_note_of_another_exam_cannot_be_reached(house: House, desk: tuple[int, int, int]) -> None:
    _, study, clinician = desk
    _, _, other = house.owner_with_exam("Somebody Else")
    note = notes.write(house.portal, house.access(clinician, study), TEXT, release=False)
    with pytest.raises(NotFound):
        notes.release(house.portal, house.access(clinician, other), note)


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 2001])
def test_a_note_that_cannot_be_is_refused(
    house: House, desk: tuple[int, int, int], text: str
) -> None:
    _, study, clinician = desk
    with pytest.raises(Invalid) as refused:
        notes.write(house.portal, house.access(clinician, study), text, release=True)
    assert refused.value.field == "text"
