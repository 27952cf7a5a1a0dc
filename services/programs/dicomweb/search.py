"""Searching studies, series and instances (QIDO-RS, DICOM PS3.18 10.6).

The access decision is part of the query: what the caller may not see is never looked at. Exams
whose patient details are hidden from the caller come last, as `hidden_search` tells them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, contains_eager

from services.audit import Action
from services.bases import reads_everything
from services.portal import Portal
from services.programs.callers import Caller
from services.programs.dicomweb.attributes import Level
from services.programs.dicomweb.hidden_search import hidden_results
from services.programs.dicomweb.matching import condition
from services.programs.dicomweb.question import Question
from services.programs.dicomweb.telling import (
    DicomJson,
    as_json,
    instance_values,
    series_values,
    study_address,
    study_values,
)
from services.programs.program_access import offered
from services.release import objects_for, released_series
from services.trail.look_log import door
from storage.models import Instance, Patient, Series, Study


@dataclass(frozen=True, slots=True)
class Found:
    """The results as DICOM JSON objects, and whether there are more than were asked for."""

    results: list[DicomJson]
    more: bool


def search(portal: Portal, caller: Caller, question: Question) -> Found:
    """What matches, as far as this caller may see it; a search by staff is recorded."""
    with portal.reading() as db:
        released = objects_for(portal.clock(), early=reads_everything(caller.kind, caller.role))
        query = _query(question, released).where(offered(portal, db, caller))
        for attribute, values in question.matches:
            query = query.where(condition(attribute, values))
        rows = db.execute(query.limit(question.limit + 1).offset(question.offset)).unique().all()
        results = _Results(portal, db, question, released).of(rows[: question.limit])
        named = len(rows) or _count(db, query)  # to know where those in disguise begin
    more = len(rows) > question.limit
    if not more:
        first = 0 if rows else max(question.offset - named, 0)
        hidden = hidden_results(portal, caller, question)
        room = question.limit - len(rows)
        found = list(islice(hidden, first, first + room + 1))
        more = len(found) > room
        results += [as_json(question, values) for values in found[:room]]
    if caller.kind == "staff":
        with portal.transaction() as tx:
            tx.record(
                Action.EXAMS_SEARCHED,
                account_id=caller.account_id,
                level=question.level.name.lower(),
                matched=sorted(attribute.keyword for attribute, _ in question.matches),
                results=len(results),
                **door(caller),
            )
    return Found(results, more)


def _count(db: Session, query: Any) -> int:
    return int(db.execute(select(func.count()).select_from(query.subquery())).scalar_one())


def _query(question: Question, released: ColumnElement[bool]) -> Any:
    query: Any
    eager = contains_eager(Study.patient)
    match question.level:
        case Level.STUDY:
            query = select(Study).join(Patient).options(eager)
            query = query.order_by(Study.performed_at.desc().nulls_last(), Study.id.desc())
        case Level.SERIES:
            query = select(Study, Series).join(Patient).join(Series).options(eager)
            if question.study_uid:
                query = query.order_by(Series.number.nulls_last())
            query = query.where(released_series(released)).order_by(Series.id)
        case Level.INSTANCE:
            query = select(Study, Series, Instance).join(Patient).join(Series).join(Instance)
            query = query.options(eager).where(released)
            if question.study_uid:
                query = query.order_by(
                    Series.number.nulls_last(), Series.id, Instance.number.nulls_last()
                )
            query = query.order_by(Instance.id)
    if question.study_uid:
        query = query.where(Study.study_uid == question.study_uid)
    if question.series_uid:
        query = query.where(Series.series_uid == question.series_uid)
    return query


class _Results:
    """Rows as DICOM JSON, with the counts of the studies and series among them."""

    def __init__(
        self, portal: Portal, db: Session, question: Question, released: ColumnElement[bool]
    ) -> None:
        self._portal = portal
        self._db = db
        self._question = question
        self._released = released  # objects that the caller may know of

    def of(self, rows: Sequence[Any]) -> list[DicomJson]:
        level = self._question.level
        modalities, counts = self._counted_studies({row[0].id for row in rows})
        sizes = self._counted_series({row[1].id for row in rows} if level > Level.STUDY else set())
        results = []
        for row in rows:
            study = row[0].id
            values = study_values(row[0], modalities.get(study, {}), counts.get(study, 0))
            address = study_address(self._portal, row[0].study_uid)
            if level > Level.STUDY:
                values |= series_values(row[1], sizes.get(row[1].id, 0))
                address += f"/series/{row[1].series_uid}"
            if level is Level.INSTANCE:
                values |= instance_values(row[2])
                address += f"/instances/{row[2].sop_uid}"
            values[level, "RetrieveURL"] = (address,)
            results.append(as_json(self._question, values))
        return results

    def _counted_studies(
        self, studies: set[int]
    ) -> tuple[dict[int, dict[str, int]], dict[int, int]]:
        """Series by modality, and instances, of each study."""
        query = (
            select(Series.study_id, Series.modality, func.count())
            .where(Series.study_id.in_(studies), released_series(self._released))
            .group_by(Series.study_id, Series.modality)
        )
        modalities: dict[int, dict[str, int]] = {}
        for study, modality, number in self._db.execute(query):
            modalities.setdefault(study, {})[modality] = number
        instances = (
            select(Series.study_id, func.count(Instance.id))
            .join(Instance)
            .where(Series.study_id.in_(studies), self._released)
            .group_by(Series.study_id)
        )
        return modalities, {study: count for study, count in self._db.execute(instances)}  # noqa: C416

    def _counted_series(self, series: set[int]) -> dict[int, int]:
        query = (
            select(Instance.series_id, func.count(Instance.id))
            .where(Instance.series_id.in_(series), self._released)
            .group_by(Instance.series_id)
        )
        return {number: count for number, count in self._db.execute(query)}  # noqa: C416
