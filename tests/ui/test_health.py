"""What watches the portal is told whether it lives, whether it is ready, and figures; no more."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.testclient import TestClient

from services.upkeep import health
from tests.factories import House, open_house
from ui import gate
from ui.armour import Armour
from ui.routes import health as route

HERE = "http://127.0.0.1:8080"
TOKEN = "a-token-of-the-configuration-that-is-long"
NAMES = ("FRENCHIE", "Chester", "chester@x.example", "1.2.3.", "P00002", "Exam of the chest")


@dataclass
class Watched:
    house: House
    client: TestClient

    def get(self, path: str, **headers: str):  # type: ignore[no-untyped-def]
        return self.client.get(path, headers=headers)


def watched(folder: Path, **configured: object) -> Watched:
    house = open_house(folder, **configured)
    account = house.account("chester@x.example", "patient", name="Chester Frenchie")
    house.study(house.patient(owner=account))
    house.signed_in(account)
    gate.install(house.portal)
    app = FastAPI()
    app.include_router(route.router)
    return Watched(house, TestClient(Armour(app, house.portal), base_url=HERE))


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Watched]:
    made = watched(tmp_path / "data", metrics_token=TOKEN)
    yield made
    made.house.portal.database.close()


def test_a_portal_that_is_well_says_so_in_a_word(there: Watched) -> None:
    for path, word in (("/health/live", "live\n"), ("/health/ready", "ready\n")):
        answer = there.get(path)
        assert (answer.status_code, answer.text) == (200, word)
        assert answer.headers["cache-control"] == "no-store"


def test_a_full_disk_is_named_and_the_process_still_lives(
    there: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(there.house.portal.settings.data_dir)
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: usage._replace(free=1))
    answer = there.get("/health/ready")
    assert (answer.status_code, answer.text) == (503, "not ready: storage\n")
    assert there.get("/health/live").status_code == 200


def test_tables_of_another_version_are_named(there: Watched) -> None:
    with there.house.portal.database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    answer = there.get("/health/ready")
    assert (answer.status_code, answer.text) == (503, "not ready: tables\n")


def test_what_is_wrong_is_told_by_a_word_and_no_path(there: Watched) -> None:
    with there.house.portal.database.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    answer = there.get("/health/ready")
    assert answer.status_code == 503
    assert re.fullmatch(r"not ready: (tables|database)\n", answer.text)


def test_figures_are_off_without_a_token_in_the_configuration(tmp_path: Path) -> None:
    off = watched(tmp_path / "off")
    for shown in ("", "Bearer ", "Bearer None"):
        assert off.get("/metrics", authorization=shown).status_code == 404
    off.house.portal.database.close()


@pytest.mark.parametrize(
    "shown", ["", TOKEN, "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}",
              f"Basic {TOKEN}"],
)  # fmt: skip
def test_figures_are_for_who_presents_the_token(there: Watched, shown: str) -> None:
    answer = there.get("/metrics", authorization=shown)
    assert answer.status_code == 401
    assert "myimaging_" not in answer.text


def test_a_signed_in_person_sees_no_figures(there: Watched) -> None:
    who = there.house.signed_in(there.house.account(kind="staff", role="administrator"))
    cookie = f"myimaging_session={who.id_hash}"
    assert there.get("/metrics", cookie=cookie).status_code == 401


def test_figures_count_and_name_nobody(there: Watched) -> None:
    answer = there.get("/metrics", authorization=f"Bearer {TOKEN}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    figures = dict(re.findall(r"^(myimaging_\w+) ([\d.e+-]+)$", answer.text, re.MULTILINE))
    assert float(figures["myimaging_studies"]) == 1
    assert float(figures["myimaging_sessions"]) == 1
    assert float(figures["myimaging_messages_failed"]) == 0
    samples = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert not [line for line in samples if line.startswith("myimaging_") and "{" in line]
    told = answer.text.lower()
    assert not [name for name in NAMES if name.lower() in told]
    assert str(there.house.portal.settings.data_dir) not in answer.text
    assert TOKEN not in answer.text
