"""All that a database holds, as text, to look for what must not be in it."""

from __future__ import annotations

from storage.database import Database
from storage.dump import snapshot


def everything(database: Database) -> str:
    """Every row of every table, each table under its name."""
    with snapshot(database) as moment:
        return "\n".join(
            f"{table}\n{b''.join(moment.lines(table)).decode()}" for table in moment.tables
        )
