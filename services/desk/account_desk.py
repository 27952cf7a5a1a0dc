"""Accounts at the staff desk: found, looked at, disabled and enabled, given roles, signed out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.audit import Action
from services.errors import Invalid, NotFound
from services.exam import titles
from services.finding import listing, word_search
from services.finding.listing import Page, Wanted
from services.glass import glass_right
from services.glass.glass_right import Right
from services.grant_chain import announce_holder
from services.language import N_, _
from services.messaging import letters
from services.persons import accounts, staff_roles
from services.persons.desk_work import changing, permitted
from services.persons.patient_links import stands
from services.persons.staff_roles import ADMINISTRATOR, ROLES, Task
from services.portal import Portal
from services.preferences import letterhead
from services.publisher import AccessChanged
from services.signing_in import one_time_links
from services.signing_in.sessions import SignedIn
from storage.models import Account, PatientLink, SignInSession

NO_ACCOUNT = N_("There is no such account.")
NOT_YOURSELF = N_("This is your own account. Please ask another administrator.")
LAST_ONE = N_("This is the last administrator: please make another one first.")
ORDERS = {
    "": (Account.created_at.desc(), Account.id.desc()),
    "name": (Account.name, Account.id),
    "email": (Account.email,),
    "created": (Account.created_at, Account.id),
}


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account in the list; `status` is invited, active or disabled."""

    account_id: int
    name: str
    email: str
    kind: str
    role: str
    status: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Linked:
    """A patient record that belongs to an account, or whose patient it cares for."""

    patient_id: int
    name: str
    number: str  # "ISSUER|ID", or the ID alone
    carer: bool
    until: datetime | None


@dataclass(frozen=True, slots=True)
class AccountDetails:
    """An account with what belongs to it."""

    row: AccountRow
    mobile: str
    provider_number: str
    linked: tuple[Linked, ...]
    sessions: int  # browsers signed in now
    last_seen_at: datetime | None
    glass: Right  # to break the glass


def listed(portal: Portal, by: int, wanted: Wanted) -> Page[AccountRow]:
    """Accounts with every word (its beginning) in name or address; filters `kind` and `status`."""
    with portal.reading() as db:
        staff_roles.check(db, by, Task.SEE_ACCOUNTS)
        query = select(
            Account.id, Account.name, Account.email, Account.kind, Account.role, Account.status,
            Account.created_at,
        )  # fmt: skip
        if wanted.words.strip():
            query = query.where(Account.id.in_(word_search.accounts(db, wanted.words)))
        if kind := wanted.chosen("kind"):
            query = query.where(Account.kind == kind)
        if status := wanted.chosen("status"):
            query = query.where(Account.status == status)
        page = listing.page(db, query, wanted, ORDERS)
    return page.of([AccountRow(*row) for row in page.rows])


def details(portal: Portal, by: int, account_id: int) -> AccountDetails:
    """One account, and the look recorded; NotFound when there is none."""
    with portal.transaction() as tx:
        staff_roles.check(tx.db, by, Task.SEE_ACCOUNTS)
        _account(tx.db, account_id)
        tx.record(Action.ACCOUNT_LOOKED_UP, account_id=by, account=account_id)
    with portal.reading() as db:
        account = _account(db, account_id)
        links = select(PatientLink).where(PatientLink.account_id == account_id)
        living = _sessions(account_id).where(SignInSession.expires_at > portal.clock())
        seen = select(func.max(SignInSession.last_seen_at)).where(
            SignInSession.account_id == account_id
        )
        return AccountDetails(
            AccountRow(
                account.id, account.name, account.email, account.kind, account.role,
                account.status, account.created_at,
            ),
            account.mobile,
            account.provider_number,
            tuple(
                _linked(link)
                for link in db.execute(links.order_by(PatientLink.id)).scalars()
                if stands(link, portal.clock())
            ),
            len(db.execute(living).scalars().all()),
            db.execute(seen).scalar(),
            glass_right.of(account, portal.clock()),
        )  # fmt: skip


def create(portal: Portal, who: SignedIn, new: accounts.NewAccount) -> int:
    """Make an account at the desk; its owner gets a mail to set it up."""
    permitted(portal, who, Task.CHANGE_ACCOUNTS)
    return accounts.create(portal, new, by=who.account_id)


