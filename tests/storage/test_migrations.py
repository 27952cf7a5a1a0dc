"""Migrations: they lead to the models' tables, keep what is there, and finish or leave nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from storage.database import MIGRATIONS, Database
from storage.models import Base, Patient


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'portal.sqlite3'}")
    yield database
    database.close()


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names())


def test_a_fresh_database_has_exactly_the_models_tables(fresh: Database) -> None:
    fresh.migrate()
    with fresh.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert tables(fresh) == {*Base.metadata.tables, "alembic_version"}


def test_every_index_and_constraint_has_the_models_name(fresh: Database) -> None:
    fresh.migrate()
    found = inspect(fresh.engine)
    for table in Base.metadata.tables.values():
        assert {i["name"] for i in found.get_indexes(table.name)} == {i.name for i in table.indexes}
        named = {u["name"] for u in found.get_unique_constraints(table.name)}
        named |= {f["name"] for f in found.get_foreign_keys(table.name)}
        named |= {found.get_pk_constraint(table.name)["name"]}
        assert named == {c.name for c in table.constraints}


def test_migrating_again_changes_nothing_and_keeps_what_is_there(fresh: Database) -> None:
    fresh.migrate()
    with fresh.write() as db:
        db.add(Patient(patient_id="P1", family="FRENCHIE"))
    fresh.migrate()
    with fresh.read() as db:
        assert db.execute(select(Patient.family)).scalars().all() == ["FRENCHIE"]


@pytest.mark.parametrize("version", ["0001", "0005", "0007"])
def test_a_filled_database_of_an_older_version_keeps_everything(
    fresh: Database, version: str
) -> None:
    fresh.migrate(version)
    with fresh.write() as db:
        for statement in (
            "INSERT INTO patients (id, issuer, patient_id, family, given, family_key, given_key,"
            " sex) VALUES (1, '', 'P1', 'FRENCHIE', '', '', '', '')",
            "INSERT INTO studies (patient_id, study_uid, accession_number, description, modality,"
            " referrer, institution, identity_conflict, received_at)"
            " VALUES (1, '1.2.3', '', '', 'CT', '', '', '', '2026-11-03 09:20:00')",
        ):
            db.execute(text(statement))
    fresh.migrate()
    with fresh.read() as db:
        assert db.execute(text("SELECT patient_id FROM studies")).scalars().all() == [1]
        assert db.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    with pytest.raises(IntegrityError), fresh.write() as db:
        db.execute(text("UPDATE studies SET patient_id = 99"))


def test_the_migrations_are_one_line_with_one_end() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_a_migration_that_fails_leaves_nothing_half_done(fresh: Database) -> None:
    with fresh.engine.begin() as connection:
        connection.execute(text("CREATE TABLE studies (something_else INTEGER)"))
    with pytest.raises(OperationalError, match="already exists"):
        fresh.migrate()
    assert tables(fresh) <= {"studies", "alembic_version"}
    with fresh.engine.begin() as connection:
        connection.execute(text("DROP TABLE studies"))
    fresh.migrate()
    assert tables(fresh) >= set(Base.metadata.tables)
