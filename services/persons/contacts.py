"""A new e-mail address or mobile number for an account: the password again, then a code sent there.

Nothing changes before the code was right, and the answer is the same for an address that already
has an account: its owner gets a letter instead of a code.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import people
from services.audit import Action
from services.errors import Expired, Invalid, NotAllowed, TooMany
from services.language import N_, _
from services.persons import account_letters, accounts
from services.portal import Portal, Transaction
from services.preferences import letterhead, own_letterhead
from services.randomness import keyed
from services.signing_in import login_codes, one_time_links, remembered, step_up
from services.signing_in.sessions import SignedIn
from services.throttling import CONTACT_CHANGES
from storage.models import Account, ContactChange

MINUTES = 20
TRIES = 5
OVER = N_("This change is over. Please begin it again.")
WRONG = N_("That code is not right. Please check it; capital letters matter.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A code is on its way to the new address or number; empty `change`: it is done already."""

    change: str
    value: str


def change_email(portal: Portal, who: SignedIn, typed: str) -> Asked:
    """Send a code to the new address."""
    step_up.require(portal, who)
    email = people.email_address(typed)
    portal.throttles.spend(CONTACT_CHANGES, "contact", str(who.account_id))
    with portal.transaction() as tx:
        account = tx.db.get_one(Account, who.account_id)
        if email == account.email:
            raise Invalid(_("That is the address you have already."), "email")
        change, code = _begin(portal, tx, who, "email", email)
        head, life = own_letterhead(portal.settings, account), timedelta(minutes=MINUTES)
        letter = account_letters.contact_code(head, code, MINUTES)
        if accounts.find(tx.db, email) is not None:
            letter = account_letters.address_taken(letterhead(portal.settings, None))
        tx.post(email, letter, account_id=account.id, secret=True, urgent=True, within=life)
        return Asked(change.public_id, email)


def change_mobile(portal: Portal, who: SignedIn, typed: str) -> Asked:
    """Send a code to the new number, where text messages can be sent; an empty one is removed."""
    step_up.require(portal, who)
    mobile = people.mobile_number(typed)
    portal.throttles.spend(CONTACT_CHANGES, "contact", str(who.account_id))
    with portal.transaction() as tx:
        account = tx.db.get_one(Account, who.account_id)
        if mobile == account.mobile:
            raise Invalid(_("That is the number you have already."), "mobile")
        if not mobile and account.kind == "breakglass":
            raise Invalid(_("A break-glass account needs a mobile number."), "mobile")
        if not mobile or not portal.settings.sms_url:
            _take_mobile(portal, tx, account, mobile)
            return Asked("", mobile)
        change, code = _begin(portal, tx, who, "mobile", mobile)
        head, life = own_letterhead(portal.settings, account), timedelta(minutes=MINUTES)
        text = account_letters.contact_code_text(head, code, MINUTES)
        tx.post(
            mobile,
            text,
            account_id=account.id,
            secret=True,
            urgent=True,
            within=life,
            channel="sms",
        )
        return Asked(change.public_id, mobile)


def confirm(portal: Portal, who: SignedIn, asked: Asked, code: str) -> None:
    """The code came back from the new address or number: from now on it is the account's.

    Raises NotAllowed or TooMany for a wrong code, which counts, and Expired for an old one.
    """
    with portal.transaction() as tx:
        change = _living(tx, who, asked)
        refusal: NotAllowed | TooMany | None = None
        if not hmac.compare_digest(change.code_hash, _kept(portal, change.public_id, code.strip())):
            change.tries += 1
            refusal = NotAllowed(_(WRONG))
            if change.tries >= TRIES:
                change.ended_at = tx.now
                refusal = TooMany(_("That was wrong five times. Please begin the change again."))
        else:
            change.ended_at = tx.now
            _take(portal, tx, who, change)
    if refusal is not None:
        raise refusal


def _take(portal: Portal, tx: Transaction, who: SignedIn, change: ContactChange) -> None:
    account = tx.db.get_one(Account, who.account_id)
    if change.kind == "mobile":
        _take_mobile(portal, tx, account, change.value)
        return
    if accounts.find(tx.db, change.value) is not None:
        raise Expired(_(OVER))
    before, account.email = account.email, change.value
    masked = people.masked_email(change.value)
    letter = account_letters.address_changed(letterhead(portal.settings, account), masked, tx.now)
    tx.post(before, letter, account_id=account.id)
    one_time_links.end_all(tx, account.id)
    login_codes.end_older(tx, account.id, None)
    accounts.end_sessions(tx, account.id, keep=who.session_id)
    tx.record(Action.CONTACT_CHANGED, account_id=account.id, what="email")


def _take_mobile(portal: Portal, tx: Transaction, account: Account, mobile: str) -> None:
    account.mobile = mobile
    login_codes.end_older(tx, account.id, None)  # what was sent to the number before opens nothing
    remembered.forget_all(tx, account.id)
    masked = people.masked_mobile(mobile) if mobile else ""
    letter = account_letters.mobile_changed(letterhead(portal.settings, account), masked, tx.now)
    tx.post(account.email, letter, account_id=account.id)
    tx.record(Action.CONTACT_CHANGED, account_id=account.id, what="mobile")


def _begin(
    portal: Portal, tx: Transaction, who: SignedIn, kind: str, value: str
) -> tuple[ContactChange, str]:
    """A change that waits for its code; the one before it is over."""
    for older in _waiting(tx.db, who):
        older.ended_at = tx.now
    number, code = portal.secrets.token(), portal.secrets.code()
    change = ContactChange(
        public_id=number,
        account_id=who.account_id,
        session_id=who.session_id,
        kind=kind,
        value=value,
        code_hash=_kept(portal, number, code),
        created_at=tx.now,
        expires_at=tx.now + timedelta(minutes=MINUTES),
    )
    tx.db.add(change)
    return change, code


def _living(tx: Transaction, who: SignedIn, asked: Asked) -> ContactChange:
    for change in _waiting(tx.db, who):
        ours = change.public_id == asked.change and change.session_id == who.session_id
        if ours and change.expires_at > tx.now:
            return change
    raise Expired(_(OVER))


def _waiting(db: Session, who: SignedIn) -> list[ContactChange]:
    query = select(ContactChange).where(
        ContactChange.account_id == who.account_id, ContactChange.ended_at.is_(None)
    )
    return list(db.execute(query).scalars())


def _kept(portal: Portal, number: str, code: str) -> str:
    return keyed(portal.keys.key("contact code"), number, code)
