"""Dates as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services import dates


def test_a_day_is_written_out_with_two_digits_and_its_month() -> None:
    assert dates.day(date(2019, 1, 4)) == "04 January 2019"


def test_a_moment_is_told_in_the_portals_time_zone() -> None:
    noon = datetime(2020, 8, 6, 4, 0, tzinfo=UTC)
    assert dates.moment(noon, ZoneInfo("Australia/Sydney")) == "06 August 2020 14:00"


def test_a_moment_falls_on_the_day_it_has_in_the_time_zone() -> None:
    late = datetime(2020, 12, 31, 20, 30, tzinfo=UTC)
    assert dates.moment(late, ZoneInfo("Australia/Sydney")) == "01 January 2021 07:30"


def test_an_exams_own_time_is_shown_as_the_modality_wrote_it() -> None:
    assert dates.local_time(datetime(2019, 1, 4, 15, 51)) == "04 January 2019 15:51"  # noqa: DTZ001


def test_an_exam_without_a_time_shows_none() -> None:
    assert dates.local_time(None) == ""


@pytest.mark.parametrize(
    ("on", "years"),
    [
        (date(2026, 3, 13), 67),
        (date(2026, 3, 14), 68),
        (date(2026, 12, 31), 68),
        (date(1958, 3, 14), 0),
    ],
)
def test_age_grows_on_the_birthday(on: date, years: int) -> None:
    assert dates.age(date(1958, 3, 14), on) == years


def test_somebody_born_on_a_leap_day_grows_older_on_the_first_of_march() -> None:
    born = date(2004, 2, 29)
    assert dates.age(born, date(2026, 2, 28)) == 21
    assert dates.age(born, date(2026, 3, 1)) == 22


SYDNEY = ZoneInfo("Australia/Sydney")


def at(text: str, zone: ZoneInfo = SYDNEY) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "until", "told"),
    [
        ("2026-11-02T20:00", "2034-04-16T00:00", "7 years left"),
        ("2026-11-02T20:00", "2026-12-02T20:00", "30 days left"),
        ("2026-11-02T23:59", "2026-12-02T20:00", "30 days left"),
        ("2026-11-03T00:01", "2026-12-02T20:00", "29 days left"),
        ("2026-11-30T21:00", "2026-12-02T20:00", "2 days left"),
        ("2026-12-01T00:00", "2026-12-02T09:05", "ends tomorrow, 09:05"),
        ("2026-12-01T23:00", "2026-12-02T00:30", "ends tomorrow, 00:30"),
        ("2026-12-02T00:00", "2026-12-02T17:00", "ends today, 17:00"),
        ("2026-12-02T16:59", "2026-12-02T17:00", "ends today, 17:00"),
        ("2026-12-01T08:00", "2026-12-03T00:00", "ends tomorrow, 24:00"),  # its last day is the 2nd
        ("2026-12-02T08:00", "2026-12-03T00:00", "ends today, 24:00"),
    ],
)
def test_what_is_left_is_told_by_the_calendar(now: str, until: str, told: str) -> None:
    assert dates.time_left(at(until), at(now), SYDNEY) == told


@pytest.mark.parametrize("zone", ["Australia/Sydney", "Europe/Rome", "UTC", "America/St_Johns"])
@pytest.mark.parametrize("chosen", [3, 7, 14, 30, 90, 365])
def test_right_after_the_choice_all_the_days_are_left(zone: str, chosen: int) -> None:
    where = ZoneInfo(zone)
    for day in range(0, 365, 5):  # summer time begins and ends within
        for clock in ("00:10", "02:30", "12:00", "23:50"):
            now = at(f"2026-01-01T{clock}", where) + timedelta(days=day)
            assert dates.days_left(now + timedelta(days=chosen), now, where) == chosen


def test_the_last_days_are_those_of_the_clock_on_the_wall() -> None:
    """In Sydney clocks go an hour back on 4 April 2027: a share of three times 24 hours made at
    00:30 ends at 23:30 of the day before.
    """
    now = at("2027-04-02T00:30")
    until = now + timedelta(days=3)
    assert dates.moment(until, SYDNEY) == "04 April 2027 23:30"
    assert dates.time_left(until, now, SYDNEY) == "3 days left"
    assert dates.time_left(until, at("2027-04-03T23:00"), SYDNEY) == "ends tomorrow, 23:30"
    assert dates.time_left(until, at("2027-04-04T00:10"), SYDNEY) == "ends today, 23:30"
