"""What messages say: short, with no medical detail and no patient's name in them.

A new letter is one function here: its paragraphs, a `Code` or a `Button`, in the reader's
language. `Transaction.post` puts it in the outbox.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from services import dates
from services.language import _
from services.letterhead import (
    Aside,
    Button,
    Code,
    Letter,
    Letterhead,
    compose,
    in_the_readers_language,
    written_name,
)

ONE_TIME_PASSWORD = "one-time password"  # noqa: S105
SET_UP = "set up"
INVITATION = "invitation"
NOTICE = "notice"
SHARE_LETTERS = (INVITATION, NOTICE)


@in_the_readers_language
def one_time_password(head: Letterhead, code: str, minutes: int) -> Letter:
    """The second step of signing in."""
    return compose(
        head,
        ONE_TIME_PASSWORD,
        _("Your one-time password for {portal}").format(portal=head.settings.portal_name),
        _("Your one-time password is:"),
        Code(code),
        _(
            "It is valid for the next {minutes} minutes, in the browser that asked for it. "
            "Capital letters matter."
        ).format(minutes=minutes),
        Aside(_("Did you not try to log in? Then somebody knows your password: please change it.")),
    )


@in_the_readers_language
def one_time_password_text(head: Letterhead, code: str, minutes: int) -> Letter:
    """The same as a text message; its last line lets telephones fill it in on this portal only."""
    sentence = _("{portal}: your one-time password is {code}, valid for {minutes} minutes.").format(
        portal=head.settings.portal_name, code=code, minutes=minutes
    )
    host = urlsplit(head.settings.public_url).hostname or ""
    return Letter(ONE_TIME_PASSWORD, "", f"{sentence}\n\n@{host} #{code}")


@in_the_readers_language
def set_up(head: Letterhead, link: str) -> Letter:
    """The first mail of an account that staff made."""
    portal = head.settings.portal_name
    return compose(
        head,
        SET_UP,
        _("Set up your {portal} account").format(portal=portal),
        _("Hello,"),
        _(
            "an account was made for you at {portal}. Please choose your own password and confirm "
            "your details."
        ).format(portal=portal),
        Button(_("Set up my account"), link),
        Aside(_("The link works once, for 14 days.")),
    )


@in_the_readers_language
def reset(head: Letterhead, link: str) -> Letter:
    """A new password was asked for."""
    return compose(
        head,
        "new password",
        _("A new password for {portal}").format(portal=head.settings.portal_name),
        _("Hello,"),
        _("you asked for a new password."),
        Button(_("Choose a new password"), link),
        Aside(
            _(
                "The link works once, for one hour. If you did not ask for it, you need do "
                "nothing: your password stays as it is."
            )
        ),
    )


@in_the_readers_language
def invitation(head: Letterhead, sharer: str, link: str, until: datetime) -> Letter:
    """The first share to an address."""
    return compose(
        head,
        INVITATION,
        _("Medical images are shared with you"),
        _("Hello,"),
        _shared_until(head, sharer, until),
        _("To see them, please create a guest account."),
        Button(_("See what is shared"), link),
        Aside(
            _(
                "Your identity is not checked: the consent of the person who shares is enough. "
                "If you do not know what this is about, please ignore this e-mail."
            )
        ),
    )


@in_the_readers_language
def notice(head: Letterhead, sharer: str, until: datetime) -> Letter:
    """A further share, or a changed one, to somebody who has an account."""
    return compose(
        head,
        NOTICE,
        _("Medical images are shared with you"),
        _("Hello,"),
        _shared_until(head, sharer, until),
        _("You find them when you log in."),
        Button(_("Log in"), head.link("/login")),
    )


@in_the_readers_language
def share_ended(head: Letterhead, sharer: str) -> Letter:
    """Access was taken back before its time was over."""
    return compose(
        head,
        "share ended",
        _("Medical images are no longer shared with you"),
        _("Hello,"),
        _(
            "what {sharer} shared with you at {portal} was ended early and can no longer be "
            "seen. You need do nothing."
        ).format(sharer=_sharer(sharer), portal=head.settings.portal_name),
        Aside(_("If you still need the images, please ask the person who shared them.")),
    )


@in_the_readers_language
def ending_soon(head: Letterhead, sharer: str, until: datetime, *, has_account: bool) -> Letter:
    """To the person who sees something that will soon be over."""
    return compose(
        head,
        "ending soon",
        _("Medical images are shared with you for a few more days only"),
        _("Hello,"),
        _(
            "medical images that {sharer} shares with you at {portal} can be seen until {until}."
        ).format(
            sharer=_sharer(sharer),
            portal=head.settings.portal_name,
            until=dates.moment(until, head.settings.zone),
        ),
        *(
            (Button(_("Log in"), head.link("/login")),)
            if has_account
            else (_("To see them, please use the link in the invitation that we mailed to you."),)
        ),
        Aside(_("If you need them for longer, please ask the person who shares them.")),
    )


@in_the_readers_language
def your_share_ends_soon(
    head: Letterhead, receiver: str, until: datetime, *, can_go_on: bool
) -> Letter:
    """To the person whose share will soon be over; `receiver` is an e-mail address.

    `can_go_on` is whether they could share it for longer.
    """
    return compose(
        head,
        "your share ends soon",
        _("What you share ends soon"),
        _("Hello,"),
        _("what you share with {receiver} at {portal} can be seen until {until}.").format(
            receiver=receiver,
            portal=head.settings.portal_name,
            until=dates.moment(until, head.settings.zone),
        ),
        _(
            "If that is right, you need do nothing. To share for longer, open the exam and share "
            "it with the same address again."
        )
        if can_go_on
        else _(
            "Your own access ends then too, so you cannot share for longer. If they still need it, "
            "please ask the person who shared it with you, or us."
        ),
        Button(_("See what I share"), head.link("/sharing")),
    )


def _shared_until(head: Letterhead, sharer: str, until: datetime) -> str:
    return _(
        "{sharer} shares medical images and reports with you at {portal}, until {until}."
    ).format(
        sharer=_sharer(sharer),
        portal=head.settings.portal_name,
        until=dates.moment(until, head.settings.zone),
    )


def _sharer(name: str) -> str:
    return written_name(name) or _("A patient")
