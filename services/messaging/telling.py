"""Who is told what about a share: when it is given, sent again, or ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services import access as decision
from services.access import Why
from services.grant_chain import lasting
from services.letterhead import Letter
from services.messaging import letters, messages
from services.portal import Portal, Transaction
from services.preferences import letterhead
from services.signing_in import one_time_links
from storage.models import Account, Grant

INVITATION_LIFE = timedelta(days=90)


def share_given(portal: Portal, tx: Transaction, grant: Grant) -> bool:
    """Mail an invitation to an address without an account, else a notice; True: invitation.

    An earlier letter about the share that has not left yet is taken back: one is enough.
    """
    messages.withdraw(messages.about_grant(tx.db, grant.id))
    grantee = grant.grantee
    head = letterhead(portal.settings, grantee)
    name, end = sharer(tx.db, grant, tx.now), lasting(tx.db, grant, tx.now)
    if grantee.status == "invited":
        life = min(end - tx.now, INVITATION_LIFE)
        link = one_time_links.make(portal, tx, grantee, "invite", life, grant.id)
        post(tx, grantee, letters.invitation(head, name, link, end), grant, until=end, secret=True)
        return True
    if grantee.status == "active":
        post(tx, grantee, letters.notice(head, name, end), grant, until=end)
    return False


def share_ended(portal: Portal, tx: Transaction, grant: Grant) -> None:
    """Tell the person, if a letter about the share may have reached them; else take it back."""
    about = messages.about_grant(tx.db, grant.id)
    told = any(messages.has_begun(m) for m in about if m.account_id == grant.grantee_id)
    messages.withdraw(about)
    if told and grant.grantee.status != "disabled":
        name = sharer(tx.db, grant, tx.now)
        letter = letters.share_ended(letterhead(portal.settings, grant.grantee), name)
        tx.post(grant.grantee.email, letter, account_id=grant.grantee_id, grant_id=grant.id)


def post(
    tx: Transaction, to: Account, letter: Letter, grant: Grant, *, until: datetime,
    secret: bool = False,
) -> None:  # fmt: skip
    """Mail a letter about a share that is of use `until` the share ends."""
    tx.post(
        to.email,
        letter,
        account_id=to.id,
        grant_id=grant.id,
        secret=secret,
        within=until - tx.now,
    )


def sharer(db: Session, grant: Grant, now: datetime) -> str:
    """Who shares, as a letter may say it: a patient's name is not in mail (empty)."""
    held = decision.bases(db, grant.grantor_id, now)
    # a carer often bears the patient's family name
    own = any(b.why in (Why.OWN, Why.CARER) and b.patient_id == grant.patient_id for b in held)
    return "" if own else grant.grantor.name
