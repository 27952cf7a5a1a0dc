"""Changing a share that is there: longer or shorter, with more rights or fewer.

Who gave it may change it as far as they hold it themselves; the patient, and whoever stands above
in the chain, may make any share below narrower, and never wider.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from services import access as decision
from services.access import Access
from services.audit import Action
from services.errors import Invalid, NotAllowed, NotFound
from services.exam import exams
from services.grant_chain import narrow_onward
from services.language import N_, _
from services.portal import Portal
from services.publisher import AccessChanged, SharingChanged
from services.shares import sharing
from services.shares.sharing import Offer, Options
from storage.models import Account, Grant

NO_SHARE = N_("There is no such share any more.")


@dataclass(frozen=True, slots=True)
class Changeable:
    """A share as it is, and the widest it may become by this person's hand."""

    now: Options
    widest: Offer
    mine: bool  # given by this person: may become wider as far as they hold it


def changeable(portal: Portal, account_id: int, grant_id: int) -> Changeable:
    """What may be changed; NotFound when the share is over or not this person's to change."""
    with portal.reading() as db:
        grant = _living(portal, db.get(Grant, grant_id))
        if not sharing.may_end(portal, db, account_id, grant):
            raise NotFound(_(NO_SHARE))
        now = sharing.as_it_is(portal, grant)
        narrower = Offer(
            grant.ends_at, now.portfolio, grant.may_share, grant.may_download, grant.hide_details
        )
    access = _own_access(portal, account_id, grant)
    if access is None:
        return Changeable(now, narrower, False)
    return Changeable(now, sharing.offer(access), True)


def change(portal: Portal, account_id: int, grant_id: int, options: Options) -> datetime:
    """Change the share and return its new end; the scope stays as it was.

    Raises Invalid for days that cannot be, NotFound when the share is over or not theirs.
    """
    limit = portal.settings.share_days_limit
    if not 1 <= options.days <= limit:
        raise Invalid(_("Please enter between 1 and {limit} days.").format(limit=limit), "days")
    with portal.reading() as db:
        grant = _living(portal, db.get(Grant, grant_id))
        if not sharing.may_end(portal, db, account_id, grant):
            raise NotFound(_(NO_SHARE))
        address = db.get_one(Account, grant.grantee_id).email
    access = _own_access(portal, account_id, grant)
    if access is not None:
        wanted = replace(options, portfolio=grant.study_id is None)
        return sharing.share(portal, access, address, "", wanted).until
    return _narrow(portal, account_id, grant_id, options)


def _narrow(portal: Portal, account_id: int, grant_id: int, options: Options) -> datetime:
    with portal.transaction() as tx:
        grant = _living(portal, tx.db.get(Grant, grant_id))
        if not sharing.may_end(portal, tx.db, account_id, grant):
            raise NotFound(_(NO_SHARE))
        grant.ends_at = min(grant.ends_at, options.end(tx.now))
        grant.may_share = grant.may_share and options.may_share
        grant.may_download = grant.may_download and options.may_download
        grant.hide_details = grant.hide_details or options.hide_details
        narrow_onward(tx, grant)
        tx.record(
            Action.SHARE_CHANGED,
            account_id=account_id,
            patient_id=grant.patient_id,
            study_id=grant.study_id,
            grant=grant.id,
            grantee=grant.grantee_id,
            portfolio=grant.study_id is None,
            may_share=grant.may_share,
            may_download=grant.may_download,
            hidden=grant.hide_details,
            until=grant.ends_at.isoformat(),
        )
        tx.announce(AccessChanged(grant.grantee_id))
        tx.announce(SharingChanged(grant.patient_id))
        return grant.ends_at


def _own_access(portal: Portal, account_id: int, grant: Grant) -> Access | None:
    """The access from which this person gave the share; None when they did not, or lost it."""
    if grant.grantor_id != account_id:
        return None
    try:
        if grant.study_id is not None:
            access = decision.decide(portal, account_id, grant.study_id)
        else:
            newest = exams.newest_of(portal, account_id, grant.patient_id)
            if newest is None:
                return None
            access = newest
        offer = sharing.offer(access)
    except (NotFound, NotAllowed):
        return None
    return access if offer.portfolio or grant.study_id is not None else None


def _living(portal: Portal, grant: Grant | None) -> Grant:
    if grant is None or grant.ended_at is not None or grant.ends_at <= portal.clock():
        raise NotFound(_(NO_SHARE))
    return grant
