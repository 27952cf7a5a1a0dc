"""What messages of the hospital's own business say: broken glass, applications, carers.

See `services.letters` for how a letter is written; these name no patient either.
"""

from __future__ import annotations

from datetime import datetime

from services import dates
from services.language import _
from services.letterhead import (
    Aside,
    Button,
    Letter,
    Letterhead,
    compose,
    in_the_readers_language,
    written_name,
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
