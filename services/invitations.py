"""What the page behind an invitation says: who shares what until when, and no medical detail."""

from __future__ import annotations

from dataclasses import dataclass

from services import accounts, dates, sharing
from services.errors import Expired
from services.language import N_, _
from services.portal import Portal
from storage.models import Grant

ENDED = N_("This share has ended. If you still need it, please ask the person who shared it.")


@dataclass(frozen=True, slots=True)
class Offered:
    """An invitation in words."""

    sentence: str
    until: str


def preview(portal: Portal, token: str) -> Offered:
    """What a living invitation offers; looking uses nothing up.

    Raises Expired when the share behind it has ended.
    """
    prompts = accounts.prompts(portal, token)
    with portal.reading() as db:
        grant = db.get(Grant, prompts.grant_id) if prompts.grant_id else None
        if grant is None or grant.ended_at is not None or grant.ends_at <= portal.clock():
            raise Expired(_(ENDED))
        one = grant.study_id is not None
        sharer = sharing.sharer_label(db, grant)
        until = dates.moment(grant.ends_at, portal.settings.zone)
    sentence = (
        _("{sharer} shares an exam with you.")
        if one
        else _("{sharer} shares all exams of a patient with you.")
    )
    return Offered(sentence.format(sharer=sharer), until)
