"""Accounts and applications are found by words; keys are in one order in every database"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.models.base import key_text
from storage.models.search import LONGEST, words_of

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

PORTION = 5_000  # rows
FLAGGED = sa.text("flags != ''")
# table, what is found in it by its words, whether by its address too, and where the words are
FOUND_BY = (
    ("accounts", ["name"], True, "account_words"),
    ("applications", ["name", "practice", "provider_number"], True, "application_words"),
    ("quarantine", ["source"], False, "quarantine_words"),
)
INDEXES = (
    ("ix_messages_state_id", "messages", ["state", "id"]),
    ("ix_messages_channel_id", "messages", ["channel", "id"]),
    ("ix_messages_recipient", "messages", ["recipient", "id"]),
    ("ix_quarantine_reason", "quarantine", ["reason", "id"]),
    ("ix_quarantine_size", "quarantine", ["size", "id"]),
    ("ix_broken_glass_outcome", "broken_glass", ["outcome", "opened_at", "id"]),
    ("ix_applications_submitted", "applications", ["submitted_at", "id"]),
)
# of expressions: the database makes them, the models do not know of them
EXPRESSIONS = (
    "CREATE INDEX ix_applications_open_first ON applications"
    " ((status IN ('submitted', 'asked')), submitted_at, id)",
    "CREATE INDEX ix_applications_lower_name ON applications (lower(name), id)",
    "CREATE INDEX ix_applications_lower_practice ON applications (lower(practice), id)",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, column, length in (
            ("patients", "family_key", 200), ("patients", "given_key", 200),
            ("messages", "recipient", 254),
        ):  # fmt: skip
            op.alter_column(table, column, type_=sa.String(length, collation="C"))
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)
    op.create_index(
        "ix_broken_glass_flags", "broken_glass", ["opened_at"],
        sqlite_where=FLAGGED, postgresql_where=FLAGGED,
    )  # fmt: skip
    for statement in EXPRESSIONS:
        op.execute(statement)
    for table, names, addressed, words in FOUND_BY:
        op.create_table(
            words,
            sa.Column("word", key_text(LONGEST), nullable=False),
            sa.Column("row_id", sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint(
                ["row_id"], [f"{table}.id"], name=f"fk_{words}_row_id", ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("word", "row_id", name=f"pk_{words}"),
            sqlite_with_rowid=False,
        )
        _fill(table, names, addressed, words)
        op.create_index(f"ix_{words}_row_id", words, ["row_id", "word"])


def _fill(table: str, names: list[str], addressed: bool, words: str) -> None:
    into = sa.table(words, sa.column("word"), sa.column("row_id"))
    for portion in _portions(table, [*names, *(["email"] if addressed else [])]):
        rows = [
            {"word": word, "row_id": row.id}
            for row in portion
            for word in sorted(_words(row, names, addressed))
        ]
        if rows:
            op.get_bind().execute(into.insert(), rows)


def _words(row: Any, names: list[str], addressed: bool) -> set[str]:
    return words_of([getattr(row, name) for name in names], row.email if addressed else "")


def _portions(table: str, columns: list[str]) -> Iterator[Any]:
    rows = sa.table(table, *map(sa.column, ["id", *columns]))
    query, after = sa.select(rows).order_by(rows.c.id).limit(PORTION), 0
    while portion := op.get_bind().execute(query.where(rows.c.id > after)).all():
        yield portion
        after = portion[-1].id
