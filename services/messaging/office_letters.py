"""What messages of the hospital's own business say: broken glass, applications.

See `services.messaging.letters` for how a letter is written; these name no patient either.
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
    written_text,
)


@in_the_readers_language
def glass_broken_patient(head: Letterhead, clinician: str, at: datetime) -> Letter:
    """The patient is told that their exams were opened in an emergency."""
    told = _(
        "on {at} {clinician} opened your medical images through emergency access. Every such "
        "access is reviewed by the hospital."
    )
    return _glass_broken(
        head, _("Your images at {portal} were opened in an emergency"), told, clinician, at
    )


@in_the_readers_language
def glass_broken_carer(head: Letterhead, clinician: str, at: datetime) -> Letter:
    """A carer is told of it; whose exams they are stands in the portal only."""
    told = _(
        "on {at} {clinician} opened the medical images of a person you care for through emergency "
        "access. Every such access is reviewed by the hospital."
    )
    subject = _("Images of a person you care for were opened in an emergency at {portal}")
    return _glass_broken(head, subject, told, clinician, at)


def _glass_broken(
    head: Letterhead, subject: str, told: str, clinician: str, at: datetime
) -> Letter:
    return compose(
        head,
        "glass broken",
        subject.format(portal=head.settings.portal_name),
        _("Hello,"),
        told.format(at=dates.moment(at, head.settings.zone), clinician=written_name(clinician)),
        Button(_("See who has looked"), head.link("/looks")),
        Aside(_("If you have questions about it, please contact us.")),
    )


@in_the_readers_language
def glass_broken_review(
    head: Letterhead, clinician: str, at: datetime, event: int, *, unusual: bool = False
) -> Letter:
    """The privacy team is told; who was opened and why stands in the portal only."""
    return compose(
        head,
        "glass to review",
        _("Break-glass event {event} to review").format(event=event),
        _("{clinician} broke the glass and opened a patient on {at}.").format(
            clinician=written_name(clinician), at=dates.moment(at, head.settings.zone)
        ),
        _("The patient and the reason that was given stand in the portal."),
        *((_("This event is marked as unusual: please look at it soon."),) if unusual else ()),
        Button(
            _("Review event {event}").format(event=event), head.link(f"/staff/break-glass/{event}")
        ),
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
def application_question(head: Letterhead, question: str, link: str) -> Letter:
    """Staff need to know more before they decide."""
    return compose(
        head,
        "application question",
        _("A question about your application to {portal}").format(portal=head.settings.portal_name),
        _("Hello,"),
        _("before we can decide about your application, please tell us:"),
        written_text(question),
        Button(_("Answer the question"), link),
        Aside(_("The link works once, for 14 days.")),
    )


@in_the_readers_language
def application_declined(head: Letterhead, reason: str = "") -> Letter:
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
        *((_("Reason: {reason}").format(reason=written_text(reason)),) if reason else ()),
    )


@in_the_readers_language
def glass_right_given(head: Letterhead, until: datetime) -> Letter:
    """An account that is there already may break the glass, from now on or for another year."""
    portal = head.settings.portal_name
    return compose(
        head,
        "glass right given",
        _("Your emergency access to {portal}").format(portal=portal),
        _("Hello,"),
        _("your account at {portal} may be used for emergency access until {until}.").format(
            portal=portal, until=dates.day(until.astimezone(head.settings.zone).date())
        ),
        Button(_("Log in"), head.link("/login")),
    )


@in_the_readers_language
def glass_right_ends(head: Letterhead, until: datetime) -> Letter:
    """The year is nearly over; whoever still needs the account confirms the form."""
    portal = head.settings.portal_name
    return compose(
        head,
        "glass right ends",
        _("Your emergency access to {portal} ends soon").format(portal=portal),
        _("Hello,"),
        _(
            "your account at {portal} may be used for emergency access until {until}. If you "
            "still need it, please log in and confirm your details: it then goes on for a year."
        ).format(portal=portal, until=dates.day(until.astimezone(head.settings.zone).date())),
        Button(_("Confirm my details"), head.link("/break-glass/renew")),
        Aside(_("If you do not need it any more, you need do nothing: it ends by itself.")),
    )
