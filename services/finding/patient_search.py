"""Finding patient records by what staff type: the beginning of names, a whole id, a birth date."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from imaging.person_name import search_key
from storage.models import Patient

MOST = 250  # records that one search looks at; whoever has more hits types more
_LAST = "\U0010ffff"
DAYS = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d")


def matching(words: str, most: int = MOST) -> Select[int]:
    """The ids of records for which every word is the beginning of a last or first name, the whole
    patient id (`ID` or `ISSUER|ID`) or the date of birth; at most so many.
    """
    query = select(Patient.id)
    for word in words.replace(",", " ").split():
        query = query.where(_fits(word))
    return query.limit(most)


def begins(column: InstrumentedAttribute[str], key: str) -> ColumnElement[bool]:
    """That a column begins with a key, as a range: what an index finds in every database."""
    return and_(column >= key, column < key + _LAST)


def _fits(word: str) -> ColumnElement[bool]:
    if (day := _day(word)) is not None:
        return Patient.birth_date == day
    issuer, _bar, number = word.rpartition("|")
    same = Patient.patient_id == number
    if issuer:
        return and_(same, Patient.issuer == issuer)
    if not (key := search_key(word)):
        return same
    return or_(same, begins(Patient.family_key, key), begins(Patient.given_key, key))


def _day(word: str) -> date | None:
    for form in DAYS:
        try:
            return datetime.strptime(word, form).date()  # noqa: DTZ007, a day has no zone
        except ValueError:
            continue
    return None
