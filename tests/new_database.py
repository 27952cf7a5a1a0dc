"""Databases of new portals: migrated once a process, then copied: migrating takes its time."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.database import Database
from tests.on_postgres import SERVER

FILE = "portal.sqlite3"


def lay_out(folder: Path) -> None:
    """Put the empty, migrated tables of a new portal into its folder, unless there are some."""
    if SERVER or (folder / FILE).exists():
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / FILE).write_bytes(_empty())


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / FILE
        database = Database(f"sqlite:///{file}")
        database.migrate()
        database.close()  # the last connection brings everything into the one file
        return file.read_bytes()
