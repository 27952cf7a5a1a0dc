"""The "Exam information": an image's attributes that a person may see, in groups, by plain names.

Where the patient's details are hidden it is read from a de-identified copy, made as for a
download (`imaging.deidentify`); the groups that name people and places are not there at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from imaging.person_name import search_key
from imaging.readable_attributes import ReadableAttribute, readable_attributes
from imaging.structure import read_data_set
from services import access as decision
from services import dates
from services.access import Access
from services.errors import Invalid, NotFound
from services.exam import attribute_names
from services.exam.attribute_names import Group
from services.exam.exams import SeriesEntry
from services.hiding.disguise import disguise
from services.language import N_, _
from services.portal import Portal
from storage.models import Instance, Series

UNREADABLE = N_("The file of this image cannot be read, so there is nothing to tell about it.")


@dataclass(frozen=True, slots=True)
class Fact:
    """One attribute: its plain name, its value with a unit, and what the standard calls it."""

    name: str
    value: str
    term: str  # "Tube voltage" is the plain name, "KVP (0018,0060)" the term


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts that belong together."""

    title: str
    facts: tuple[Fact, ...]


def information(
    portal: Portal, access: Access, series: SeriesEntry, slice: int
) -> tuple[FactGroup, ...]:
    """What an image of the access's exam tells about itself, in the order people ask for it.

    Of a plane cut out of a volume, the first image of that volume tells. Raises NotFound when the
    image is not the exam's, Invalid when its file cannot be read.
    """
    access = decision.renewed(portal, access)
    taken, place = (series.cut.series, 0) if series.cut else (series, slice)
    with portal.reading() as db:
        instance = db.get(Instance, taken.slices[place].instance_id)
        if instance is None or db.get_one(Series, instance.series_id).study_id != access.study_id:
            raise NotFound(_(decision.NOT_FOUND))
    try:
        with portal.objects.open(instance.object_sha256) as file:
            dataset = read_data_set(file)
            if (worn := disguise(portal, access)) is not None:
                dataset = worn.copy(dataset, masked=False)
            attributes = readable_attributes(dataset, named=not access.hidden)
    except Exception as error:  # a parser meets bytes from outside: any failure is theirs
        raise Invalid(_(UNREADABLE)) from error
    if not attributes:
        raise Invalid(_(UNREADABLE))
    return _grouped(attributes)


def search(groups: tuple[FactGroup, ...], words: str) -> tuple[FactGroup, ...]:
    """The facts that have every one of the words in their name, term or value."""
    keys = [key for key in map(search_key, words.split()) if key]

    def has_all(fact: Fact) -> bool:
        told = search_key(f"{fact.name} {fact.term} {fact.value}")
        return all(key in told for key in keys)

    found = (FactGroup(g.title, tuple(fact for fact in g.facts if has_all(fact))) for g in groups)
    return tuple(group for group in found if group.facts)


def _grouped(attributes: tuple[ReadableAttribute, ...]) -> tuple[FactGroup, ...]:
    names = attribute_names.names()
    order = {keyword: place for place, keyword in enumerate(names)}
    placed: dict[Group, list[tuple[int, Fact]]] = {group: [] for group in Group}
    for attribute in attributes:
        known = names.get(attribute.keyword)
        group = known.group if known else _group_of(attribute)
        fact = Fact(
            known.name if known else attribute.term,
            _value(attribute, known.unit if known else ""),
            f"{attribute.term} {attribute.tag}",
        )
        placed[group].append((order.get(attribute.keyword, len(order)), fact))
    return tuple(
        FactGroup(
            attribute_names.title(group),
            tuple(fact for _, fact in sorted(facts, key=lambda one: one[0])),
        )
        for group, facts in placed.items()
        if facts
    )


def _group_of(attribute: ReadableAttribute) -> Group:
    if attribute.vr == "UI":
        return Group.IDENTIFIERS
    return Group.MAKING if attribute.tag.startswith("(0018") else Group.MORE


def _value(attribute: ReadableAttribute, unit: str) -> str:
    told = attribute.value
    match attribute.vr:
        case "DA":
            told = _day(told)
        case "TM":
            told = _time(told)
        case "DT":
            told = f"{_day(told[:8])} {_time(told[8:])}".strip()
        case "AS":
            told = attribute_names.age(told)
        case "CS":
            told = attribute_names.code(attribute.keyword, told)
    return f"{told} {unit}" if unit else told


def _day(digits: str) -> str:
    day = dates.dicom_day(digits)
    return dates.day(day) if day else digits


def _time(digits: str) -> str:
    whole = digits.replace(":", "").partition(".")[0]
    parts = [whole[place : place + 2] for place in range(0, min(len(whole), 6), 2)]
    return ":".join(parts)
