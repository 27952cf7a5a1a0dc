"""Letters about carers: plain and short; they name neither patient nor carer."""

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
