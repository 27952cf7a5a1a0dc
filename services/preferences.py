"""What people chose for themselves: the language of their pages and letters."""

from __future__ import annotations

from services.errors import Invalid
from services.language import LANGUAGES, _, spoken
from services.letterhead import Letterhead
from services.portal import Portal
from services.settings import Settings
from storage.models import Account


def choose_language(portal: Portal, account_id: int, language: str) -> None:
    """Keep the choice on the account; Invalid for a language the portal does not have."""
    if language not in LANGUAGES:
        raise Invalid(_("Please choose one of the languages offered."), "language")
    with portal.transaction() as tx:
        tx.db.get_one(Account, account_id).language = language


def language_of(settings: Settings, account: Account | None) -> str:
    """What to write to this person in: their choice, else the portal's own language."""
    return account.language if account and account.language else settings.language


def letterhead(settings: Settings, account: Account | None) -> Letterhead:
    """The paper for a letter to this person, in their language."""
    return Letterhead(settings, language_of(settings, account))


def own_letterhead(settings: Settings, account: Account) -> Letterhead:
    """The paper for what a person asks for themselves: without a choice, in what they read now."""
    return Letterhead(settings, account.language or spoken())
