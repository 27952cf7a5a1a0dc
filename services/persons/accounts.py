"""Accounts: made by staff, on the command line or by a first share; set up by their owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import people, token_end
from services.audit import Action
from services.errors import Invalid, NotFound
from services.grant_chain import announce_holder
from services.language import _, spoken
from services.letterhead import Letterhead
from services.messaging import letters
from services.persons import account_letters, patient_links, staff_roles
from services.persons.staff_roles import ADMINISTRATOR, ROLES, Task
from services.portal import Portal, Transaction
from services.preferences import letterhead, own_letterhead
from services.publisher import AccessChanged, SessionEnded
from services.signing_in import one_time_links, passwords, remembered, sessions, step_up
from services.throttling import MAIL_PER_ACCOUNT
from storage.models import Account, Grant, SignInSession

KINDS = ("patient", "guest", "breakglass", "staff")
CHECKED = ("breakglass", "staff")  # who they are was checked: their names are not theirs to change
SETUP_LINK_LIFE = timedelta(days=14)
A_YEAR = timedelta(days=365)  # after that the right to break the glass is renewed
RESET_LINK_LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What is told when an account is made; an empty password: its owner sets one up."""

    kind: str
    email: str
    name: str
    mobile: str = ""
    role: str = ""
    provider_number: str = ""
    patient_ids: Sequence[str] = ()
    password: str = ""


@dataclass(frozen=True, slots=True)
class Prompts:
    """What the set-up page shows for a link: whose account, what for."""

    purpose: str  # invite, setup, reset
    email: str
    name: str
    mobile: str
    grant_id: int | None
    checked: bool  # name and mobile number stay as they were checked


def create(portal: Portal, new: NewAccount, by: int | None = None) -> int:
    """Make an account and mail its set-up link, or make it ready where a password is given."""
    if new.kind not in KINDS:
        raise Invalid(_("The kind must be one of {kinds}.").format(kinds=", ".join(KINDS)), "kind")
    role = new.role or (ADMINISTRATOR if new.kind == "staff" else "")
    if new.kind == "staff" and role not in ROLES:
        raise Invalid(_("The role must be one of {roles}.").format(roles=", ".join(ROLES)), "role")
    email, name = people.email_address(new.email), people.person_name(new.name)
    mobile = people.mobile_number(new.mobile)
    ready = ""
    if new.password:
        ready = passwords.hashed(passwords.checked(new.password, email, name))
    with portal.transaction() as tx:
        staff_roles.check_unless_console(tx.db, by, Task.CHANGE_ACCOUNTS)
        account = find(tx.db, email)
        if account is not None and account.kind != "guest":
            raise Invalid(_("There is already an account with this email address."), "email")
        if account is None:
            account = Account(email=email, created_at=tx.now, status="invited")
            tx.db.add(account)
        elif account.kind != new.kind:
            end_sessions(tx, account.id)  # a guest's browser may have been let in with less
        account.kind, account.name, account.role = new.kind, name, role
        account.mobile, account.provider_number = mobile, new.provider_number
        if new.kind == "breakglass":
            account.glass_until = tx.now + A_YEAR
        if ready:
            account.password_hash, account.status = ready, "active"
            account.terms_accepted_at = tx.now
        tx.db.flush()
        for patient_id in new.patient_ids:
            patient_links.link(tx, account, patient_links.record(tx.db, patient_id), by)
        tx.record(Action.ACCOUNT_CREATED, account_id=by, account=account.id, kind=new.kind)
        if account.status == "invited":
            link = one_time_links.make(portal, tx, account, "setup", SETUP_LINK_LIFE)
            letter = letters.set_up(letterhead(portal.settings, account), link)
            tx.post(email, letter, account_id=account.id, secret=True, within=SETUP_LINK_LIFE)
        return account.id


def find(db: Session, email: str) -> Account | None:
    """The account with this (already folded) address."""
    return db.execute(select(Account).where(Account.email == email)).scalar_one_or_none()


def listed(portal: Portal) -> list[Account]:
    """Every account, by address."""
    with portal.reading() as db:
        return list(db.execute(select(Account).order_by(Account.email)).scalars())


def disable(portal: Portal, email: str, by: int | None = None) -> None:
    """Close an account: it can no longer sign in, and its open pages end."""
    with portal.transaction() as tx:
        staff_roles.check_unless_console(tx.db, by, Task.CHANGE_ACCOUNTS)
        account = find(tx.db, people.email_address(email))
        if account is None:
            raise NotFound(_("There is no account with this email address."))
        account.status = "disabled"
        end_sessions(tx, account.id)
        token_end.revoke_all(tx, account.id)
        tx.record(Action.ACCOUNT_DISABLED, account_id=by, account=account.id)
        announce_holder(tx, account.id)


def link_patient(portal: Portal, account_id: int, patient_id: str, *, relation: str) -> None:
    """Tell that the account's person is ("self") or cares for ("carer") this patient."""
    with portal.transaction() as tx:
        patient = patient_links.record(tx.db, patient_id)
        patient_links.link(tx, tx.db.get_one(Account, account_id), patient, None, relation=relation)


def prompts(portal: Portal, token: str) -> Prompts:
    """What a mailed link is for. Looking never uses it up: mail scanners look too.

    Raises NotFound, Expired or NotAllowed with a sentence that says what to do.
    """
    with portal.reading() as db:
        link = one_time_links.living(portal, db, token)
        account = link.account
        return Prompts(
            link.purpose, account.email, account.name, account.mobile, link.grant_id,
            account.kind in CHECKED,
        )  # fmt: skip


