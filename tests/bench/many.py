"""A portal's database with very many exams, as a hospital has them after years."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    String,
    Table,
    Text,
    cast,
    func,
    literal,
    literal_column,
    select,
    text,
    type_coerce,
)

from storage.database import Database
from storage.models import Account, BrokenGlass, Grant, Patient, PatientLink, SignInSession, Study

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PER_PATIENT = 4
WITH_ACCOUNT = 4  # one patient in so many has an account
PER_GUEST = 10  # shares
PORTION = 20_000
SYLLABLES = "an ber chi dor el fra gun hal is jor ka lin mo nor ok pet ra sen ti vol".split()


@dataclass(frozen=True)
class People:
    """Account ids by kind, and the patients to search for: family, given, born."""

    patients: range
    guests: range
    staff: int
    clinician: int  # with broken glass, in session 1
    searched: list[tuple[str, str, date]]


def fill(database: Database, studies: int) -> People:
    """Migrate and fill an empty database; the same numbers are the same rows every time."""
    database.migrate()
    chance = random.Random(6)  # noqa: S311
    patients = studies // PER_PATIENT
    owners = patients // WITH_ACCOUNT
    guests = max(studies // 5 // PER_GUEST, 20)
    named = [_patient(n, chance) for n in range(1, patients + 1)]
    _insert(database, Patient, iter(named))
    _studies(database, studies, patients)
    staff = owners + guests + 1
    _insert(database, Account, _accounts(owners, guests))
    _insert(database, PatientLink, (_link(n) for n in range(1, owners + 1)))
    _insert(database, Grant, _grants(owners, guests, patients, chance))
    _insert(database, SignInSession, iter([_session(staff + 1)]))
    _insert(database, BrokenGlass, iter([_glass(staff + 1)]))
    with database.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    some = chance.sample(named, 400)
    searched = [(p["family"], p["given"], p["birth_date"]) for p in some]
    return People(range(1, owners + 1), range(owners + 1, staff), staff, staff + 1, searched)


def _insert(database: Database, model: Any, rows: Iterator[dict[str, Any]]) -> None:
    table: Table = model.__table__
    while portion := [row for _, row in zip(range(PORTION), rows, strict=False)]:
        with database.engine.begin() as connection:
            connection.execute(table.insert(), portion)


def _name(chance: random.Random, syllables: int) -> str:
    return "".join(chance.choices(SYLLABLES, k=syllables))


def _patient(number: int, chance: random.Random) -> dict[str, Any]:
    family, given = _name(chance, 3), _name(chance, 2)
    born = date(1930, 1, 1) + timedelta(days=chance.randrange(34_000))
    return {
        "id": number, "issuer": "MANY", "patient_id": f"{number:08d}", "family": family.upper(),
        "given": given.title(), "family_key": family, "given_key": given, "birth_date": born,
        "sex": "F",
    }  # fmt: skip


def _studies(database: Database, studies: int, patients: int) -> None:
    """Made by the database itself: Python would take minutes for a million rows."""
    first = select(cast(literal(1), BigInteger).label("n")).cte("numbers", recursive=True)
    numbers = first.union_all(select(first.c.n + 1).where(first.c.n < studies))
    n = numbers.c.n
    minutes = (n * 7_919) % 5_256_000  # spread over ten years
    if database.engine.dialect.name == "sqlite":
        ago = literal("-").concat(cast(minutes, Text)).concat(" minutes")
        at: Any = func.strftime("%Y-%m-%d %H:%M:%S.000000", "2026-11-02 09:00:00", ago)
    else:
        at = cast("2026-11-02 09:00:00", TIMESTAMP) - minutes * literal_column(
            "interval '1 minute'"
        )
    made = {
        "id": n, "patient_id": (n * 7_867 + n // 97) % patients + 1, "modality": literal("CT"),
        "study_uid": literal("1.2.826.0.1.3680043.10.").concat(cast(n, Text)),
        "accession_number": literal("A").concat(cast(n, Text)), "description": literal("Chest"),
        "performed_at": type_coerce(at, String), "received_at": type_coerce(at, String),
    }  # fmt: skip
    table: Table = Study.__table__  # type: ignore[assignment]
    with database.engine.begin() as connection:
        connection.execute(table.insert().from_select(list(made), select(*made.values())))


def _accounts(owners: int, guests: int) -> Iterator[dict[str, Any]]:
    kinds = [("patient", owners, ""), ("guest", guests, ""), ("staff", 1, "clinician")]
    number = 0
    for kind, count, role in [*kinds, ("breakglass", 1, "")]:
        for _ in range(count):
            number += 1
            yield {
                "id": number, "kind": kind, "status": "active", "role": role,
                "email": f"p{number}@many.example", "name": f"Person {number}", "created_at": NOW,
            }  # fmt: skip


def _link(number: int) -> dict[str, Any]:
    return {"id": number, "account_id": number, "patient_id": number, "relation": "self",
            "created_at": NOW}  # fmt: skip


def _grants(
    owners: int, guests: int, patients: int, chance: random.Random
) -> Iterator[dict[str, Any]]:
    """Every second one is of a portfolio; a quarter is over."""
    for number in range(1, guests * PER_GUEST + 1):
        owner = chance.randrange(owners) + 1
        over = chance.random() < 0.25
        yield {
            "id": number, "grantor_id": owner, "grantee_id": owners + 1 + (number - 1) // PER_GUEST,
            "patient_id": owner, "study_id": None, "may_share": False, "may_download": True,
            "hide_details": chance.random() < 0.2, "starts_at": NOW - timedelta(days=40),
            "ends_at": NOW + timedelta(days=-1 if over else 60),
        }  # fmt: skip


def _session(account: int) -> dict[str, Any]:
    return {"id": 1, "token_hash": "-", "account_id": account, "created_at": NOW,
            "last_seen_at": NOW, "expires_at": NOW + timedelta(hours=12)}  # fmt: skip


def _glass(account: int) -> dict[str, Any]:
    return {
        "id": 1,
        "account_id": account,
        "session_id": 1,
        "reason": "measured",
        "conditions_version": "1",
        "opened_at": NOW,
        "until": NOW + timedelta(hours=4),
    }
