"""The browser of the journeys, and a served portal with one patient's exams."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from services.opening import open_portal
from services.persons import accounts
from services.persons.accounts import NewAccount
from services.settings import Settings
from tests.browser_needed import find_browser
from tests.dicom import ct_slice, take_in
from tests.factories import PASSWORD
from tests.journeys.people import DESKTOP, Person, somebody
from tests.journeys.served import Served, free_port, serving
from tests.new_database import lay_out

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
CHESTER = "chester@patients.example"
STAFF = "imaging@hospital.example"
GLASS = "clinician@elsewhere.example"
Someone = Callable[..., Person]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; the journeys are skipped, and say so, where there is none."""
    path = find_browser()
    if not path:
        pytest.skip("NO CHROMIUM on this machine: browser journeys are SKIPPED")
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A portal with Chester, his two exams, Poppy's one, and a break-glass account."""
    data, port = tmp_path / "data", free_port()
    fill(data, port)
    with serving(data, port) as running:
        yield running


def fill(data: Path, port: int) -> None:
    """Exams and accounts, put in before the portal is served."""
    lay_out(data)
    portal = open_portal(
        Settings(_env_file=None, data_dir=data, port=port, time_zone="Australia/Sydney")
    )
    new = [ct_slice(number=n, size=128) for n in range(1, 13)]
    old = [
        ct_slice(study="1.2.826.0.1.3680043.10.2", number=n, StudyDate="20240205",
                 StudyDescription="CT chest, earlier")
        for n in range(1, 4)
    ]  # fmt: skip
    other = ct_slice(
        study="1.2.826.0.1.3680043.10.3", patient_id="P2", name="OKAFOR^Matilda", born="19830722"
    )
    take_in(portal, [*new, *old, other])
    for account in (
        NewAccount("patient", CHESTER, "Chester Frenchie", patient_ids=("TEST|P1",),
                   password=PASSWORD),
        NewAccount("breakglass", GLASS, "Dr Amara Diallo", mobile="+61491570006",
                   provider_number="2426621B", password=PASSWORD),
        NewAccount("staff", STAFF, "Dr Ana Reyes", role="clinician", password=PASSWORD),
    ):  # fmt: skip
        accounts.create(portal, account)
    portal.database.close()


@pytest.fixture
def someone(browser: Browser, served: Served) -> Iterator[Someone]:
    """Makes people with a browser each."""
    people: list[Person] = []

    def make(size: dict[str, int] = DESKTOP, **options: Any) -> Person:
        people.append(somebody(browser, served, size, **options))
        return people[-1]

    yield make
    for person in people:
        person.context.close()
