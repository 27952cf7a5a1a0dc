"""The words by which accounts, applications and files in quarantine are found.

They are kept true to their rows by themselves, whoever writes these.

A search is for the beginnings of words, which an index finds among millions of rows; what stands
in the middle of a word it does not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, event, inspect
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, key_text
from storage.models.exams import Quarantine
from storage.models.glass import Application
from storage.models.people import Account

LONGEST = 200  # characters of a word
MOST = 60  # words of a row


class AccountWord(Base):
    """A word of an account's name, or its address from the beginning of some part of it on."""

    __tablename__ = "account_words"
    __table_args__ = (
        Index("ix_account_words_row_id", "row_id", "word"),
        {"sqlite_with_rowid": False},
    )

    word: Mapped[str] = mapped_column(key_text(LONGEST), primary_key=True)
    row_id: Mapped[int] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    )


class ApplicationWord(Base):
    """A word of an applicant's name, practice or provider number, or a part of the address."""

    __tablename__ = "application_words"
    __table_args__ = (
        Index("ix_application_words_row_id", "row_id", "word"),
        {"sqlite_with_rowid": False},
    )

    word: Mapped[str] = mapped_column(key_text(LONGEST), primary_key=True)
    row_id: Mapped[int] = mapped_column(
        ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True
    )


class QuarantineWord(Base):
    """The name of a file in quarantine, from the beginning of some part of its path on."""

    __tablename__ = "quarantine_words"
    __table_args__ = (
        Index("ix_quarantine_words_row_id", "row_id", "word"),
        {"sqlite_with_rowid": False},
    )

    word: Mapped[str] = mapped_column(key_text(LONGEST), primary_key=True)
    row_id: Mapped[int] = mapped_column(
        ForeignKey("quarantine.id", ondelete="CASCADE"), primary_key=True
    )


def folded(text: str) -> str:
    """Without case and without the accents of Latin and Greek letters."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFKC", "".join(c for c in apart if not "\u0300" <= c <= "\u036f"))


def typed(word: str) -> tuple[str, ...]:
    """What a typed word may be the beginning of: of an address as it is, of a name bare."""
    whole = re.sub(r"^[\W_]+|[\W_]+$", "", folded(word))[:LONGEST]
    return tuple(dict.fromkeys(key for key in (whole, _bare(whole)) if key))


def words_of(names: Iterable[str], address: str = "") -> set[str]:
    """What a row is found by: `O'Brien` as obrien and brien, rosa@practice.example as a whole and
    as practice.example.
    """
    email = folded(address)
    top = email.rfind(".") + 1  # by the domain's last part nobody is looked for
    starts = [match.start() for match in re.finditer(r"[^\W_]+", email)]
    found = [email[at:] for at in starts if at != top]
    for word in folded(" ".join(names)).split():
        parts = re.findall(r"[^\W_]+", word)
        found += ["".join(parts[at:]) for at in range(len(parts))]
    return {word[:LONGEST] for word in found[:MOST]}


def _bare(word: str) -> str:
    return "".join(character for character in word if character.isalnum())


WATCHED: tuple[tuple[type[Any], type[Any], tuple[str, ...]], ...] = (
    (Account, AccountWord, ("name",)),
    (Application, ApplicationWord, ("name", "practice", "provider_number")),
    (Quarantine, QuarantineWord, ("source",)),
)


def _watch(kind: type[Any], words: type[Any], names: tuple[str, ...]) -> None:
    table = words.__table__
    watched = [*names, *(["email"] if hasattr(kind, "email") else [])]

    def write(connection: Connection, row: Any) -> None:
        texts = [getattr(row, name) or "" for name in names]
        found = words_of(texts, getattr(row, "email", ""))
        if found:
            rows = [{"word": word, "row_id": row.id} for word in sorted(found)]
            connection.execute(table.insert(), rows)

    @event.listens_for(kind, "after_insert")
    def _inserted(_mapper: Any, connection: Connection, row: Any) -> None:
        write(connection, row)

    @event.listens_for(kind, "after_update")
    def _updated(_mapper: Any, connection: Connection, row: Any) -> None:
        state = inspect(row)
        if any(state.attrs[name].history.has_changes() for name in watched):
            connection.execute(table.delete().where(table.c.row_id == row.id))
            write(connection, row)


for _kind, _words, _names in WATCHED:
    _watch(_kind, _words, _names)
