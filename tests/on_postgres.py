"""The tests' portals on PostgreSQL: `make test-postgres` names a server, a house has a database.

Databases are copies of one that was migrated once: a house costs little more than on SQLite. They
sort as people do, not by code points: so do those of hospitals.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from storage.database import Database

SERVER = os.environ.get("MYIMAGING_TEST_DATABASE_URL", "")
LIKE_PEOPLE = "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C.UTF-8'"
_ready: list[str] = []


def database_for(folder: Path) -> str:
    """The database of the portal in that folder; empty: SQLite, in the folder."""
    if not SERVER:
        return ""
    if not _ready:
        template = f"template_{os.getpid()}"
        _say(f"CREATE DATABASE {template} TEMPLATE template0 {LIKE_PEOPLE}")
        database = Database(_url(template))
        database.migrate()
        database.close()
        _ready.append(template)
    name = _name(folder)
    with suppress(ProgrammingError):  # it is there: the same portal, opened again
        _say(f"CREATE DATABASE {name} TEMPLATE {_ready[0]}")
    return _url(name)


def forget(folder: Path) -> None:
    """Drop the database of the portal in that folder."""
    if SERVER:
        _say(f"DROP DATABASE IF EXISTS {_name(folder)} WITH (FORCE)")


def _name(folder: Path) -> str:
    return "house_" + hashlib.sha256(str(folder).encode()).hexdigest()[:20]


def _url(name: str) -> str:
    return make_url(SERVER).set(database=name).render_as_string(hide_password=False)


def _say(statement: str) -> None:
    engine = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
