"""The database on PostgreSQL, where there is one: the same rules as on SQLite, for one history.

`make test-postgres` asks much more of it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, func, select, text

from services import access
from services.desk import account_desk
from services.errors import NotFound
from services.exam import exam_list
from services.finding.listing import Wanted
from services.shares import manage_sharing, sharing
from storage import database as module
from storage.database import Database
from storage.models import Account, Base, Patient
from tests import on_postgres
from tests.bench.postgres import server
from tests.factories import open_house

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
GUEST = "rosa@practice.example"
PROGRAMS = "/usr/lib/postgresql"
ABSENT = f"NOT TESTED: there is no PostgreSQL server under {PROGRAMS}, so nothing was tried on one"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server of its own, as a hospital has it: its order of letters is people's."""
    if not list(Path(PROGRAMS).glob("*/bin/initdb")):
        warnings.warn(ABSENT, stacklevel=1)
        pytest.skip(ABSENT)
    with server(durable=False) as address:
        yield address


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """An empty database."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS fresh WITH (FORCE)"))
        connection.execute(
            text(f"CREATE DATABASE fresh TEMPLATE template0 {on_postgres.LIKE_PEOPLE}")
        )
    engine.dispose()
    opened = Database(url.replace("/portal", "/fresh"))
    opened.migrate()
    yield opened
    opened.close()


def test_a_fresh_database_has_the_models_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, Base.metadata)
    # indexes of expressions and of an order are the migrations' own
    assert [change[0] for change in found if change[0] != "remove_index"] == []


def test_text_of_a_file_goes_in_without_its_nul_characters(database: Database) -> None:
    with database.write() as db:
        db.add(Patient(id=1, patient_id="P\x001", family="Frenchie\0"))
    with database.read() as db:
        found = db.execute(select(Patient).where(Patient.patient_id == "P\x001")).scalar_one()
        assert (found.patient_id, found.family) == ("P1", "Frenchie")


def test_writers_take_turns_readers_see_a_moment_and_dead_connections_are_replaced(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as db:
        db.add(Patient(id=1, patient_id="P1", sex="0"))

    def count_up(_: int) -> None:
        with database.write() as db:
            patient = db.get_one(Patient, 1)
            patient.sex = str(int(patient.sex) + 1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(40)))
    with database.read() as db:
        assert db.get_one(Patient, 1).sex == "40"
        with database.write() as writing:
            writing.add(Account(kind="guest", status="active", email=GUEST, created_at=NOW))
        assert db.execute(select(func.count()).select_from(Account)).scalar_one() == 0
    monkeypatch.setattr(module, "RESTED", -1.0)
    with database.engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = 'fresh' AND pid <> pg_backend_pid()"
        )
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: _accounts(database), range(8))) == [1] * 8


def _accounts(database: Database) -> int:
    with database.read() as db:
        return db.execute(select(func.count()).select_from(Account)).scalar_one()


def test_an_exam_is_shared_found_listed_and_taken_back(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_postgres, "SERVER", url)
    monkeypatch.setattr(on_postgres, "_ready", [])
    house = open_house(tmp_path / "data")
    try:
        owner, patient, study = house.owner_with_exam("Élodie O’Brien-Strauß")
        later = house.study(patient, day=2)
        house.share(owner, study, GUEST)
        guest = house.account_id(GUEST)
        house.activate(guest)
        [listed] = exam_list.listed(house.portal, guest)
        assert listed.access.study_id == study
        own = [study.id for study, _access in access.visible(house.portal, owner)]
        assert own == [later, study]
        desk = house.account(kind="staff", role="administrator")
        for words in ("elodie", "obrien", "strauss", "o'brien el"):
            page = account_desk.listed(house.portal, desk, Wanted(words))
            assert [row.account_id for row in page.rows] == [owner], words
        page = account_desk.listed(house.portal, desk, Wanted("practice"))
        assert [row.email for row in page.rows] == [GUEST]
        [share] = manage_sharing.shares(house.portal, owner)
        sharing.end(house.portal, owner, share.grant_id)
        assert exam_list.listed(house.portal, guest) == []
        with pytest.raises(NotFound):
            access.decide(house.portal, guest, study)
    finally:
        house.portal.database.close()
        on_postgres.forget(tmp_path / "data")
