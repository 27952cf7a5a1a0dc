"""The right to break the glass: it ends after a year, unless it is renewed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from services import dates, people
from services.audit import Action
from services.errors import Expired, Invalid, NotAllowed, NotFound
from services.glass.application_form import NO_MOBILE, NO_PRACTICE, provider_number
from services.language import N_, _
from services.messaging import office_letters
from services.persons import accounts, staff_roles
from services.persons.staff_roles import Task
from services.portal import Portal, Transaction
from services.preferences import letterhead
from services.publisher import AccessChanged
from services.signing_in import step_up
from services.signing_in.sessions import SignedIn
from storage.models import Account

WARN_BEFORE = timedelta(days=30)
WARNED_AT_ONCE = 100
OVER = N_(
    "Your emergency access ended on {day}. Please ask our help desk to renew it, or apply again."
)
NEVER = N_("Your account has no emergency access yet. Please ask our help desk.")


@dataclass(frozen=True, slots=True)
class Right:
    """Until when an account may break the glass, and what its owner confirms to renew it."""

    until: datetime | None
    over: bool
    renewable: bool  # by its owner: in the last thirty days
    mobile: str
    provider_number: str
    practice: str

    @property
    def due(self) -> bool:
        """Whether staff may renew it."""
        return self.over or self.renewable


def a_year_from(now: datetime) -> datetime:
    """The end of a right that is given now."""
    return now + accounts.A_YEAR


def right(portal: Portal, account_id: int) -> Right:
    """The account's right as it is now."""
    with portal.reading() as db:
        return of(db.get_one(Account, account_id), portal.clock())


def of(account: Account, now: datetime) -> Right:
    """The right of this account."""
    until = account.glass_until if account.kind == "breakglass" else None
    over = until is None or until <= now
    return Right(
        until,
        over,
        not over and until is not None and until - now <= WARN_BEFORE,
        account.mobile,
        account.provider_number,
        account.practice,
    )


def require(portal: Portal, account: Account, now: datetime) -> datetime:
    """Until when the account may break the glass; Expired says plainly that it may not."""
    if account.glass_until is None:
        raise Expired(_(NEVER))
    if account.glass_until <= now:
        raise Expired(over(portal, account.glass_until))
    return account.glass_until


def over(portal: Portal, until: datetime | None) -> str:
    """The sentence for a right that has ended, or was never given."""
    if until is None:
        return _(NEVER)
    return _(OVER).format(day=dates.day(until.astimezone(portal.settings.zone).date()))


def confirm(
    portal: Portal, who: SignedIn, *, mobile: str, number: str, practice: str, declared: bool
) -> datetime:
    """The owner confirms their details in the last thirty days: another year from its end."""
    checked_mobile, checked_number = people.mobile_number(mobile), provider_number(number)
    where = " ".join(practice.split())
    if not checked_mobile:
        raise Invalid(_(NO_MOBILE), "mobile")
    if not 2 <= len(where) <= 120:
        raise Invalid(_(NO_PRACTICE), "practice")
    if not declared:
        raise Invalid(_("Please confirm that your details are right."), "declared")
    step_up.require(portal, who)
    with portal.transaction() as tx:
        account = tx.db.get_one(Account, who.account_id)
        if account.kind != "breakglass":
            raise NotAllowed(_("This account cannot break the glass."))
        until = require(portal, account, tx.now)
        if until - tx.now > WARN_BEFORE:
            raise Invalid(_("It is too early: this can be done in the last thirty days."))
        if (checked_mobile, checked_number) != (account.mobile, account.provider_number):
            # whoever is somebody else now is checked anew: by an application
            raise Invalid(
                _(
                    "Your mobile or provider number is another one now. Please apply again, so "
                    "that it can be checked."
                ),
                "provider_number" if checked_number != account.provider_number else "mobile",
            )
        account.practice, account.glass_until = where, until + accounts.A_YEAR
        tx.record(Action.GLASS_RIGHT_RENEWED, account_id=who.account_id, how="confirmed")
        _tell(portal, tx, account, account.glass_until)
        return account.glass_until


def renew(portal: Portal, who: SignedIn, account_id: int) -> datetime:
    """Staff give an account another year: from its end, or from now if that has passed."""
    step_up.require(portal, who)
    with portal.transaction() as tx:
        staff_roles.check(tx.db, who.account_id, Task.DECIDE_APPLICATIONS)
        account = tx.db.get(Account, account_id)
        if account is None or account.kind != "breakglass":
            raise NotFound(_("There is no such break-glass account."))
        account.glass_until = max(account.glass_until or tx.now, tx.now) + accounts.A_YEAR
        if account.glass_until > tx.now + accounts.A_YEAR + WARN_BEFORE:
            raise Invalid(_("It is too early: this can be done in the last thirty days."))
        tx.record(
            Action.GLASS_RIGHT_RENEWED, account_id=who.account_id, account=account_id, how="staff"
        )
        if account.status == "active":
            _tell(portal, tx, account, account.glass_until)
        tx.announce(AccessChanged(account.id))
        return account.glass_until


def _tell(portal: Portal, tx: Transaction, account: Account, until: datetime) -> None:
    letter = office_letters.glass_right_given(letterhead(portal.settings, account), until)
    tx.post(account.email, letter, account_id=account.id)


def warn_of_ends(portal: Portal) -> int:
    """Tell, once, the owners of rights that end within thirty days; how many."""
    now = portal.clock()
    due = (
        select(Account)
        .where(
            Account.kind == "breakglass",
            Account.status == "active",
            Account.glass_until > now,
            Account.glass_until <= now + WARN_BEFORE,
            Account.glass_warned_for.is_distinct_from(Account.glass_until),
        )
        .limit(WARNED_AT_ONCE)
    )
    with portal.reading() as db:
        if db.execute(due.with_only_columns(Account.id).limit(1)).first() is None:
            return 0
    with portal.transaction() as tx:
        warned = list(tx.db.execute(due).scalars())
        for account in warned:
            until = account.glass_until or now
            account.glass_warned_for = until
            letter = office_letters.glass_right_ends(letterhead(portal.settings, account), until)
            tx.post(account.email, letter, account_id=account.id, within=until - now)
        return len(warned)
