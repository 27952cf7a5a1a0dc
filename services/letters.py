"""The texts of e-mails: plain, short, with no medical detail and no patient's name in them."""

from __future__ import annotations

from datetime import datetime

from services import dates
from services.settings import Settings

Letter = tuple[str, str]  # subject, text


def one_time_password(settings: Settings, code: str, minutes: int) -> Letter:
    """The second step of signing in."""
    return f"Your one-time password for {settings.portal_name}", _signed(
        settings,
        "Your one-time password is:",
        f"    {code}",
        f"It is valid for the next {minutes} minutes, in the browser that asked for it. "
        "Capital letters matter.",
        "Did you not try to log in? Then somebody knows your password: please change it.",
    )


def set_up(settings: Settings, name: str, link: str) -> Letter:
    """The first mail of an account that staff made."""
    return f"Set up your {settings.portal_name} account", _signed(
        settings,
        f"Hello {name}," if name else "Hello,",
        f"an account was made for you at {settings.portal_name}. Please open this link, choose "
        "your own password and confirm your details:",
        link,
        "The link works once, for 14 days.",
    )


def reset(settings: Settings, name: str, link: str) -> Letter:
    """A new password was asked for."""
    return f"A new password for {settings.portal_name}", _signed(
        settings,
        f"Hello {name},",
        "you asked for a new password. Please open this link to choose it:",
        link,
        "The link works once, for one hour. If you did not ask for it, you need do nothing.",
    )


def invitation(settings: Settings, sharer: str, link: str, until: datetime) -> Letter:
    """The first share to an address."""
    return "Medical images are shared with you", _signed(
        settings,
        "Hello,",
        f"{sharer} shares medical images and reports with you at {settings.portal_name}, "
        f"until {dates.moment(until, settings.zone)}.",
        "To see them, please create a guest account. Open this link and follow the steps:",
        link,
        "Your identity is not checked: the consent of the person who shares is enough. "
        "If you do not know this person, please ignore this e-mail.",
    )


def notice(settings: Settings, sharer: str, until: datetime) -> Letter:
    """A further share to somebody who has an account."""
    return "Medical images are shared with you", _signed(
        settings,
        "Hello,",
        f"{sharer} shares medical images and reports with you at {settings.portal_name}, "
        f"until {dates.moment(until, settings.zone)}. You find them when you log in:",
        f"{settings.public_url}/login",
    )


def glass_broken_patient(settings: Settings, clinician: str, at: datetime) -> Letter:
    """The patient is told that their exams were opened in an emergency."""
    return f"Your images at {settings.portal_name} were opened in an emergency", _signed(
        settings,
        "Hello,",
        f"on {dates.moment(at, settings.zone)} {clinician} opened your medical images through "
        "emergency access. Every such access is reviewed by the hospital.",
        "Under 'Who has looked' you see it in the portal:",
        f"{settings.public_url}/looks",
        "If you have questions about it, please contact us.",
    )


def glass_broken_review(
    settings: Settings, clinician: str, reason: str, at: datetime, event: int
) -> Letter:
    """The privacy team is told, without the patient's name."""
    return f"Break-glass event {event} to review", _signed(
        settings,
        f"{clinician} broke the glass and opened a patient on {dates.moment(at, settings.zone)}.",
        f"Reason given: {reason}",
        f"Please review event {event} in the portal:",
        f"{settings.public_url}/staff/break-glass",
    )


def carer_linked(settings: Settings, last_day: str) -> Letter:
    """Somebody may see and share a patient's exams for them."""
    return f"You look after a person's exams at {settings.portal_name}", _signed(
        settings,
        "Hello,",
        f"until {last_day} you can see and share the exams of a person you care for. You find "
        "them when you log in:",
        f"{settings.public_url}/login",
        "What you share ends when your own access does. If you do not know about this, please "
        "tell us.",
    )


def carer_told(settings: Settings, last_day: str) -> Letter:
    """The patient learns that somebody looks after their exams."""
    return f"Somebody looks after your exams at {settings.portal_name}", _signed(
        settings,
        "Hello,",
        f"until {last_day} a carer can see and share your exams for you. Who it is stands in the "
        "portal, where you can also ask us to end it:",
        f"{settings.public_url}/sharing",
    )


def carer_end_asked(settings: Settings, link: int) -> Letter:
    """Staff are asked to end a carer's access; nobody is named."""
    return f"A carer's access should end (request {link})", _signed(
        settings,
        f"Through {settings.portal_name} a patient or carer asks that a carer's access ends: "
        f"request {link}. 'account carers' on the portal's command line names them, 'account "
        "unlink' ends it.",
    )


def _signed(settings: Settings, *paragraphs: str) -> str:
    foot = (
        f"{settings.portal_name}\n"
        f"Help desk: {settings.support_email}, {settings.support_phone} ({settings.support_hours})"
    )
    return "\n\n".join([*paragraphs, "--\n" + foot]) + "\n"
