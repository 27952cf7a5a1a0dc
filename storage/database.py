"""The database: one engine, read and write units of work, and migrations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session

MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """An engine and the two ways to use it: `read()` sees a snapshot, `write()` is the only writer.

    On SQLite a write takes the lock when it begins, so two writers queue instead of failing at
    commit, and every commit is on disk before it is acknowledged (WAL, synchronous=FULL).
    """

    def __init__(self, url: str) -> None:
        self.url = url
        # what a statement was given may be personal: errors, and so logs, do not tell it
        self.engine = create_engine(url, hide_parameters=True, **_engine_options(url))
        self._sqlite = self.engine.dialect.name == "sqlite"
        if self._sqlite:
            _prepare_sqlite(self.engine)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that changes nothing."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            if self._sqlite:
                session.connection().exec_driver_sql("BEGIN")
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose changes commit together when the block ends, or not at all."""
        with Session(self.engine, expire_on_commit=False) as session:
            if self._sqlite:
                session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    def migrate(self, to: str = "head") -> None:
        """Bring the tables to the newest schema; one that fails leaves them as they were."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self.engine.connect() as connection:
            try:
                if self._sqlite:
                    # a table that is made anew is gone for a moment; rows are checked at the end
                    connection.execute(text("PRAGMA foreign_keys=OFF"))
                    connection.execute(text("BEGIN IMMEDIATE"))
                config.attributes["connection"] = connection
                command.upgrade(config, to)
            finally:
                connection.rollback()
                if self._sqlite:
                    connection.execute(text("PRAGMA foreign_keys=ON"))

    def version(self) -> str:
        """Which migration the tables are at; empty before the first."""
        with self.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() or ""

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def newest_version() -> str:
    """The last migration there is."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head() or ""


def _engine_options(url: str) -> dict[str, Any]:
    if make_url(url).get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": 30, "check_same_thread": False}, "pool_size": 20}
    return {"pool_pre_ping": True, "pool_size": 20}


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN would defeat BEGIN IMMEDIATE
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=30000",
            "cache_size=-32000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
