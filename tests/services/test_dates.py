"""Dates as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime
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
