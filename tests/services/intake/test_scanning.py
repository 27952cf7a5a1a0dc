"""What is received is scanned before it is read, where there is a scanner (MYIMAGING_CLAMD)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from services.desk import quarantine_desk
from services.errors import NotAllowed, Unavailable
from services.intake import ingest, scanning
from services.intake.ingest import Fate, from_bytes
from services.settings import Settings
from storage.models import Instance, Quarantine
from tests.dicom import as_bytes, ct_slice
from tests.factories import House, closed_port, open_house
from tests.virus_scanner import DISLIKED, Scanner, scanner

CLEAN = as_bytes(ct_slice(size=16))
EVIL = as_bytes(ct_slice(size=16, number=2)) + DISLIKED


@pytest.fixture
def clamd() -> Iterator[Scanner]:
    with scanner() as running:
        yield running


@pytest.fixture
def scanned(tmp_path: Path, clamd: Scanner) -> Iterator[House]:
    house = open_house(tmp_path / "data", clamd=clamd.address)
    yield house
    house.portal.database.close()


def take_in(house: House, *files: bytes) -> list[ingest.Outcome]:
    named = [from_bytes(f"{number}.dcm", data) for number, data in enumerate(files)]
    return list(ingest.take_in(house.portal, named))


def test_a_clean_file_is_taken_in_and_was_looked_at(scanned: House, clamd: Scanner) -> None:
    assert [one.fate for one in take_in(scanned, CLEAN)] == [Fate.STORED]
    assert clamd.seen == [len(CLEAN)]


def test_malware_goes_into_quarantine_named_and_is_given_out_to_nobody(scanned: House) -> None:
    clean, evil = take_in(scanned, CLEAN, EVIL)
    assert (clean.fate, evil.fate, evil.code) == (Fate.STORED, Fate.QUARANTINED, "malware")
    assert evil.reason == "the virus scanner found Pretended-1"
    admin = scanned.signed_in(scanned.account(kind="staff", role="administrator"))
    with scanned.portal.reading() as db:
        number = db.execute(select(Quarantine.id)).scalar_one()
    with pytest.raises(NotAllowed, match="not given out"):
        quarantine_desk.take_file(scanned.portal, admin, number)
    scanned.step_up(admin)
    assert quarantine_desk.retry(scanned.portal, admin, number).fate is Fate.QUARANTINED


def test_what_the_scanner_learns_to_know_later_is_given_out_no_more(
    scanned: House, clamd: Scanner
) -> None:
    clamd.limit = 100
    take_in(scanned, EVIL)  # put aside unseen
    clamd.limit = 1 << 24
    take_in(scanned, EVIL)
    admin = scanned.signed_in(scanned.account(kind="staff", role="administrator"))
    with scanned.portal.reading() as db:
        numbers = db.execute(select(Quarantine.id)).scalars().all()
    assert len(numbers) == 2
    for number in numbers:
        with pytest.raises(NotAllowed):
            quarantine_desk.take_file(scanned.portal, admin, number)


def test_what_the_scanner_will_not_look_at_is_kept_out(scanned: House, clamd: Scanner) -> None:
    clamd.limit = 100
    (outcome,) = take_in(scanned, CLEAN)
    assert (outcome.fate, outcome.code) == (Fate.QUARANTINED, "not scanned")
    assert "size limit" in outcome.reason


def test_while_the_scanner_is_away_nothing_is_taken_in_and_nothing_is_left_behind(
    scanned: House, clamd: Scanner
) -> None:
    clamd.shutdown()
    clamd.server_close()
    with pytest.raises(Unavailable, match="does not answer"):
        take_in(scanned, CLEAN)
    with scanned.portal.reading() as db:
        assert db.execute(select(func.count()).select_from(Instance)).scalar_one() == 0
    objects = scanned.portal.settings.data_dir / "objects"
    assert [path for path in objects.rglob("*") if path.is_file()] == []


def test_it_is_asked_whether_it_is_there(clamd: Scanner) -> None:
    assert scanning.answers(clamd.address)
    assert not scanning.answers(f"127.0.0.1:{closed_port()}")
    assert not scanning.answers("/no/such/socket")


@pytest.mark.parametrize("address", ["clamd", "127.0.0.1", "127.0.0.1:clamd", ":3310"])
def test_an_address_that_cannot_be_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="neither like"):
        Settings(_env_file=None, clamd=address)  # type: ignore[call-arg]
