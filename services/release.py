"""When patients, and those they share with, may see an exam or a report: once it is released.

It is released when its delay is over (`MYIMAGING_RELEASE_DELAY_HOURS` from its arrival, or the
moment that staff chose for it) unless staff withhold it. Staff and broken glass do not wait.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, not_, or_, true

from services.settings import Settings
from storage.models import Instance, Report, Series, Study


def opening(settings: Settings, arrived: datetime) -> datetime | None:
    """When what arrives now opens by itself; None: at once."""
    hours = settings.release_delay_hours
    return arrived + timedelta(hours=hours) if hours else None


def is_released(row: Study | Report, now: datetime) -> bool:
    """Whether patients may see it."""
    return not row.withheld and (row.opens_at is None or row.opens_at <= now)


def study_released(now: datetime) -> ColumnElement[bool]:
    """`is_released` as a condition on `Study`."""
    return and_(Study.withheld.is_(False), or_(Study.opens_at.is_(None), Study.opens_at <= now))


def report_released(now: datetime) -> ColumnElement[bool]:
    """`is_released` as a condition on `Report`."""
    return and_(Report.withheld.is_(False), or_(Report.opens_at.is_(None), Report.opens_at <= now))


def reports_for(now: datetime, *, early: bool) -> ColumnElement[bool]:
    """The condition on `Report` for who sees reports early, or not."""
    return true() if early else report_released(now)


def objects_for(now: datetime, *, early: bool) -> ColumnElement[bool]:
    """The condition on `Instance`: no object of a report that is not released, for who may not
    see it early.
    """
    if early:
        return true()
    kept = exists().where(Report.instance_id == Instance.id, not_(report_released(now)))
    return not_(kept.correlate(Instance))


def released_series(released: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition on `Series` that some of its objects are released, as `objects_for` says."""
    return exists().where(Instance.series_id == Series.id, released).correlate_except(Instance)
