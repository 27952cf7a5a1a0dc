"""What the staff desk lists, in very many rows, made by the database itself; always the same."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    ColumnElement,
    Integer,
    String,
    Table,
    Text,
    case,
    cast,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
    type_coerce,
)

from storage.database import Database
from storage.models import (
    Account,
    AccountWord,
    Application,
    ApplicationWord,
    AuditEvent,
    AuditHead,
    BrokenGlass,
    GlassOpening,
    Message,
    Quarantine,
    QuarantineWord,
)
from tests.bench.many import NOW

SYLLABLES = "an  ber chi dor el  fra gun hal is  jor ka  lin mo  nor ok  pet ra  sen ti  vol "


def make(database: Database, model: Any, count: int, columns: dict[str, Any]) -> None:
    """Rows of a table from expressions of `N`, which counts from 1."""
    first = select(cast(literal(1), BigInteger).label("n")).cte("numbers", recursive=True)
    numbers = first.union_all(select(first.c.n + 1).where(first.c.n < count))
    table: Table = model.__table__
    rows = select(*columns.values()).select_from(numbers)
    with database.engine.begin() as connection:
        connection.execute(table.insert().from_select(list(columns), rows, include_defaults=False))


N: ColumnElement[int] = literal_column("numbers.n", Integer)


def written(*parts: Any) -> ColumnElement[str]:
    """Texts and numbers one after the other."""
    whole: Any = literal("")
    for part in parts:
        whole = whole.concat(literal(part) if isinstance(part, str) else cast(part, Text))
    return whole  # type: ignore[no-any-return]


def ago(database: Database, minutes: Any) -> ColumnElement[Any]:
    """A moment before the bench's now."""
    if database.engine.dialect.name == "sqlite":
        back = written("-", minutes, " minutes")
        at: Any = func.strftime("%Y-%m-%d %H:%M:%S.000000", "2026-11-02 09:00:00", back)
    else:
        minute: Any = literal_column("interval '1 minute'")
        at = cast("2026-11-02 09:00:00", TIMESTAMP) - minutes * minute
    return type_coerce(at, String)


def syllable(seed: Any) -> ColumnElement[str]:
    """One of them, by a number."""
    return func.rtrim(func.substr(SYLLABLES, cast((seed % 20) * 4 + 1, Integer), 4), type_=String)


def chosen(number: Any, *values: str) -> ColumnElement[str]:
    """One of the values in turn; of two that are given twice, that one twice as often."""
    whens = {at: literal(value) for at, value in enumerate(values)}
    return case(whens, value=number % len(values))


def fill(database: Database, rows: int, after: int) -> int:
    """So many accounts (those up to `after` are there), events and messages, and a tenth as many
    of what is rarer: quarantine, broken glass, applications. The number of an administrator.
    """
    account = N + after
    given = syllable(account).concat(syllable(account // 20 * 7))
    family = syllable(account // 3).concat(syllable(account // 11)).concat(syllable(account // 397))
    make(database, Account, rows - after, {
        "id": account, "kind": chosen(N, "guest", "guest", "guest", "patient"),
        "status": chosen(N, *["active"] * 9, "invited", "disabled"), "role": literal(""),
        "email": written(given, ".", family, account, "@practice", account % 5_000, ".example"),
        "name": func.upper(func.substr(given, 1, 1)).concat(func.substr(given, 2)).concat(" ")
        .concat(family), "mobile": literal(""), "provider_number": literal(""),
        "password_hash": literal(""), "created_at": ago(database, N * 5),
    })  # fmt: skip
    domain = written("practice", account % 5_000, ".example")
    for word in (given, family, written(given, ".", family, account, "@", domain), domain):
        make(database, AccountWord, rows - after, {"word": word, "row_id": account})
    hours = ago(database, (rows - N) * 5)
    make(database, AuditEvent, rows, {
        "seq": N, "at": hours, "account_id": N % (rows // 2) + 1,
        "action": chosen(N // 3, *["exam.viewed"] * 12, *["exam.pictures_sent"] * 12, "share.given",
                         "signin.done", "signin.failed", "exam.searched", "exam.imported"),
        "patient_id": (N * 7_867) % (rows // 4) + 1, "study_id": N,
        "detail": literal_column("'{}'"), "digest": literal("-"),
    })  # fmt: skip
    make(database, Message, rows, {
        "id": N, "account_id": N % after + 1, "channel": chosen(N, *["mail"] * 9, "sms"),
        "kind": literal("shared"), "state": chosen(N, *["sent"] * 97, "failed", "cancelled"),
        "urgent": literal(False), "recipient": written("p", N % after + 1, "@many.example"),
        "subject": literal("An exam was shared with you"), "text": literal("Dear reader"),
        "html": literal(""), "secret": literal(False), "attempts": literal(1), "created_at": hours,
        "not_before": hours, "error": literal(""),
    })  # fmt: skip
    rare = rows // 10
    day = ago(database, (rare - N) * 50)
    make(database, Quarantine, rare, {
        "id": N, "source": written("disc", N % 700, "/DICOM/", N), "object_sha256": written(N),
        "size": (N * 7_919) % 500_000, "reason": chosen(N, "not DICOM", "unreadable", "conflict"),
        "detail": literal("-"), "resolved": (N % 10 > 0), "outcome": literal(""),
        "received_at": day,
    })  # fmt: skip
    make(database, BrokenGlass, rare, {
        "id": N + 1, "account_id": N % 3_000 + after + 1, "session_id": literal(1),
        "reason_code": literal("other"), "reason": literal("-"), "conditions_version": literal("1"),
        "opened_at": day, "until": day, "flags": chosen(N, *[""] * 30, "many", "out_of_hours many"),
        "outcome": chosen(N, *["justified"] * 20, "follow_up", "not_justified", ""),
        "review_note": literal(""),
    })  # fmt: skip
    make(database, GlassOpening, rare, {
        "id": N, "glass_id": N + 1, "account_id": N % 3_000 + after + 1,
        "patient_id": (N * 31) % (rows // 4) + 1, "opened_at": day,
    })  # fmt: skip
    practice = written("Practice ", syllable(N // 7), N % 900)
    make(database, Application, rare, {
        "id": N, "status": chosen(N, *["approved"] * 15, *["declined"] * 4, "submitted", "asked"),
        "name": written("Dr ", given, " ", family), "email": written("dr", N, "@practice.example"),
        "mobile": literal("+61491570006"), "provider_number": written(N * 37), "practice": practice,
        "reason": literal("-"), "language": literal(""), "submitted_at": day,
        "identity_how": literal(""), "decline_reason": literal(""),
    })  # fmt: skip
    for word in (given, family, written(N * 37), written("dr", N, "@practice.example")):
        make(database, ApplicationWord, rare, {"word": word, "row_id": N})
    for word in (written("disc", N % 700, "dicom", N), written("dicom", N), written(N)):
        make(database, QuarantineWord, rare, {"word": word, "row_id": N})
    by = rows + 1
    with database.engine.begin() as connection:
        connection.execute(insert(AuditHead), {"id": 1, "seq": rows, "digest": "-", "seal": "-"})
        connection.execute(insert(Account), {
            "id": by, "kind": "staff", "status": "active", "role": "administrator",
            "email": "desk@many.example", "name": "Desk", "created_at": NOW,
        })  # fmt: skip
        connection.execute(text("ANALYZE"))
    return by
