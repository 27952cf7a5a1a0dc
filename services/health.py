"""Whether the portal can do its work: database, object store, mail."""

from __future__ import annotations

import os

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from services.portal import Portal


def ready(portal: Portal) -> bool:
    """Whether the database answers and objects can be stored."""
    try:
        with portal.reading() as db:
            db.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return os.access(portal.objects.folder, os.W_OK)