def disable(portal: Portal, who: SignedIn, account_id: int) -> None:
    """Close an account; its pages end at once. Not one's own, nor the last administrator's."""
    permitted(portal, who, Task.CHANGE_ACCOUNTS)
    with portal.reading() as db:
        account = _another(db, who, account_id)
        _keeps_one(db, account)
        email = account.email
    accounts.disable(portal, email, by=who.account_id)


def enable(portal: Portal, who: SignedIn, account_id: int) -> None:
    """Open a disabled account again, as far as its owner had set it up."""
    with changing(portal, who, Task.CHANGE_ACCOUNTS) as tx:
        account = _another(tx.db, who, account_id)
        if account.status == "disabled":
            account.status = "active" if account.password_hash else "invited"
            tx.record(Action.ACCOUNT_ENABLED, account_id=who.account_id, account=account.id)
            announce_holder(tx, account.id)
            tx.announce(AccessChanged(account.id))


def change_role(portal: Portal, who: SignedIn, account_id: int, role: str) -> None:
    """Give a staff member another role; signed out everywhere, for pages are made for a role."""
    if role not in ROLES:
        raise Invalid(_("The role must be one of {roles}.").format(roles=", ".join(ROLES)), "role")
    with changing(portal, who, Task.CHANGE_ACCOUNTS) as tx:
        account = _another(tx.db, who, account_id)
        if account.kind != "staff":
            raise Invalid(_("Only staff have a role."), "role")
        if account.role != role:
            _keeps_one(tx.db, account)
            tx.record(
                Action.ACCOUNT_ROLE_CHANGED, account_id=who.account_id, account=account.id,
                before=account.role, role=role,
            )  # fmt: skip
            account.role = role
            accounts.end_sessions(tx, account.id)
            tx.announce(AccessChanged(account.id))


def end_sessions(portal: Portal, who: SignedIn, account_id: int) -> None:
    """Sign somebody out in every browser."""
    with changing(portal, who, Task.CHANGE_ACCOUNTS) as tx:
        account = _account(tx.db, account_id)
        keep = who.session_id if account.id == who.account_id else None
        accounts.end_sessions(tx, account.id, keep=keep)
        tx.record(Action.ACCOUNT_SESSIONS_ENDED, account_id=who.account_id, account=account.id)


def send_set_up_again(portal: Portal, who: SignedIn, account_id: int) -> str:
    """Mail a new set-up link to somebody who has not used one; returns the address."""
    with changing(portal, who, Task.CHANGE_ACCOUNTS) as tx:
        account = _account(tx.db, account_id)
        if account.status != "invited":
            raise Invalid(
                _("This account is set up already. Its owner uses Forgot password for a new link.")
            )
        link = one_time_links.make(portal, tx, account, "setup", accounts.SETUP_LINK_LIFE)
        letter = letters.set_up(letterhead(portal.settings, account), link)
        within = accounts.SETUP_LINK_LIFE
        tx.post(account.email, letter, account_id=account.id, secret=True, within=within)
        tx.record(Action.SET_UP_SENT_AGAIN, account_id=who.account_id, account=account.id)
        return account.email


def _account(db: Session, account_id: int) -> Account:
    account = db.get(Account, account_id)
    if account is None:
        raise NotFound(_(NO_ACCOUNT))
    return account


def _another(db: Session, who: SignedIn, account_id: int) -> Account:
    """Somebody else's account: nobody shuts themselves out, or gives themselves a role."""
    account = _account(db, account_id)
    if account.id == who.account_id:
        raise Invalid(_(NOT_YOURSELF))
    return account


def _keeps_one(db: Session, leaving: Account) -> None:
    others = select(Account.id).where(
        Account.kind == "staff", Account.role == ADMINISTRATOR, Account.status == "active",
        Account.id != leaving.id,
    )  # fmt: skip
    if leaving.role == ADMINISTRATOR and db.execute(others.limit(1)).first() is None:
        raise Invalid(_(LAST_ONE))


def _sessions(account_id: int) -> Select[int]:
    return select(SignInSession.id).where(
        SignInSession.account_id == account_id, SignInSession.ended_at.is_(None)
    )


def _linked(link: PatientLink) -> Linked:
    patient = link.patient
    number = "|".join(filter(None, (patient.issuer, patient.patient_id)))
    name = titles.patient_name(patient)
    return Linked(patient.id, name, number, link.relation == "carer", link.until)
