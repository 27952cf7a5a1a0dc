"""Rendered frames: nothing without the exam's own access, kept for all who may see the same."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from services.access import Access
from services.errors import NotFound, Unshowable
from services.pictures.frames import Images, StoredImage
from services.pictures.instances import Instances
from services.pictures.rendering import Rendering, Renderings
from tests.dicom import ct_slice, photograph, take_in
from tests.factories import House

HOW = Rendering()
GUEST = "referrer@practice.example"


@dataclass
class Room:
    house: House
    renderings: Renderings
    instances: Instances
    owner: int

    def image(self, study: int) -> tuple[Access, StoredImage]:
        access = self.house.access(self.owner, study)
        uid = self.instances.first_series(access)
        return access, self.instances.series(access, uid).images[0]


@pytest.fixture
def room(house: House) -> Room:
    take_in(house.portal, [ct_slice(study="1.2.3.1"), photograph(study="1.2.3.2")])
    owner = house.account(kind="patient")
    house.link(owner, 1)
    images = Images(house.portal)
    return Room(house, Renderings(house.portal, images), Instances(house.portal, images), owner)


def test_an_image_of_another_exam_cannot_be_slipped_in(room: Room) -> None:
    access, own = room.image(1)
    _, other = room.image(2)
    room.renderings.picture(access, own, 0, HOW)
    for way in (room.renderings.picture, room.renderings.kept, room.renderings.tag):
        with pytest.raises(NotFound):
            way(access, other, 0, HOW)


def test_a_picture_is_kept_for_everybody_who_sees_the_same(room: Room) -> None:
    access, image = room.image(1)
    assert room.renderings.kept(access, image, 0, HOW) is None
    made = room.renderings.picture(access, image, 0, HOW)
    room.house.share(room.owner, 1, GUEST)
    guest = room.house.account_id(GUEST)
    room.house.activate(guest)
    theirs = room.house.access(guest, 1)
    assert room.renderings.kept(theirs, image, 0, HOW) is made
    assert room.renderings.tag(theirs, image, 0, HOW) == room.renderings.tag(access, image, 0, HOW)


def test_with_hidden_details_nothing_that_was_kept_for_others_is_handed_out(room: Room) -> None:
    access, image = room.image(2)
    room.renderings.picture(access, image, 0, HOW)
    room.house.share(room.owner, 2, GUEST, hide_details=True)
    guest = room.house.account_id(GUEST)
    room.house.activate(guest)
    theirs = room.house.access(guest, 2)
    assert room.renderings.kept(theirs, image, 0, HOW) is None
    assert room.renderings.tag(theirs, image, 0, HOW) != room.renderings.tag(access, image, 0, HOW)
    with pytest.raises(Unshowable):  # a photograph may have anything written on it
        room.renderings.picture(theirs, image, 0, HOW)


def test_what_is_kept_has_a_budget(room: Room) -> None:
    access, image = room.image(1)
    small = Renderings(room.house.portal, Images(room.house.portal), budget=100)
    small.picture(access, image, 0, HOW)
    assert small.kept(access, image, 0, HOW) is None


def test_a_series_is_found_only_in_its_own_exam(room: Room) -> None:
    access, _ = room.image(1)
    other = room.house.access(room.owner, 2)
    uid = room.instances.first_series(access)
    with pytest.raises(NotFound):
        room.instances.series(other, uid)
    assert room.instances.remembered(other, uid) is None


def test_an_image_that_arrives_later_is_found(room: Room) -> None:
    access, _ = room.image(1)
    uid = room.instances.first_series(access)
    take_in(room.house.portal, [ct_slice(study="1.2.3.1", number=2)])
    assert room.instances.remembered(access, uid, "1.2.3.1.1.2") is None
    assert len(room.instances.series(access, uid, "1.2.3.1.1.2").images) == 2
