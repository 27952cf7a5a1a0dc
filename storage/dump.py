"""The whole database as lines of text, and back: the same lines from SQLite and from PostgreSQL.

A table is a line of column names, then a JSON array for each row in the order of the primary key.
Tables are read as the database has them, not as the models do: so a database of any version can
be written out, and is read back at the version it had.
"""

from __future__ import annotations

import base64
import json
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    Text,
    cast,
    func,
    inspect,
    select,
    text,
    type_coerce,
)
from sqlalchemy.exc import SAWarning
from sqlalchemy.types import NullType

from storage.database import Database

VERSIONS = "alembic_version"
# indexes of expressions are the migrations' own affair: rows are written out without them
warnings.filterwarnings("ignore", "Skipped unsupported reflection", SAWarning)
PORTION = 1000  # rows


class NotEmpty(Exception):
    """The database has tables already."""


class Snapshot:
    """One moment of the database, for as long as its connection lasts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._metadata = MetaData()
        self._metadata.reflect(connection)
        self.version = str(_version(connection))

    @property
    def tables(self) -> list[str]:
        """Their names, each after those it refers to."""
        return [t.name for t in self._metadata.sorted_tables if t.name != VERSIONS]

    def lines(self, table: str) -> Iterator[bytes]:
        """The table, line by line, each with its line feed."""
        found = self._metadata.tables[table]
        yield _line([column.name for column in found.columns])
        asked = select(*(_as_text(c, self._connection) for c in found.columns))
        rows = self._connection.execution_options(yield_per=PORTION).execute(
            asked.order_by(*found.primary_key.columns)
        )
        for row in rows:
            yield _line([_plain(value) for value in row])

    def values(self, table: str, column: str) -> Iterator[str]:
        """The different values of a column, in order."""
        found = self._metadata.tables[table].columns[column]
        asked = select(found).distinct().order_by(found)
        rows = self._connection.execution_options(yield_per=PORTION).execute(asked)
        for row in rows:
            yield row[0]

    def total(self, table: str, column: str) -> int:
        """The sum of a column."""
        found = self._metadata.tables[table].columns[column]
        return int(self._connection.execute(select(func.sum(found))).scalar_one() or 0)


@contextmanager
def snapshot(database: Database) -> Iterator[Snapshot]:
    """What the database holds at this moment, whatever is written meanwhile."""
    with database.engine.connect() as connection:
        if database.engine.dialect.name == "sqlite":
            connection.execute(text("BEGIN"))
        else:
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield Snapshot(connection)
        connection.rollback()


def is_empty(database: Database) -> bool:
    """Whether the database has no table."""
    return not inspect(database.engine).get_table_names()


def load(database: Database, version: str, tables: Iterable[tuple[str, Iterable[bytes]]]) -> None:
    """Fill an empty database with tables in the order `Snapshot.tables` had; all or nothing.

    Raises NotEmpty, or whatever the database says to rows that do not fit.
    """
    if not is_empty(database):
        raise NotEmpty
    try:
        database.migrate(version)
        with database.write() as db:
            connection = db.connection()
            metadata = MetaData()
            metadata.reflect(connection)
            for name, lines in tables:
                _fill(connection, metadata.tables[name], lines)
    except BaseException:
        clear(database)
        raise


def clear(database: Database) -> None:
    """Drop every table."""
    metadata = MetaData()
    with database.engine.begin() as connection:
        metadata.reflect(connection)
        metadata.drop_all(connection)


def _fill(connection: Connection, table: Table, lines: Iterable[bytes]) -> None:
    rest = iter(lines)
    columns = [table.columns[name] for name in json.loads(next(rest))]
    own = {key.parent.name for key in table.foreign_keys if key.column.table is table}
    decode = [_decoder(column) for column in columns]
    for column in columns:
        if isinstance(column.type, JSON):
            column.type = NullType()  # it is text already, to the last blank
    later: list[dict[str, Any]] = []  # references within the table, once all its rows are there
    for portion in _portions(rest):
        rows = [
            {c.name: read(v) for c, read, v in zip(columns, decode, row, strict=True)}
            for row in portion
        ]
        for row in rows:
            for name in own:
                if row[name] is not None:
                    later.append({"of": row["id"], "name": name, "value": row[name]})
                    row[name] = None
        connection.execute(table.insert(), rows)
    for one in later:
        changed = table.update().where(table.c.id == one["of"])
        connection.execute(changed.values({one["name"]: one["value"]}))
    _count_on(connection, table)


def _count_on(connection: Connection, table: Table) -> None:
    """New rows get numbers after those that are there; SQLite does so by itself."""
    if connection.dialect.name != "postgresql" or "id" not in table.c:
        return
    named = select(func.pg_get_serial_sequence(table.name, "id"))
    if sequence := connection.execute(named).scalar_one():
        newest = connection.execute(select(func.max(table.c.id))).scalar_one()
        if newest is not None:
            connection.execute(select(func.setval(sequence, newest)))


def _portions(lines: Iterable[bytes]) -> Iterator[Sequence[Any]]:
    portion = []
    for line in lines:
        portion.append(json.loads(line))
        if len(portion) == PORTION:
            yield portion
            portion = []
    if portion:
        yield portion


def _version(connection: Connection) -> str:
    return str(connection.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalar_one())  # noqa: S608


def _as_text(column: Any, connection: Connection) -> Any:
    if not isinstance(column.type, JSON):
        return column
    sqlite = connection.dialect.name == "sqlite"
    return type_coerce(column, Text) if sqlite else cast(column, Text)


def _plain(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case bytes() | memoryview():
            return base64.b64encode(value).decode()
        case _:
            return value


def _decoder(column: Any) -> Any:
    match column.type:
        case DateTime():
            read: Any = datetime.fromisoformat
        case Date():
            read = date.fromisoformat
        case LargeBinary():
            read = base64.b64decode
        case _:
            return lambda value: value
    return lambda value: None if value is None else read(value)


def _line(values: Sequence[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
