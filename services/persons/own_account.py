"""What a person sees of their own account, and how they want their one-time passwords."""

from __future__ import annotations

from dataclasses import dataclass

from services import people
from services.audit import Action
from services.errors import Invalid
from services.language import _
from services.portal import Portal
from services.signing_in import authenticator, recovery, step_up
from services.signing_in.sessions import SignedIn
from storage.models import Account


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """One's own account; address and number masked, for who looks over the shoulder."""

    name: str
    email: str
    mobile: str  # empty: none
    code_by: str  # app, sms, mail
    choices: tuple[str, ...]  # of code_by
    has_app: bool
    recovery_codes: int  # left


def own_account(portal: Portal, who: SignedIn) -> OwnAccount:
    """The account of who is signed in."""
    with portal.reading() as db:
        account = db.get_one(Account, who.account_id)
        has_app = authenticator.find(db, account.id) is not None
        choices = _choices(portal, account)
        chosen = account.code_by if account.code_by in choices else choices[0]
        return OwnAccount(
            account.name,
            people.masked_email(account.email),
            people.masked_mobile(account.mobile) if account.mobile else "",
            "app" if has_app and account.code_by == "app" else chosen,
            choices,
            has_app,
            recovery.left(db, account.id),
        )


def choose_sending(portal: Portal, who: SignedIn, by: str) -> None:
    """Send one-time passwords by "sms" or "mail"; Invalid where that cannot be."""
    step_up.require(portal, who)
    with portal.transaction() as tx:
        account = tx.db.get_one(Account, who.account_id)
        if by not in _choices(portal, account):
            raise Invalid(_("One-time passwords cannot be sent that way."), "code_by")
        account.code_by = by
        tx.record(Action.CODES_BY, account_id=who.account_id, by=by)


def _choices(portal: Portal, account: Account) -> tuple[str, ...]:
    """The ways a one-time password can be sent to the account, the usual one first."""
    return ("sms", "mail") if account.mobile and portal.settings.sms_url else ("mail",)
