"""Dates as people read them: "04 January 2019 15:51", in the portal's time zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.language import N_, _, ngettext

_MONTHS = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)


def day(value: date) -> str:
    """`04 January 2019`."""
    return _("{day:02d} {month} {year}").format(
        day=value.day, month=_(_MONTHS[value.month - 1]), year=value.year
    )


def moment(value: datetime, zone: ZoneInfo) -> str:
    """An instant as `06 August 2020 14:00` in the portal's time zone."""
    local = value.astimezone(zone)
    return f"{day(local)} {local:%H:%M}"


def last_day(until: datetime, zone: ZoneInfo) -> str:
    """The last whole or part of a day before an instant, `12 November 2026`."""
    return day((until - timedelta(seconds=1)).astimezone(zone))


def local_time(value: datetime | None) -> str:
    """An exam's own local time as `04 January 2019 15:51`; empty when the exam tells none."""
    return f"{day(value)} {value:%H:%M}" if value else ""


def time_left(until: datetime, now: datetime) -> str:
    """`7 years left`, `29 days left`, `5 hours left`, `12 minutes left`; rounded down."""
    left = until - now
    if left >= timedelta(days=730):
        years = left // timedelta(days=365.25)
        return ngettext("{count} year left", "{count} years left", years).format(count=years)
    if left >= timedelta(days=2):
        return ngettext("{count} day left", "{count} days left", left.days).format(count=left.days)
    if left >= timedelta(hours=2):
        hours = left // timedelta(hours=1)
        return ngettext("{count} hour left", "{count} hours left", hours).format(count=hours)
    minutes = max(0, left // timedelta(minutes=1))
    return ngettext("{count} minute left", "{count} minutes left", minutes).format(count=minutes)


def age(born: date, on: date) -> int:
    """Whole years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def whole_months(first: date, last: date) -> int:
    """Whole months from one day to a later one."""
    months = 12 * (last.year - first.year) + last.month - first.month
    return months - (last.day < first.day)


def dicom_day(digits: str) -> date | None:
    """The day of a DICOM date (DA, `20190104`, PS3.5 6.2); None where it is none."""
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
