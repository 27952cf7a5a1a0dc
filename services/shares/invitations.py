"""Invitations: what the page behind one says, and sending one again."""

from __future__ import annotations

from dataclasses import dataclass

from services import dates
from services.audit import Action
from services.errors import Expired, NotFound
from services.grant_chain import lasting
from services.language import _
from services.messaging import telling
from services.persons import accounts
from services.portal import Portal
from services.publisher import SharingChanged
from services.shares import sharing
from services.signing_in import one_time_links
from services.throttling import AGAIN_PER_SHARE, AGAIN_PER_SHARER
from storage.models import Grant


@dataclass(frozen=True, slots=True)
class Offered:
    """An invitation in words."""

    sentence: str
    until: str


def preview(portal: Portal, token: str) -> Offered:
    """What a living invitation offers: who shares what until when, and no medical detail.

    Looking uses nothing up. Raises Expired when the share behind it has ended.
    """
    prompts = accounts.prompts(portal, token)
    with portal.reading() as db:
        grant = db.get(Grant, prompts.grant_id) if prompts.grant_id else None
        if grant is None:
            raise Expired(_(one_time_links.ENDED))
        one = grant.study_id is not None
        sharer = sharing.sharer_label(db, grant)
        until = dates.moment(lasting(db, grant, portal.clock()), portal.settings.zone)
    sentence = (
        _("{sharer} shares an exam with you.")
        if one
        else _("{sharer} shares all exams of a patient with you.")
    )
    return Offered(sentence.format(sharer=sharer), until)


def send_again(portal: Portal, account_id: int, grant_id: int) -> str:
    """Mail the invitation or notice of a share once more; returns the address it goes to.

    Allowed to who may end the share. An invitation mailed before works as well, until one of
    them is used. Raises NotFound for a share that is over, TooMany when asked for too often.
    """
    with portal.transaction() as tx:
        grant = tx.db.get(Grant, grant_id)
        over = grant is None or grant.ended_at is not None or grant.ends_at <= tx.now
        if grant is None or over or not sharing.may_end(portal, tx.db, account_id, grant):
            raise NotFound(_("There is no such share any more."))
        portal.throttles.spend(AGAIN_PER_SHARE, "again", str(grant_id))
        portal.throttles.spend(AGAIN_PER_SHARER, "again-by", str(account_id))
        telling.share_given(portal, tx, grant)
        tx.record(
            Action.INVITATION_SENT_AGAIN,
            account_id=account_id,
            patient_id=grant.patient_id,
            study_id=grant.study_id,
            grant=grant.id,
            grantee=grant.grantee_id,
        )
        tx.announce(SharingChanged(grant.patient_id))
        return grant.grantee.email
