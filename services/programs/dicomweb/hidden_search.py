"""Searching among exams whose patient details are hidden: what is matched is what is told.

No table knows pseudonyms and cleaned words, and a search by what is hidden must find nothing, so
these exams are described as they are told and compared with the question one by one. A person holds
few such exams.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from sqlalchemy import select

from services.access import Access
from services.hiding.disguise import Disguise, cleanable, disguise
from services.portal import Portal
from services.programs.callers import Caller
from services.programs.dicomweb.attributes import Attribute, Level
from services.programs.dicomweb.question import Question
from services.programs.dicomweb.telling import (
    Values,
    hidden_study_values,
    instance_values,
    series_values,
    study_address,
)
from services.programs.program_access import offered_hidden
from storage.models import Instance, Series, Study

Rows = list[tuple[Series, list[Instance]]]


def hidden_results(portal: Portal, caller: Caller, question: Question) -> Iterator[Values]:
    """What matches among the caller's exams with hidden details, newest first.

    `question` is one that `services.programs.dicomweb.matching` understands.
    """
    for study, access in offered_hidden(portal, caller):
        worn = disguise(portal, access)
        if worn is None or question.study_uid not in ("", worn.uid(study.study_uid)):
            continue
        rows = _rows(portal, access)
        if rows:
            yield from _study(portal, question, study, worn, rows)


def _rows(portal: Portal, access: Access) -> Rows:
    """The series of the exam with those of their objects that can be shown to hide who it is."""
    query = (
        select(Series, Instance)
        .join(Instance)
        .where(Series.study_id == access.study_id)
        .order_by(Series.number.nulls_last(), Series.id)
        .order_by(Instance.number.nulls_last(), Instance.id)
    )
    with portal.reading() as db:
        found = db.execute(query).all()
    series_of = {instance.id: series for series, instance in found}
    grouped: dict[int, tuple[Series, list[Instance]]] = {}
    for instance in cleanable(portal, [instance for _, instance in found]):
        series = series_of[instance.id]
        grouped.setdefault(series.id, (series, []))[1].append(instance)
    return list(grouped.values())


def _study(
    portal: Portal, question: Question, study: Study, worn: Disguise, rows: Rows
) -> Iterator[Values]:
    modalities: dict[str, int] = {}
    for series, _ in rows:
        modalities[series.modality] = modalities.get(series.modality, 0) + 1
    told = hidden_study_values(study, worn, modalities, sum(len(held) for _, held in rows))
    if not _fits(question, told, Level.STUDY):
        return
    address = study_address(portal, worn.uid(study.study_uid))
    if question.level is Level.STUDY:
        yield told | {(Level.STUDY, "RetrieveURL"): (address,)}
        return
    for series, held in rows:
        uid = worn.uid(series.series_uid)
        within = told | series_values(series, len(held), worn)
        if question.series_uid in ("", uid) and _fits(question, within, Level.SERIES):
            yield from _series(question, within, held, worn, f"{address}/series/{uid}")


def _series(
    question: Question, told: Values, held: list[Instance], worn: Disguise, address: str
) -> Iterator[Values]:
    if question.level is Level.SERIES:
        yield told | {(Level.SERIES, "RetrieveURL"): (address,)}
        return
    for instance in held:
        within = told | instance_values(instance, worn)
        if _fits(question, within, Level.INSTANCE):
            place = f"{address}/instances/{worn.uid(instance.sop_uid)}"
            yield within | {(Level.INSTANCE, "RetrieveURL"): (place,)}


def _fits(question: Question, told: Values, level: Level) -> bool:
    return all(
        _matches(attribute, values, told[attribute.level, attribute.keyword])
        for attribute, values in question.matches
        if attribute.level is level
    )


def _matches(attribute: Attribute, wanted: tuple[str, ...], told: tuple[Any, ...]) -> bool:
    """As `services.programs.dicomweb.matching` compares with the tables (DICOM PS3.4 C.2.2.2)."""
    compare = _COMPARED.get(attribute.vr, _wildcard)
    return any(
        compare(value, str(one)) for value in wanted for one in told if one not in ("", None)
    )


def _range(wanted: str, told: str, last: str) -> bool:
    """Whether a value lies in a range; `last` fills up a time that is not exact."""
    first, dash, end = wanted.partition("-")
    end = end.strip() if dash else wanted
    whole = end.partition(".")[0]
    return (not first.strip() or told >= first.strip().partition(".")[0]) and (
        not end or told <= whole + last[len(whole) :]
    )


def _wildcard(wanted: str, told: str) -> bool:
    return fnmatchcase(told, wanted.replace("[", "[[]"))


def _name(wanted: str, told: str) -> bool:
    """The one name they all have; what is asked for beyond the family name is not there."""
    family, _, rest = wanted.partition("^")
    return not rest.strip("*^") and _wildcard(family.upper() or "*", told)


_COMPARED: dict[str, Callable[[str, str], bool]] = {
    "DA": lambda wanted, told: _range(wanted, told, ""),
    "TM": lambda wanted, told: _range(wanted, told, "235959"),
    "PN": _name,
    "UI": str.__eq__,
    "IS": lambda wanted, told: int(wanted) == int(told),
}