def set_up(
    portal: Portal, token: str, *, name: str, mobile: str, password: str, terms_accepted: bool
) -> None:
    """Use an invitation or set-up link: the account gets its owner's password and is ready.

    What was checked about a member of staff or a break-glass user stays as it is.
    """
    if not terms_accepted:
        raise Invalid(_("Please read and accept the terms of use."), "terms")
    checked_name, checked_mobile = people.person_name(name), people.mobile_number(mobile)
    with portal.reading() as db:
        email = one_time_links.living(portal, db, token).account.email
    ready = passwords.hashed(passwords.checked(password, email, checked_name))
    with portal.transaction() as tx:
        link = one_time_links.living(portal, tx.db, token)
        if link.purpose == "reset":
            raise NotFound(_(one_time_links.DEAD))
        account = link.account
        if account.kind in CHECKED:
            account.name = account.name or checked_name
            account.mobile = account.mobile or checked_mobile
        else:
            account.name, account.mobile = checked_name, checked_mobile
        if account.kind == "breakglass" and not account.mobile:
            raise Invalid(_("A break-glass account needs a mobile number."), "mobile")
        account.password_hash = ready
        account.status, account.terms_accepted_at = "active", tx.now
        one_time_links.use_up(tx, link)
        tx.record(Action.ACCOUNT_SET_UP, account_id=account.id)
        if link.purpose == "invite":
            shared = tx.db.get(Grant, link.grant_id) if link.grant_id else None
            tx.record(
                Action.INVITATION_ACCEPTED,
                account_id=account.id,
                patient_id=shared.patient_id if shared else None,
                study_id=shared.study_id if shared else None,
                grant=link.grant_id,
            )
        tx.announce(AccessChanged(account.id))


def forgot_password(portal: Portal, email: str) -> None:
    """Mail a link for a new password if there is such an account; tells nobody whether."""
    address = people.email_address(email)
    portal.throttles.spend(MAIL_PER_ACCOUNT, "forgot", address)
    with portal.transaction() as tx:
        account = find(tx.db, address)
        tx.record(Action.PASSWORD_RESET_ASKED, account_id=account.id if account else None)
        if account is None or account.status == "disabled":
            # the same work as for an account, so that the time tells nothing
            link = f"{portal.settings.public_url}/setup?link={portal.secrets.token()}"
            letters.reset(Letterhead(portal.settings, spoken()), link)
            return
        head = own_letterhead(portal.settings, account)
        if account.status == "active":
            link = one_time_links.make(portal, tx, account, "reset", RESET_LINK_LIFE)
            letter, life = letters.reset(head, link), RESET_LINK_LIFE
        else:
            link = one_time_links.make(portal, tx, account, "setup", SETUP_LINK_LIFE)
            letter, life = letters.set_up(head, link), SETUP_LINK_LIFE
        tx.post(address, letter, account_id=account.id, secret=True, within=life)


def reset_password(portal: Portal, token: str, password: str) -> None:
    """Use a forgot-password link; every signed-in browser of the account is signed out."""
    with portal.reading() as db:
        about = one_time_links.living(portal, db, token).account
    ready = passwords.hashed(passwords.checked(password, about.email, about.name))
    with portal.transaction() as tx:
        link = one_time_links.living(portal, tx.db, token)
        if link.purpose != "reset":
            raise NotFound(_(one_time_links.DEAD))
        link.account.password_hash = ready
        one_time_links.use_up(tx, link)
        end_sessions(tx, link.account_id)
        _tell_of_password(portal, tx, link.account)
        tx.record(Action.PASSWORD_CHANGED, account_id=link.account_id, how="link")


def change_password(
    portal: Portal, account_id: int, session_id: int, current: str, new: str
) -> str:
    """Replace the password; other signed-in browsers of the account are signed out.

    Returns the session's new id, told once: from when it is shown the old one opens nothing.
    """
    step_up.check(portal, account_id, current, field="current")
    with portal.reading() as db:
        account = db.get_one(Account, account_id)
    if current == new:
        raise Invalid(_("The new password must differ from the current one."), "password")
    ready = passwords.hashed(passwords.checked(new, account.email, account.name))
    with portal.transaction() as tx:
        account = tx.db.get_one(Account, account_id)
        account.password_hash = ready
        end_sessions(tx, account_id, keep=session_id)
        one_time_links.end_all(tx, account_id)
        _tell_of_password(portal, tx, account)
        tx.record(Action.PASSWORD_CHANGED, account_id=account_id, how="old password")
        return sessions.new_id(portal, tx.db.get_one(SignInSession, session_id))


def _tell_of_password(portal: Portal, tx: Transaction, account: Account) -> None:
    letter = account_letters.password_changed(letterhead(portal.settings, account), tx.now)
    tx.post(account.email, letter, account_id=account.id)


def end_sessions(tx: Transaction, account_id: int, keep: int | None = None) -> None:
    """Sign the account out everywhere, but for the session `keep`; remember no browser."""
    remembered.forget_all(tx, account_id)
    query = select(SignInSession).where(
        SignInSession.account_id == account_id, SignInSession.ended_at.is_(None)
    )
    for session in tx.db.execute(query).scalars():
        if session.id != keep:
            session.ended_at = tx.now
            tx.announce(SessionEnded(session.id))
            tx.announce(AccessChanged(account_id))  # glass broken in that session closes with it


def check_same(password: str, again: str) -> None:
    """Raises Invalid when a password was typed differently the second time."""
    if password != again:
        raise Invalid(_("The two passwords differ. Please type the same one twice."), "again")
