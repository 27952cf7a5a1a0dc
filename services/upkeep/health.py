"""Whether the portal can do its work: database, tables, room for exams."""

from __future__ import annotations

import shutil

from sqlalchemy.exc import SQLAlchemyError

from services.portal import Portal
from storage.database import newest_version
from storage.objects import room_to_write

LEAST_ROOM = 64 << 20  # bytes; less is a full disk


def troubles(portal: Portal) -> list[str]:
    """What keeps the portal from its work, a word each; empty: nothing."""
    found = []
    try:
        if portal.database.version() != newest_version():
            found.append("tables")
    except SQLAlchemyError:
        found.append("database")
    folder = portal.objects.folder
    try:
        full = shutil.disk_usage(folder).free < LEAST_ROOM
    except OSError:
        full = True
    if full or not room_to_write(folder):
        found.append("storage")
    return found
