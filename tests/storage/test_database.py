"""The database: all or nothing, one writer at a time, snapshots for readers."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from storage.database import Database
from storage.models import Account, Patient, Study

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'portal.sqlite3'}")
    opened.migrate()
    yield opened
    opened.close()


def account(email: str, created_at: datetime = NOW) -> Account:
    return Account(kind="guest", status="active", email=email, created_at=created_at)


def emails(database: Database) -> list[str]:
    with database.read() as db:
        return list(db.execute(select(Account.email).order_by(Account.id)).scalars())


def test_what_was_written_is_there_after_reopening(database: Database) -> None:
    with database.write() as db:
        db.add(account("robin@x.example"))
    database.close()
    assert emails(Database(database.url)) == ["robin@x.example"]


def test_a_write_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as db:
        db.add(account("robin@x.example"))
        db.flush()
        raise RuntimeError
    assert emails(database) == []


def test_a_write_that_is_interrupted_leaves_nothing_and_no_lock(database: Database) -> None:
    with pytest.raises(KeyboardInterrupt), database.write() as db:
        db.add(account("robin@x.example"))
        db.flush()
        raise KeyboardInterrupt
    with database.write() as db:
        db.add(account("sam@x.example"))
    assert emails(database) == ["sam@x.example"]


def test_a_commit_is_on_disk_before_it_is_acknowledged(database: Database) -> None:
    with database.engine.connect() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"


def test_readers_do_not_see_what_is_not_committed_and_do_not_wait_for_it(
    database: Database,
) -> None:
    with database.write() as db:
        db.add(account("robin@x.example"))
        db.flush()
        assert emails(database) == []
    assert emails(database) == ["robin@x.example"]


def test_a_reader_sees_one_snapshot(database: Database) -> None:
    count = select(func.count()).select_from(Account)
    with database.read() as db:
        before = db.execute(count).scalar_one()
        with database.write() as writing:
            writing.add(account("robin@x.example"))
        assert db.execute(count).scalar_one() == before == 0
    assert len(emails(database)) == 1


def test_a_read_changes_nothing(database: Database) -> None:
    with database.read() as db:
        db.add(account("robin@x.example"))
        db.flush()
    assert emails(database) == []


def test_writers_queue_and_lose_nothing(database: Database) -> None:
    with database.write() as db:
        db.add(Patient(id=1, patient_id="P1", sex="0"))

    def count_up(_: int) -> None:
        with database.write() as db:
            patient = db.get_one(Patient, 1)
            patient.sex = str(int(patient.sex) + 1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(80)))
    with database.read() as db:
        assert db.get_one(Patient, 1).sex == "80"


def test_an_exam_without_its_patient_cannot_be(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as db:
        db.add(Study(patient_id=999, study_uid="1.2.3", received_at=NOW))


def test_one_address_cannot_have_two_accounts(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as db:
        db.add_all([account("robin@x.example"), account("robin@x.example")])
    assert emails(database) == []


def test_an_error_tells_no_values_for_they_may_be_personal(database: Database) -> None:
    with pytest.raises(IntegrityError) as refusal, database.write() as db:
        db.add_all([account("robin@x.example"), account("robin@x.example")])
    assert "robin" not in str(refusal.value)


def test_a_moment_comes_back_as_the_same_instant_in_utc(database: Database) -> None:
    in_sydney = datetime(2026, 11, 2, 20, 0, 0, 123456, tzinfo=timezone(timedelta(hours=11)))
    with database.write() as db:
        db.add(account("robin@x.example", in_sydney))
    with database.read() as db:
        kept = db.execute(select(Account.created_at)).scalar_one()
    assert kept == in_sydney
    assert kept.tzinfo is UTC


def test_a_moment_without_its_time_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="time zone"), database.write() as db:
        db.add(account("robin@x.example", datetime(2026, 11, 2)))  # noqa: DTZ001
