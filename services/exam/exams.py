"""An exam as its viewer may know it: its series in scrolling order, reports and priors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from imaging import geometry
from imaging.planes import Plane
from imaging.reformat import Slab
from services import access as decision
from services import dates
from services.access import Access, Why
from services.audit import Action
from services.exam import exam_heading, priors, reports, titles
from services.exam.exam_heading import Heading
from services.exam.priors import Prior
from services.exam.reports import ReportEntry
from services.hiding.cleaning import cleaner
from services.language import _, ngettext
from services.portal import Portal
from storage.models import Account, Instance, Series, Study


@dataclass(frozen=True, slots=True)
class Slice:
    """One picture of a stack: a frame of a stored image."""

    instance_id: int
    frame: int


@dataclass(frozen=True, slots=True)
class SeriesEntry:
    """A series that has pictures, in the order a person scrolls through them."""

    series_id: int
    number: str
    modality: str
    description: str
    slices: tuple[Slice, ...]
    cut: Cut | None = None  # planes through another series' volume, not images as they were taken


@dataclass(frozen=True, slots=True)
class Cut:
    """A plane through the volume of a series; `slab` says how thick its pictures are."""

    series: SeriesEntry
    plane: Plane
    slab: Slab


@dataclass(frozen=True, slots=True)
class Exam:
    """An opened exam, as far as its viewer may know it."""

    access: Access
    heading: Heading
    title: str
    page_title: str
    patient_line: str
    description: str
    series: tuple[SeriesEntry, ...]
    reports: tuple[ReportEntry, ...]
    history: tuple[Prior, ...]  # the patient's exams, newest first, this one among them
    others: int  # objects with nothing to look at

    @property
    def priors(self) -> tuple[Prior, ...]:
        """The patient's other exams, earlier and later ones."""
        return tuple(prior for prior in self.history if not prior.here)


def newest(portal: Portal, account_id: int) -> Access | None:
    """The access to the exam that a person begins with; None when there is nothing to see.

    The most recent one; a patient's own comes before those of people they care for.
    """
    with portal.reading() as db:
        account = db.get(Account, account_id)
        held = decision.bases(db, account_id, portal.clock())
    if account is not None and account.kind == "patient":
        own = [basis.patient_id for basis in held if basis.why is Why.OWN]
        mine = decision.visible(portal, account_id, where=Study.patient_id.in_(own), limit=1)
        if mine:
            return mine[0][1]
    found = decision.visible(portal, account_id, limit=1)
    return found[0][1] if found else None


def newest_of(portal: Portal, account_id: int, patient_id: int) -> Access | None:
    """The access to a patient's most recent exam; None when there is none to see."""
    found = decision.visible(portal, account_id, patient_id=patient_id, limit=1)
    return found[0][1] if found else None


def open_exam(portal: Portal, access: Access) -> Exam:
    """The exam with its series, reports and priors; the look is recorded."""
    access = decision.renewed(portal, access)
    with portal.transaction() as tx:
        tx.record(
            Action.EXAM_VIEWED,
            account_id=access.account_id,
            patient_id=access.patient_id,
            study_id=access.study_id,
            why=str(access.why),
            hidden=access.hidden,
        )
    return described(portal, access)


def described(portal: Portal, access: Access) -> Exam:
    """The exam as `open_exam` returns it, for who has recorded another way to it."""
    access = decision.renewed(portal, access)
    with portal.reading() as db:
        study = db.get_one(Study, access.study_id)
        rows = db.execute(
            select(Series, Instance)
            .join(Instance)
            .where(Series.study_id == study.id)
            .order_by(Series.number.nulls_last(), Series.id, Instance.number, Instance.id)
        ).all()
        clean = cleaner(portal, access)
    grouped: dict[int, tuple[Series, list[Instance]]] = {}
    for series, instance in rows:
        if instance.content == "image":
            grouped.setdefault(series.id, (series, []))[1].append(instance)
    entries = tuple(
        SeriesEntry(
            series.id,
            "" if series.number is None else str(series.number),
            series.modality,
            clean(series.description) or series.modality,
            _slices(instances),
        )
        for series, instances in grouped.values()
    )
    title = titles.hidden_title(study) if access.hidden else titles.exam_title(study)
    return Exam(
        access=access,
        heading=exam_heading.heading(portal, access),
        title=title,
        page_title=titles.what_and_when(study),
        patient_line=_patient_line(study, access),
        description=clean(study.description),
        series=entries,
        reports=tuple(reports.listed(portal, access)),
        history=priors.history(portal, access),
        others=sum(1 for _, i in rows if i.content == "other"),
    )


def in_order(instances: list[Instance]) -> list[int]:
    """Places in the list, along the slice normal where every image tells its own, else as
    numbered.
    """
    return list(
        geometry.spatial_order(
            [
                geometry.SlicePlace(i.number, _vector(i.position), _vector(i.orientation))
                for i in instances
            ]
        )
    )


def _slices(instances: list[Instance]) -> tuple[Slice, ...]:
    return tuple(
        Slice(instances[n].id, frame)
        for n in in_order(instances)
        for frame in range(instances[n].frames)
    )


def _vector(value: Any) -> tuple[float, ...] | None:
    return None if value is None else tuple(value)


def _patient_line(study: Study, access: Access) -> str:
    patient = study.patient
    if access.hidden:
        born, at = patient.birth_date, study.performed_at
        if not born or not at:
            return ""
        years = dates.age(born, at.date())
        return ngettext("{years} year at the exam", "{years} years at the exam", years).format(
            years=years
        )
    parts = []
    if patient.birth_date:
        parts.append(_("born {day}").format(day=dates.day(patient.birth_date)))
    parts.append(_("ID {patient_id}").format(patient_id=patient.patient_id))
    return ", ".join(parts)
