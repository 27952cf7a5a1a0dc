"""What a person is told about their own account: codes for new contacts, and what has changed."""

from __future__ import annotations

from datetime import datetime

from services import dates
from services.language import N_, _
from services.letterhead import (
    Aside,
    Block,
    Button,
    Code,
    Letter,
    Letterhead,
    compose,
    in_the_readers_language,
)

NOT_YOU = N_(
    "If that was not you, somebody else may be using your account: please choose a new password "
    "and call the help desk."
)


@in_the_readers_language
def contact_code(head: Letterhead, code: str, minutes: int) -> Letter:
    """To a new address: is it yours?"""
    portal = head.settings.portal_name
    return compose(
        head,
        "contact code",
        _("Confirm your address for {portal}").format(portal=portal),
        _("Please enter this code on the page My account to use this address from now on:"),
        Code(code),
        _("It is valid for the next {minutes} minutes.").format(minutes=minutes),
        Aside(_("If you did not ask for it, you need do nothing.")),
    )


@in_the_readers_language
def contact_code_text(head: Letterhead, code: str, minutes: int) -> Letter:
    """To a new mobile number: is it yours?"""
    sentence = _(
        "{portal}: {code} confirms this mobile number, within {minutes} minutes. "
        "If you did not ask for it, you need do nothing."
    ).format(portal=head.settings.portal_name, code=code, minutes=minutes)
    return Letter("contact code", "", sentence)


@in_the_readers_language
def address_taken(head: Letterhead) -> Letter:
    """To an address that somebody wanted for their account, and that has one already."""
    return compose(
        head,
        "address taken",
        _("This address already has an account"),
        _(
            "somebody wanted to use this address for another account of {portal}. It has an "
            "account already, so nothing was changed."
        ).format(portal=head.settings.portal_name),
        Button(_("Log in"), head.link("/login")),
        Aside(_("If you did not ask for it, you need do nothing.")),
    )


@in_the_readers_language
def address_changed(head: Letterhead, masked: str, at: datetime) -> Letter:
    """To the address that was used until now."""
    told = _("The address of your account was changed to {address} on {moment}.")
    return _changed(head, told.format(address=masked, moment=_moment(head, at)))


@in_the_readers_language
def mobile_changed(head: Letterhead, masked: str, at: datetime) -> Letter:
    """To the address of the account."""
    if not masked:
        told = _("The mobile number of your account was removed on {moment}.")
        return _changed(head, told.format(moment=_moment(head, at)))
    told = _("The mobile number of your account was changed to {number} on {moment}.")
    return _changed(head, told.format(number=masked, moment=_moment(head, at)))


@in_the_readers_language
def password_changed(head: Letterhead, at: datetime) -> Letter:
    """The password is another one."""
    told = _("The password of your account was changed on {moment}.")
    return _changed(head, told.format(moment=_moment(head, at)))


@in_the_readers_language
def app_on(head: Letterhead, at: datetime) -> Letter:
    """One-time passwords come from an authenticator app."""
    told = _("Since {moment} your one-time passwords come from an authenticator app.")
    return _changed(head, told.format(moment=_moment(head, at)))


@in_the_readers_language
def app_off(head: Letterhead, at: datetime) -> Letter:
    """One-time passwords are sent again."""
    told = _("Since {moment} your one-time passwords no longer come from an authenticator app.")
    return _changed(head, told.format(moment=_moment(head, at)))


@in_the_readers_language
def recovery_code_used(head: Letterhead, left: int, at: datetime) -> Letter:
    """Somebody logged in with a recovery code."""
    return _changed(
        head,
        _("You logged in with a recovery code on {moment}.").format(moment=_moment(head, at)),
        _("Recovery codes that are left: {count}. You can make new ones on the page My account.")
        .format(count=left),
    )  # fmt: skip


def _changed(head: Letterhead, *told: str) -> Letter:
    blocks: tuple[Block, ...] = (
        *told,
        _("If that was you, you need do nothing."),
        Aside(_(NOT_YOU)),
    )
    subject = _("Your account at {portal}").format(portal=head.settings.portal_name)
    return compose(head, "account changed", subject, _("Hello,"), *blocks)


def _moment(head: Letterhead, at: datetime) -> str:
    return dates.moment(at, head.settings.zone)
