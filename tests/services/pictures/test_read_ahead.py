"""Reading ahead of a walk through a series, in the direction it goes, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from services.access import Access
from services.pictures.frames import Images
from services.pictures.instances import Instances, StoredSeries
from services.pictures.read_ahead import DEPTH, ReadAhead
from services.pictures.rendering import Rendering, Renderings
from services.pictures.workshop import Urgency
from tests.dicom import ct_slice, take_in
from tests.factories import House

HOW = Rendering()
SLICES = 20


@dataclass
class NotedWorkshop:
    """A workshop that only notes what it was asked for."""

    places: dict[str, int]
    asked: list[tuple[Urgency, int, int]] = field(default_factory=list)

    def submit(self, urgency: Urgency, work: Callable[..., bytes], *given: object) -> None:
        _, image, frame, _ = given
        self.asked.append((urgency, self.places[image.sha256], frame))  # type: ignore[attr-defined]


@dataclass
class Reader:
    access: Access
    series: StoredSeries
    renderings: Renderings
    workshop: NotedWorkshop
    ahead: ReadAhead

    def walk(self, *places: int, who: str = "one") -> list[int]:
        """Ask for slices in turn; which were handed to the workshop meanwhile."""
        self.workshop.asked.clear()
        for place in places:
            self.ahead.asked(who, self.access, self.series, (place, 0), HOW)
        assert {urgency for urgency, _, _ in self.workshop.asked} <= {Urgency.AHEAD}
        return [place for _, place, _ in self.workshop.asked]


@pytest.fixture
def reader(house: House) -> Reader:
    take_in(house.portal, [ct_slice(number=n, size=16) for n in range(1, SLICES + 1)])
    owner = house.account(kind="patient")
    house.link(owner, 1)
    access = house.access(owner, 1)
    images = Images(house.portal)
    series = Instances(house.portal, images).series(access, "1.2.826.0.1.3680043.10.1.1")
    renderings = Renderings(house.portal, images)
    workshop = NotedWorkshop({image.sha256: n for n, image in enumerate(series.images)})
    ahead = ReadAhead(workshop, renderings)  # type: ignore[arg-type]
    return Reader(access, series, renderings, workshop, ahead)


def test_one_picture_is_no_walk(reader: Reader) -> None:
    assert reader.walk(5) == []
    assert reader.walk(5, 9, 2, 14) == []


def test_a_walk_is_read_ahead_of_and_each_slice_handed_over_once(reader: Reader) -> None:
    assert reader.walk(3, 4) == list(range(5, 5 + DEPTH))
    assert reader.walk(5, 6) == [5 + DEPTH, 6 + DEPTH]


def test_a_walk_may_go_back(reader: Reader) -> None:
    assert reader.walk(15, 14) == list(range(13, 13 - DEPTH, -1))
    assert reader.walk(13) == [13 - DEPTH]
    assert reader.walk(14)[0] == 15


def test_a_walk_ends_with_its_series(reader: Reader) -> None:
    assert reader.walk(SLICES - 3, SLICES - 2, SLICES - 1) == [SLICES - 1]
    assert reader.walk(1, 0) == []


def test_after_a_jump_it_begins_anew(reader: Reader) -> None:
    reader.walk(1, 2)
    assert reader.walk(10, 11)[0] == 12


def test_what_is_there_already_is_not_made_again(reader: Reader) -> None:
    reader.renderings.picture(reader.access, reader.series.images[6], 0, HOW)
    assert 6 not in reader.walk(3, 4)


def test_two_walks_do_not_confuse_each_other(reader: Reader) -> None:
    reader.walk(1, who="one")
    assert reader.walk(2, who="two") == []
    assert reader.walk(2, who="one")[0] == 3
