"""Rows of the desk found by the beginnings of words, among millions at a bounded cost."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from services.finding.patient_search import begins
from storage.models import AccountWord, ApplicationWord, QuarantineWord
from storage.models.search import typed

MOST = 250  # rows that one search looks at; whoever has more hits types more
MOST_WORDS = 6
COUNTED = 2_000  # hits of one word, to begin with the rarest

Words = type[AccountWord] | type[ApplicationWord] | type[QuarantineWord]


def accounts(db: Session, text: str, most: int = MOST) -> list[int]:
    """Accounts with every word of the text in their name or address, by its beginning."""
    return _found(db, AccountWord, text, most)


def applications(db: Session, text: str, most: int = MOST) -> list[int]:
    """Applications with every word in the name, practice, provider number or address."""
    return _found(db, ApplicationWord, text, most)


def quarantined(db: Session, text: str, most: int = MOST) -> list[int]:
    """What is or was in quarantine under a name with every word."""
    return _found(db, QuarantineWord, text, most)


def _found(db: Session, kind: Words, text: str, most: int) -> list[int]:
    wanted = [keys for keys in map(typed, text.split()) if keys][:MOST_WORDS]
    if not wanted:
        return []
    if len(wanted) > 1:
        wanted.sort(key=lambda keys: _count(db, kind, keys))
    query = select(kind.row_id).where(_any(kind, wanted[0]))
    for keys in wanted[1:]:
        other = aliased(kind)
        query = query.where(exists().where(other.row_id == kind.row_id, _any(other, keys)))
    # a row may be found by several of its words; to ask for each once would mean to look at all
    found = db.execute(query.limit(2 * most)).scalars()
    return list(dict.fromkeys(found))[:most]


def _any(kind: Words, keys: tuple[str, ...]) -> ColumnElement[bool]:
    return or_(*(begins(kind.word, key) for key in keys))


def _count(db: Session, kind: Words, keys: tuple[str, ...]) -> int:
    """Hits of a word, counted up to a bound."""
    some = select(kind.row_id).where(_any(kind, keys)).limit(COUNTED)
    return db.execute(select(func.count()).select_from(some.subquery())).scalar_one()
