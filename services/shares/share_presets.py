"""Usual shares, to be chosen with one press and changed at will."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.language import _, ngettext
from services.shares.sharing import Offer, Options


@dataclass(frozen=True, slots=True)
class Preset:
    """A name and what it chooses."""

    name: Callable[[], str]
    options: Options


PRESETS = (
    Preset(lambda: _("My GP, 30 days"), Options(30)),
    Preset(lambda: _("Specialist, 90 days"), Options(90, may_share=True)),
    Preset(lambda: _("Second opinion, 14 days, details hidden"), Options(14, hide_details=True)),
    Preset(lambda: _("Family, 7 days, to look only"), Options(7, may_download=False)),
    Preset(
        lambda: _("My care team, 365 days, all exams"),
        Options(365, portfolio=True, may_share=True),
    ),
)


def meaning(chosen: Options, preset: Options) -> str:
    """What is chosen, in sentences; that it is less than the preset says, where it is."""
    told = [
        _("Every exam there is and those that arrive in that time.")
        if chosen.portfolio
        else _("This exam only."),
        _("With download and print.") if chosen.may_download else _("Without download and print."),
    ]
    if chosen.hide_details:
        told.append(_("Without the patient's name, date of birth and numbers."))
    if chosen.may_share:
        told.append(_("They may share on."))
    if chosen != preset:
        days = ngettext("{count} day", "{count} days", chosen.days).format(count=chosen.days)
        told.append(_("No more can be given than you have: {days}.").format(days=days))
    return " ".join(told)


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
