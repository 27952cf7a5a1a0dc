"""The list of a patient's exams in an open viewer: true for as long as the page is open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from nicegui import Client, background_tasks, ui

from services.exam import exams
from services.publisher import AccessChanged
from services.shares import sharing
from tests.factories import House
from ui.components.exam.prior_list import PriorList


class Page:
    """A guest's page with one exam open; `due` is what its clock waits for."""

    def __init__(self, house: House, client: Client, guest: int, study: int) -> None:
        self.house, self.client, self.counts = house, client, list[int]()
        self.due: list[tuple[datetime, Callable[[], object]]] = []
        visit: Any = SimpleNamespace(
            portal=house.portal, client=client, run=self._run, listen=self._listen,
            at=lambda moment, told: self.due.append((moment, told)),
        )  # fmt: skip
        exam = exams.open_exam(house.portal, house.access(guest, study))
        with client.content:
            self.list = PriorList(visit, exam, lambda: self.counts.append(self.list.count))
            self.list.build()

    @property
    def links(self) -> int:
        """How many exams can be opened."""
        elements = self.client.elements.values()
        return sum(1 for one in elements if one.tag == "a" and not one.is_deleted)

    def _listen(self, topic: AccessChanged, told: Callable[[], object]) -> None:
        self.house.portal.publisher.subscribe(topic, told)

    @staticmethod
    async def _run(function: Callable[..., Any], *args: Any) -> Any:
        return function(*args)


@pytest.fixture
def page(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """Two exams are shared with the guest, the open one for 30 days, the other for two."""
    monkeypatch.setattr(background_tasks, "create", lambda work, **_: asyncio.run(work))
    owner, patient, first = house.owner_with_exam()
    for study, days in ((first, 30), (house.study(patient, day=2), 2)):
        house.share(owner, study, "guest@x.example", days=days)
    guest = house.account_id("guest@x.example")
    house.activate(guest)
    client = Client(ui.page("/"))
    yield Page(house, client, guest, first)
    client.delete()


def shorter(page: Page) -> int:
    """The number of the share that ends first."""
    held = page.house.account_id("guest@x.example")
    accesses = [prior.access for prior in page.list._history]
    assert {access.account_id for access in accesses} == {held}
    return max(basis.number for access in accesses for basis in access.bases)


def test_an_exam_leaves_the_list_when_its_share_is_ended(page: Page) -> None:
    assert (page.links, page.list.count) == (1, 1)
    owner = page.house.account_id("person1@x.example")
    sharing.end(page.house.portal, owner, shorter(page))
    assert (page.links, page.list.count, page.counts) == (0, 0, [0])


def test_an_exam_leaves_the_list_when_its_time_is_over(page: Page) -> None:
    [(moment, told)] = page.due
    assert moment - page.house.clock() == timedelta(days=2)
    page.house.clock.now = moment
    told()
    assert (page.links, page.counts) == (0, [0])
    assert page.due[-1][0] - moment == timedelta(days=28)


def test_an_exam_that_is_shared_while_the_page_is_open_joins_the_list(page: Page) -> None:
    house, owner = page.house, page.house.account_id("person1@x.example")
    patient = page.list._access.patient_id
    house.share(owner, house.study(patient, day=3), "guest@x.example")
    assert (page.links, page.counts) == (2, [2])


def test_a_change_that_leaves_the_list_as_it_is_draws_nothing(page: Page) -> None:
    before = dict(page.client.elements)
    page.house.portal.publisher.publish(AccessChanged(page.list._access.account_id))
    assert page.client.elements == before
    assert page.counts == []
