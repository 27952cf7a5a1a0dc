"""The patient's other exams, as far as this account may see them, along a line of years."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from services import access as decision
from services import dates
from services.access import Access
from services.exam import plain_names, titles
from services.hiding.cleaning import cleaner
from services.language import _, ngettext
from services.portal import Portal
from services.release import reports_for
from storage.models import Report, Series, Study


@dataclass(frozen=True, slots=True)
class Prior:
    """An exam of the same patient that this account may see; the open one is `here`."""

    study_id: int
    access: Access
    label: str  # "CT 04 January 2019 15:51"
    description: str
    age: str  # "3 years earlier"; empty for the open exam
    modality: str
    body_part: str  # in words; empty: not told
    year: str  # empty: the exam tells no date
    reported: bool
    here: bool = False


@dataclass(frozen=True, slots=True)
class Year:
    """The exams of one year, newest first."""

    year: str
    exams: tuple[Prior, ...]


def history(portal: Portal, access: Access) -> tuple[Prior, ...]:
    """All the patient's exams that the account may see, newest first, the open one among them.

    Exams that name the patient and exams that do not stand in no history together: one would tell
    whose the other is.
    """
    access = decision.renewed(portal, access)
    seen = decision.visible(portal, access.account_id, patient_id=access.patient_id)
    found = [(study, its) for study, its in seen if its.hidden == access.hidden]
    with portal.reading() as db:
        current = db.get_one(Study, access.study_id)
        if all(study.id != current.id for study, _access in found):
            found.append((current, access))  # older than so many others that it was left out
        parts = _body_parts(db, [study.id for study, _access in found])
        reported = with_reports(db, [its for _study, its in found], portal.clock())
    made = []
    for study, its in found:
        clean = cleaner(portal, its)
        named = (plain_names.body_part(clean(part)) for part in parts[study.id])
        made.append(
            Prior(
                study.id,
                its,
                titles.what_and_when(study),
                clean(study.description),
                "" if study.id == current.id else how_long(current, study),
                study.modality or "OT",
                ", ".join(dict.fromkeys(filter(None, named))),
                str(study.performed_at.year) if study.performed_at else "",
                study.id in reported,
                study.id == current.id,
            )
        )
    return tuple(made)


def by_year(exams: Iterable[Prior]) -> tuple[Year, ...]:
    """A history as years, in the order it has."""
    return tuple(
        Year(year, tuple(those)) for year, those in groupby(exams, key=lambda exam: exam.year)
    )


def with_reports(db: Session, accesses: Iterable[Access], now: datetime) -> set[int]:
    """Which of these exams have a report that the holder of the accesses may read."""
    reported: set[int] = set()
    held = list(accesses)
    for early in (False, True):
        ids = [access.study_id for access in held if access.early is early]
        query = select(Report.study_id).where(
            Report.study_id.in_(ids), reports_for(now, early=early)
        )
        reported.update(db.execute(query.distinct()).scalars() if ids else ())
    return reported


def _body_parts(db: Session, study_ids: list[int]) -> dict[int, list[str]]:
    query = (
        select(Series.study_id, Series.body_part)
        .where(Series.study_id.in_(study_ids), Series.body_part != "")
        .order_by(Series.number.nulls_last(), Series.id)
    )
    parts: dict[int, list[str]] = defaultdict(list)
    for study_id, part in db.execute(query):
        parts[study_id].append(part)
    return parts


def how_long(current: Study, other: Study) -> str:
    """How long before or after the open exam: "3 years earlier"; empty where a date is missing."""
    if current.performed_at is None or other.performed_at is None:
        return ""
    first, last = sorted((current.performed_at.date(), other.performed_at.date()))
    days, months = (last - first).days, dates.whole_months(first, last)
    if years := months // 12:
        span = ngettext("{count} year", "{count} years", years).format(count=years)
    elif months:
        span = ngettext("{count} month", "{count} months", months).format(count=months)
    elif days:
        span = ngettext("{count} day", "{count} days", days).format(count=days)
    else:
        return _("the same day")
    ago = other.performed_at < current.performed_at
    return (_("{span} earlier") if ago else _("{span} later")).format(span=span)
