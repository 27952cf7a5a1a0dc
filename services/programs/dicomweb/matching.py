"""From values to match to conditions on the tables (DICOM PS3.4 C.2.2.2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, or_, select, true

from imaging.person_name import search_key
from services.errors import Invalid
from services.programs.dicomweb.attributes import Attribute
from storage.models import Instance, Patient, Series, Study

Condition = ColumnElement[bool]
_Matcher = Callable[[tuple[str, ...]], Condition]
_LAST = "\U0010ffff"


def condition(attribute: Attribute, values: tuple[str, ...]) -> Condition:
    """What must hold of a study, series or instance for the attribute to match; Invalid if none."""
    return _MATCHERS[attribute.keyword](values)


def _text(column: Any) -> _Matcher:
    def match(values: tuple[str, ...]) -> Condition:
        return or_(*(_like(column, value) for value in values))

    return match


def _like(column: Any, value: str) -> Condition:
    """Single value or wildcard matching (C.2.2.2.1, C.2.2.2.4)."""
    if not re.search(r"[*?]", value):
        equal: Condition = column == value
        return equal
    like: Condition = column.like(_pattern(value), escape="\\")
    return like


def _pattern(value: str) -> str:
    escaped = re.sub(r"([\\%_])", r"\\\1", value)
    return escaped.replace("*", "%").replace("?", "_")


def _uids(column: Any) -> _Matcher:
    def match(values: tuple[str, ...]) -> Condition:
        within: Condition = column.in_(values)
        return within

    return match


def _number(column: Any) -> _Matcher:
    def match(values: tuple[str, ...]) -> Condition:
        if not re.fullmatch(r"[+-]?[0-9]{1,9}", values[0]):
            raise Invalid("A number is digits.")
        equal: Condition = column == int(values[0])
        return equal

    return match


def _range(written: str) -> tuple[str, str]:
    """The ends of range matching, empty where open (C.2.2.2.5); a single value is both."""
    first, dash, last = written.partition("-")
    if dash and not (first or last):
        raise Invalid("A range has at least one end.")
    return (first.strip(), last.strip()) if dash else (written, written)


def _day(written: str) -> date:
    try:
        if not re.fullmatch(r"[0-9]{8}", written):
            raise ValueError
        return date(int(written[:4]), int(written[4:6]), int(written[6:]))
    except ValueError:
        raise Invalid("A date is eight digits, such as 20190104, or a range of two.") from None


def _study_date(values: tuple[str, ...]) -> Condition:
    first, last = _range(values[0])
    limits = []
    if first:
        limits.append(Study.performed_at >= datetime.combine(_day(first), time()))
    if last and (day := _day(last)) < date.max:
        limits.append(Study.performed_at < datetime.combine(day + timedelta(days=1), time()))
    return and_(Study.performed_at.is_not(None), *limits)


def _study_time(values: tuple[str, ...]) -> Condition:
    # the text of a moment, in SQLite as in PostgreSQL: 2019-01-04 15:51:00
    told = func.substr(cast(Study.performed_at, String), 12)
    first, last = _range(values[0])
    limits = []
    if first:
        limits.append(told >= _clock(first, "00:00:00"))
    if last:
        limits.append(told <= _clock(last, "23:59:59") + ".999999")
    return and_(Study.performed_at.is_not(None), *limits)


def _clock(written: str, rest: str) -> str:
    """A time as text, filled up from `rest` where it is not exact."""
    found = re.fullmatch(r"([01][0-9]|2[0-3])([0-5][0-9])?([0-5][0-9])?(\.[0-9]{1,6})?", written)
    if found is None:
        raise Invalid("A time is six digits, such as 155100, or a range of two.")
    told = ":".join(part for part in found.groups()[:3] if part)
    return told + rest[len(told) :]


def _birth_date(values: tuple[str, ...]) -> Condition:
    first, last = _range(values[0])
    limits = []
    if first:
        limits.append(Patient.birth_date >= _day(first))
    if last:
        limits.append(Patient.birth_date <= _day(last))
    return and_(Patient.birth_date.is_not(None), *limits)


def _patient_name(values: tuple[str, ...]) -> Condition:
    """Case, accents and punctuation do not matter; components as in PS3.5 6.2.1.

    A pattern without a caret is of the family name, and its last `*` also covers given names.
    """
    family, _, rest = values[0].partition("^")
    given = " ".join(rest.partition("=")[0].split("^")[:2])
    parts = [(Patient.family_key, family), (Patient.given_key, given)]
    return and_(true(), *(_key(column, part) for column, part in parts if part.strip("*")))


def _key(column: Any, pattern: str) -> Condition:
    words = re.split(r"([*?])", pattern)
    if len(words) == 1:
        equal: Condition = column == search_key(pattern)
        return equal
    like = "".join({"*": "%", "?": "_"}.get(word) or search_key(word) for word in words)
    if not like.strip("%"):
        return true()
    start = search_key(words[0])
    # the range lets an index find the beginning
    within = and_(column >= start, column < start + _LAST) if start else true()
    return and_(within, column.like(like))


def _referrer(values: tuple[str, ...]) -> Condition:
    """The name is kept as it is spoken: every component asked for must be in it."""
    told = func.lower(Study.referrer)
    parts = [part for part in values[0].lower().split("^") if part.strip("*")]
    return and_(true(), *(told.like(f"%{_pattern(part)}%", escape="\\") for part in parts))


def _modalities(values: tuple[str, ...]) -> Condition:
    within = select(Series.id).where(Series.study_id == Study.id, _text(Series.modality)(values))
    return exists(within)


_MATCHERS: dict[str, _Matcher] = {
    "StudyDate": _study_date,
    "StudyTime": _study_time,
    "AccessionNumber": _text(Study.accession_number),
    "ModalitiesInStudy": _modalities,
    "ReferringPhysicianName": _referrer,
    "PatientName": _patient_name,
    "PatientID": _text(Patient.patient_id),
    "IssuerOfPatientID": _text(Patient.issuer),
    "PatientBirthDate": _birth_date,
    "PatientSex": _text(Patient.sex),
    "StudyInstanceUID": _uids(Study.study_uid),
    "StudyID": _text(Study.dicom_study_id),
    "StudyDescription": _text(Study.description),
    "Modality": _text(Series.modality),
    "SeriesDescription": _text(Series.description),
    "SeriesInstanceUID": _uids(Series.series_uid),
    "SeriesNumber": _number(Series.number),
    "BodyPartExamined": _text(Series.body_part),
    "SOPClassUID": _uids(Instance.sop_class),
    "SOPInstanceUID": _uids(Instance.sop_uid),
    "InstanceNumber": _number(Instance.number),
}
