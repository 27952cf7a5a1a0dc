"""Sharing: grants made from grants, never wider than what they are made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import access as decision
from services import dates, people
from services.access import Access, Why
from services.audit import Action
from services.errors import Invalid, NotFound
from services.grant_chain import branch, narrow_onward, upwards
from services.language import N_, _
from services.messaging import telling
from services.persons import accounts
from services.portal import Portal, Transaction
from services.publisher import AccessChanged, SharingChanged
from services.shares import share_news
from services.shares.share_end import end_branch, fold
from services.shares.share_offer import Offer, Options, best_source, left_out, offer
from storage.models import Account, Grant

__all__ = ["Offer", "Options", "Shared", "end", "existing_share", "offer", "share", "sharer_label"]

A_PATIENT = N_("A patient")
FOR_PATIENT = (Why.OWN, Why.CARER)  # a carer holds the same as the patient, for a time
SENT_TWICE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Shared:
    """What was granted."""

    grant_id: int
    until: datetime
    invited: bool  # an invitation went out, because the address had no account yet
    changed: bool  # a share that was there already was changed
    shortened: bool  # it ends earlier than asked for, because the sharer's own access does
    left_out: tuple[str, ...]  # what else could not be given as asked, in sentences


def share(portal: Portal, access: Access, address: str, mobile: str, options: Options) -> Shared:
    """Grant `address` what `options` say, as far as the sharer holds it, and tell them by mail.

    Raises Invalid for an address, number or time that cannot be, NotAllowed when this exam may
    not be shared by this account.
    """
    email, number = people.email_address(address), people.mobile_number(mobile)
    limit = portal.settings.share_days_limit
    if not 1 <= options.days <= limit:
        raise Invalid(_("Please enter between 1 and {limit} days.").format(limit=limit), "days")
    with portal.transaction() as tx:
        access = decision.decide_in(portal, tx.db, access.account_id, access.study_id)
        grantor = tx.db.get_one(Account, access.account_id)
        if email == grantor.email:
            raise Invalid(_("This is your own address."), "email")
        asked = options.end(tx.now)
        grantee = _grantee(tx, email, number)
        source = best_source(tx.db, access, grantee.id, options, asked)
        there = _existing(tx.db, grantor.id, grantee.id, access, options.portfolio, tx.now)
        existing = there[0] if there else None
        ends_at = min(asked, source.until) if source.until else asked
        rights = (
            options.may_share and source.may_share,
            options.may_download and source.may_download,
            options.hide_details or source.hidden,
        )
        parent_id = source.number if source.why is Why.GRANT else None
        if existing and _asked_again(existing, parent_id, rights, ends_at):
            return _shared(existing, options, asked, grantee.status == "invited", changed=True)
        grant = existing or Grant(grantor_id=grantor.id, grantee_id=grantee.id, starts_at=tx.now)
        grant.patient_id = access.patient_id
        grant.parent_id = parent_id
        grant.by_carer = source.why is Why.CARER
        grant.study_id = None if options.portfolio else access.study_id
        grant.may_share, grant.may_download, grant.hide_details = rights
        grant.ends_at = ends_at
        tx.db.add(grant)
        tx.db.flush()
        fold(tx, there[1:], grant, grantor.id)
        narrow_onward(tx, grant)
        for onward in branch(tx.db, grant)[1:]:
            if onward.ended_at == tx.now:
                telling.share_ended(portal, tx, onward)
        invited = telling.share_given(portal, tx, grant)
        tx.record(
            Action.SHARE_CHANGED if existing else Action.SHARED,
            account_id=grantor.id,
            patient_id=grant.patient_id,
            study_id=access.study_id,
            grant=grant.id,
            grantee=grantee.id,
            portfolio=options.portfolio,
            may_share=grant.may_share,
            may_download=grant.may_download,
            hidden=grant.hide_details,
            until=grant.ends_at.isoformat(),
            why=str(source.why),
        )
        tx.announce(AccessChanged(grantee.id))
        tx.announce(SharingChanged(grant.patient_id))
        return _shared(grant, options, asked, invited, changed=existing is not None)


def existing_share(portal: Portal, access: Access, address: str, portfolio: bool) -> Options | None:
    """What the sharer already grants this address for the same scope, for the dialog to show."""
    try:
        email = people.email_address(address)
    except Invalid:
        return None
    with portal.reading() as db:
        grantee = accounts.find(db, email)
        if grantee is None:
            return None
        now = portal.clock()
        there = _existing(db, access.account_id, grantee.id, access, portfolio, now)
        return as_it_is(portal, there[0]) if there else None


def as_it_is(portal: Portal, grant: Grant) -> Options:
    """What a share says now; chosen again, it stays as it is."""
    days = max(1, dates.days_left(grant.ends_at, portal.clock(), portal.settings.zone))
    return Options(
        days, grant.study_id is None, grant.may_share, grant.hide_details, grant.may_download,
        grant.ends_at,
    )  # fmt: skip


def end(portal: Portal, account_id: int, grant_id: int) -> str:
    """End a share, and every share made from it; at once, also in open viewers.

    Returns whether the person had opened it, in a sentence: after a mix-up that is the question.

    Allowed to the grantor, to anyone above in the chain, to the patient and to staff.
    """
    with portal.transaction() as tx:
        grant = tx.db.get(Grant, grant_id)
        if grant is None or not may_end(portal, tx.db, account_id, grant):
            raise NotFound(_("There is no such share any more."))
        end_branch(portal, tx, grant, account_id)
        opened_on = share_news.opened_on(tx.db, grant)
    if opened_on is None:
        return _("It was never opened.")
    when = dates.moment(opened_on, portal.settings.zone)
    return _("It was first opened on {when}.").format(when=when)


def sharer_label(db: Session, grant: Grant) -> str:
    """Who shares, as the other person may read it: a hidden patient stays unnamed.

    So does a carer of theirs, who may well have the same family name.
    """
    first_hand = grant.parent_id is None
    grantor = db.get_one(Account, grant.grantor_id)
    return _(A_PATIENT) if first_hand and grant.hide_details else grantor.name or _(A_PATIENT)


def _shared(
    grant: Grant, options: Options, asked: datetime, invited: bool, *, changed: bool
) -> Shared:
    missing = left_out(options, may_download=grant.may_download, hidden=grant.hide_details)
    return Shared(grant.id, grant.ends_at, invited, changed, grant.ends_at < asked, missing)


def _grantee(tx: Transaction, email: str, mobile: str) -> Account:
    account = accounts.find(tx.db, email)
    if account is None:
        account = Account(
            kind="guest", status="invited", email=email, mobile=mobile, created_at=tx.now
        )
        tx.db.add(account)
        tx.db.flush()
        tx.record(Action.ACCOUNT_CREATED, account_id=None, account=account.id, kind="guest")
    elif account.status == "invited" and mobile and not account.mobile:
        account.mobile = mobile
    return account


def _existing(
    db: Session, grantor_id: int, grantee_id: int, access: Access, portfolio: bool, now: datetime
) -> list[Grant]:
    """The newest first; more than one only where two records of a patient were merged."""
    query = select(Grant).where(
        Grant.grantor_id == grantor_id,
        Grant.grantee_id == grantee_id,
        Grant.patient_id == access.patient_id,
        Grant.study_id.is_(None) if portfolio else Grant.study_id == access.study_id,
        Grant.ended_at.is_(None),
        Grant.ends_at > now,
    )
    return list(db.execute(query.order_by(Grant.id.desc())).scalars())


def _asked_again(
    existing: Grant, parent_id: int | None, rights: tuple[bool, bool, bool], ends_at: datetime
) -> bool:
    """Whether this is the same form sent twice: nothing to change, nobody to tell again."""
    same = (existing.may_share, existing.may_download, existing.hide_details) == rights
    near = abs(ends_at - existing.ends_at) < SENT_TWICE
    return same and near and existing.parent_id == parent_id


def may_end(portal: Portal, db: Session, account_id: int, grant: Grant) -> bool:
    """Whether the account may end this share, narrow it, or have its letter sent again."""
    account = db.get(Account, account_id)
    if account is None or account.status != "active":
        return False
    if account.kind == "staff" and account.role == "administrator":
        return True
    held = decision.bases(db, account_id, portal.clock())
    if any(b.why in FOR_PATIENT and b.patient_id == grant.patient_id for b in held):
        return True
    return any(upper.grantor_id == account_id for upper in upwards(db, grant))
