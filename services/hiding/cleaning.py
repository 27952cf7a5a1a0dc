"""Free text as this person may read it."""

from __future__ import annotations

from collections.abc import Callable

from imaging.redaction import redact
from services.access import Access
from services.exam import reports
from services.portal import Portal


def cleaner(portal: Portal, access: Access) -> Callable[[str], str]:
    """Takes what names the patient out of a text where details are hidden; else leaves it."""
    if not access.hidden:
        return lambda text: text
    with portal.reading() as db:
        identity = reports.study_identity(db, access)
    return lambda text: redact(text, identity)
