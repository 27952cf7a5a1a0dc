"""Dates as people read them: "04 January 2019 15:51", in the portal's time zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone, tzinfo
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


def days_left(until: datetime, now: datetime, zone: ZoneInfo) -> int:
    """Days by the portal's calendar from `now` to an instant: 0 on the last day.

    An end at midnight belongs to the day before. Days ahead are counted by the clock as it goes
    now, so that 14 times 24 hours are 14 days even where summer time begins or ends in between.
    """
    until -= timedelta(seconds=1)
    nights = _nights(until, now, zone)
    if nights < 2:
        return max(0, nights)
    clock = timezone(now.astimezone(zone).utcoffset() or timedelta())
    return max(2, _nights(until, now, clock))


def time_left(until: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`7 years left`, `29 days left`, `ends tomorrow, 09:00`, `ends today, 17:00`."""
    days = days_left(until, now, zone)
    if until - now >= timedelta(days=730):
        years = whole_months(now.astimezone(zone).date(), until.astimezone(zone).date()) // 12
        return ngettext("{count} year left", "{count} years left", years).format(count=years)
    if days > 1:
        return ngettext("{count} day left", "{count} days left", days).format(count=days)
    local = until.astimezone(zone)
    clock = "24:00" if (local.hour, local.minute) == (0, 0) else f"{local:%H:%M}"
    if days:
        return _("ends tomorrow, {time}").format(time=clock)
    return _("ends today, {time}").format(time=clock)


def _nights(until: datetime, now: datetime, zone: tzinfo) -> int:
    return (until.astimezone(zone).date() - now.astimezone(zone).date()).days


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
