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
def your_share_ends_soon(head: Letterhead, receiver: str, until: datetime) -> Letter:
    """To the person whose share will soon be over; `receiver` is an e-mail address."""
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
        ),
        Button(_("See what I share"), head.link("/sharing")),
    )


@in_the_readers_language
def glass_broken_patient(head: Letterhead, clinician: str, at: datetime) -> Letter:
    """The patient is told that their exams were opened in an emergency."""
    settings = head.settings
    return compose(
        head,
        "glass broken",
        _("Your images at {portal} were opened in an emergency").format(
            portal=settings.portal_name
        ),
        _("Hello,"),
        _(
            "on {at} {clinician} opened your medical images through emergency access. Every such "
            "access is reviewed by the hospital."
        ).format(at=dates.moment(at, settings.zone), clinician=written_name(clinician)),
        Button(_("See who has looked"), head.link("/looks")),
        Aside(_("If you have questions about it, please contact us.")),
    )


@in_the_readers_language
def glass_broken_review(head: Letterhead, clinician: str, at: datetime, event: int) -> Letter:
    """The privacy team is told; who was opened and why stands in the portal only."""
    return compose(
        head,
        "glass to review",
        _("Break-glass event {event} to review").format(event=event),
        _("{clinician} broke the glass and opened a patient on {at}.").format(
            clinician=written_name(clinician), at=dates.moment(at, head.settings.zone)
        ),
        _("The patient and the reason that was given stand in the portal."),
        Button(_("Review event {event}").format(event=event), head.link("/staff/break-glass")),
    )


@in_the_readers_language
def application_received(head: Letterhead) -> Letter:
    """Somebody applied for a break-glass account."""
    portal = head.settings.portal_name
    return compose(
        head,
        "application received",
        _("We received your application to {portal}").format(portal=portal),
        _("Hello,"),
        _(
            "we received your application for an external account at {portal}. We check it and "
            "write to you at this address once the account is set up."
        ).format(portal=portal),
        Aside(_("If you did not apply, please tell our help desk.")),
    )


@in_the_readers_language
def application_ready(head: Letterhead, link: str) -> Letter:
    """The application was approved and the account is made."""
    portal = head.settings.portal_name
    return compose(
        head,
        "application ready",
        _("Your {portal} account is ready to set up").format(portal=portal),
        _("Hello,"),
        _(
            "your application for an external account at {portal} was approved. Please choose "
            "your own password and confirm your details."
        ).format(portal=portal),
        Button(_("Set up my account"), link),
        Aside(_("The link works once, for 14 days.")),
    )


@in_the_readers_language
def application_declined(head: Letterhead) -> Letter:
    """The application was not approved."""
    return compose(
        head,
        "application declined",
        _("Your application to {portal}").format(portal=head.settings.portal_name),
        _("Hello,"),
        _(
            "your application for an external account could not be approved. If you have "
            "questions about it, please contact our help desk."
        ),
    )


@in_the_readers_language
def carer_linked(head: Letterhead, last: datetime) -> Letter:
    """Somebody may see and share a patient's exams for them, until `last`."""
    return compose(
        head,
        "carer linked",
        _("You look after a person's exams at {portal}").format(portal=head.settings.portal_name),
        _("Hello,"),
        _(
            "until {last} you can see and share the exams of a person you care for. You find them "
            "when you log in."
        ).format(last=dates.last_day(last, head.settings.zone)),
        Button(_("Log in"), head.link("/login")),
        Aside(
            _(
                "What you share ends when your own access does. If you do not know about this, "
                "please tell us."
            )
        ),
    )


@in_the_readers_language
def carer_told(head: Letterhead, last: datetime) -> Letter:
    """The patient learns that somebody looks after their exams, until `last`."""
    return compose(
        head,
        "carer told",
        _("Somebody looks after your exams at {portal}").format(portal=head.settings.portal_name),
        _("Hello,"),
        _(
            "until {last} a carer can see and share your exams for you. Who it is stands in the "
            "portal, where you can also ask us to end it."
        ).format(last=dates.last_day(last, head.settings.zone)),
        Button(_("See what I share"), head.link("/sharing")),
    )


@in_the_readers_language
def carer_end_asked(head: Letterhead, link: int) -> Letter:
    """Staff are asked to end a carer's access; nobody is named."""
    return compose(
        head,
        "carer to end",
        _("A carer's access should end (request {number})").format(number=link),
        _(
            "A patient or carer asks that a carer's access ends: request {number}. The command "
            "'account carers' names them, 'account unlink' ends it."
        ).format(number=link),
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
