"""The database: one engine, read and write units of work, and migrations."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session

MIGRATIONS = Path(__file__).parent / "migrations"
RESTED = 1.0  # seconds after which a connection of the pool may be a dead one
BEGIN_IMMEDIATE = text("BEGIN IMMEDIATE")
# PostgreSQL lets writers of different rows go on side by side, and what each decided by what it
# read may not be true any more: they take turns, and wait no longer for it than on SQLite
TAKE_TURNS = text(
    "SELECT set_config('lock_timeout', '30s', true), pg_advisory_xact_lock(1303999337)"
)


class Database:
    """An engine and the two ways to use it: `read()` sees a snapshot, `write()` is the only writer.

    A write takes the lock when it begins, so two writers queue and each finds what the other left.
    Every commit is on disk before it is acknowledged (SQLite: WAL, synchronous=FULL).
    """

    def __init__(self, url: str) -> None:
        self.url = url
        # what a statement was given may be personal: errors, and so logs, do not tell it
        self.engine = create_engine(url, hide_parameters=True, **_engine_options(url))
        self._sqlite = self.engine.dialect.name == "sqlite"
        self._readers = self.engine
        if self._sqlite:
            _prepare_sqlite(self.engine)
        else:
            _ping_the_rested(self.engine)
            _leave_nuls_out(self.engine)
            self._readers = self.engine.execution_options(isolation_level="REPEATABLE READ")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that changes nothing."""
        with Session(self._readers, expire_on_commit=False, autoflush=False) as session:
            if self._sqlite:
                session.connection().exec_driver_sql("BEGIN")
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose changes commit together when the block ends, or not at all."""
        with Session(self.engine, expire_on_commit=False) as session:
            session.execute(BEGIN_IMMEDIATE if self._sqlite else TAKE_TURNS)
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
                connection.execute(BEGIN_IMMEDIATE if self._sqlite else TAKE_TURNS)
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
    return {"pool_size": 20}


def _ping_the_rested(engine: Engine) -> None:
    """A connection that rested is tried before it is used: the server may have ended it."""

    @event.listens_for(engine, "checkin")
    def _rests(_connection: Any, record: Any) -> None:
        record.info["since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ping(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("since", time.monotonic()) <= RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error:
            raise DisconnectionError from None


def _leave_nuls_out(engine: Engine) -> None:
    """Text goes in without NUL characters, which PostgreSQL takes in no text: files have some."""
    from psycopg.types.string import StrDumper

    class WithoutNul(StrDumper):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", ""))

    @event.listens_for(engine, "connect")
    def _register(connection: Any, _record: Any) -> None:
        connection.adapters.register_dumper(str, WithoutNul)


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
