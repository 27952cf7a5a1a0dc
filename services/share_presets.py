"""Usual shares, to be chosen with one press and changed at will."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.language import _
from services.sharing import Offer, Options


@dataclass(frozen=True, slots=True)
class Preset:
    """A name, what it chooses, and what that means."""

    name: Callable[[], str]
    meaning: Callable[[], str]
    options: Options


PRESETS = (
    Preset(
        lambda: _("My GP, 30 days"),
        lambda: _("This exam, with download and print."),
        Options(30),
    ),
    Preset(
        lambda: _("Specialist, 90 days"),
        lambda: _("This exam, with download and print. They may share it with colleagues."),
        Options(90, may_share=True),
    ),
    Preset(
        lambda: _("Second opinion, 14 days, details hidden"),
        lambda: _("This exam without the patient's name, date of birth and numbers."),
        Options(14, hide_details=True),
    ),
    Preset(
        lambda: _("Family, 7 days, to look only"),
        lambda: _("This exam, without download and print."),
        Options(7, may_download=False),
    ),
    Preset(
        lambda: _("My care team, 365 days, all exams"),
        lambda: _("Every exam there is and those that arrive in that time. They may share on."),
        Options(365, portfolio=True, may_share=True),
    ),
)


def within(options: Options, offer: Offer, now: datetime, limit: int) -> Options:
    """The options as far as the sharer holds them: never longer, wider or with more rights."""
    days = min(options.days, limit)
    if offer.latest is not None:
        days = max(1, min(days, -(-(offer.latest - now) // timedelta(days=1))))
    return replace(
        options,
        days=days,
        portfolio=options.portfolio and offer.portfolio,
        may_share=options.may_share and offer.may_share,
        may_download=options.may_download and offer.may_download,
        hide_details=options.hide_details or offer.must_hide,
    )
