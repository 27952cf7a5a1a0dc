"""The doctor: names what is weak or broken, says what to do, changes nothing, tells no secret."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from services.letterhead import Letter
from services.settings import Settings
from services.upkeep import backup
from services.upkeep.checkup import doctor
from services.upkeep.checkup.finding import Finding, Level
from storage.database import Database
from tests.factories import START, House, closed_port
from tests.mail_server import MailServer
from tests.on_postgres import SERVER
from tests.virus_scanner import scanner

WELL = {
    "base_url": "https://imaging.hospital.org", "support_email": "help@hospital.org",
    "support_phone": "+49 30 555", "support_hours": "always", "time_zone": "Europe/Berlin",
}  # fmt: skip


a_file = pytest.mark.skipif(bool(SERVER), reason="what is done to SQLite's file")


def configured(folder: Path, **options: object) -> Settings:
    return Settings(_env_file=None, data_dir=folder, **{**WELL, **options})  # type: ignore[arg-type, call-arg]


def as_it_is(house: House, **options: object) -> Settings:
    """The house's portal, well configured but for the options."""
    mine = house.portal.settings
    return configured(mine.data_dir, **{"database_url": mine.database_url, **options})


def found(settings: Settings) -> dict[str, Finding]:
    """The worst of each subject."""
    order = [Level.GOOD, Level.WEAK, Level.BAD]
    worst: dict[str, Finding] = {}
    for one in doctor.examine(settings, START):
        known = worst.get(one.subject)
        if known is None or order.index(one.level) > order.index(known.level):
            worst[one.subject] = one
    return worst


@pytest.fixture
def mail_server() -> Iterator[int]:
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    yield server.port
    controller.stop()


def test_a_portal_that_is_well_gets_no_advice(house: House, mail_server: int) -> None:
    folder = house.portal.settings.data_dir
    backup.back_up(house.portal, folder.parent / "backup.tar")
    smtp = f"smtp://127.0.0.1:{mail_server}"
    with scanner() as clamd:
        told = found(as_it_is(house, smtp_url=smtp, clamd=clamd.address))
    assert {f.subject: f.said for f in told.values() if f.level is not Level.GOOD} == {}
    assert len(told) >= 10
    assert not any(f.todo for f in told.values())


def test_looking_makes_no_file_no_folder_and_no_table(tmp_path: Path) -> None:
    told = found(configured(tmp_path / "data"))
    assert list(tmp_path.iterdir()) == []
    assert told["Database"].level is Level.WEAK
    (tmp_path / "data").mkdir(mode=0o700)
    found(configured(tmp_path / "data"))
    assert list((tmp_path / "data").iterdir()) == []


@pytest.mark.parametrize(
    ("subject", "level", "said", "options"),
    [
        ("Address", Level.BAD, "http in the open", {"base_url": "http://imaging.hospital.org"}),
        ("Address", Level.BAD, "http in the open", {"base_url": "", "host": "0.0.0.0"}),  # noqa: S104
        ("Address", Level.WEAK, "Only this machine", {"base_url": ""}),
        ("Contact", Level.WEAK, "invented", {"support_phone": "+1 555 0100"}),
        ("Mail", Level.WEAK, "No mail server", {}),
        ("Mail", Level.BAD, "must look like", {"smtp_url": "http://mail"}),
        ("Text messages", Level.BAD, "Apprise", {"sms_url": "what://is.this"}),
        ("Database", Level.BAD, "does not answer",
         {"database_url": f"postgresql+psycopg://portal:hush@127.0.0.1:{closed_port()}/p"}),
        ("Backup", Level.WEAK, "No backup", {}),
        ("Virus scanner", Level.WEAK, "not scanned", {}),
        ("Virus scanner", Level.BAD, "nothing is taken in",
         {"clamd": f"127.0.0.1:{closed_port()}"}),
    ],
)  # fmt: skip
def test_a_weak_setting_is_named_with_what_to_do(
    house: House, subject: str, level: Level, said: str, options: dict[str, object]
) -> None:
    finding = found(as_it_is(house, **options)).get(subject)
    assert finding is not None
    assert (finding.level, said in finding.said) == (level, True), finding
    assert finding.todo
    assert "hush" not in finding.said + finding.todo


def test_a_time_zone_that_nobody_set_is_named(house: House) -> None:
    unset = {k: v for k, v in WELL.items() if k != "time_zone"}
    settings = Settings(_env_file=None, data_dir=house.portal.settings.data_dir, **unset)  # type: ignore[arg-type, call-arg]
    assert found(settings)["Time zone"].level is Level.WEAK


@pytest.mark.parametrize("name", ["", "key"])
def test_files_that_others_may_read_are_named(house: House, name: str) -> None:
    folder = house.portal.settings.data_dir
    (folder / name).chmod(0o755)
    finding = found(configured(folder))["Files"]
    assert finding.level is Level.BAD
    assert str(folder / name) in finding.said
    assert "chmod" in finding.todo


def test_a_mail_server_that_is_away_or_refuses_is_named_without_its_password(
    house: House, mail_server: int
) -> None:
    folder = house.portal.settings.data_dir
    for url in (
        f"smtp://portal:hush@127.0.0.1:{closed_port()}",
        f"smtp://portal:hush@127.0.0.1:{mail_server}",
    ):
        finding = found(configured(folder, smtp_url=url))["Mail"]
        assert finding.level is Level.BAD
        assert "does not let the portal in" in finding.said
        assert "hush" not in finding.said


@a_file
def test_an_older_schema_is_named(house: House) -> None:
    folder = house.portal.settings.data_dir
    house.portal.database.close()
    (folder / "portal.sqlite3").unlink()
    old = Database(house.portal.settings.database)
    old.migrate("0007")
    old.close()
    told = found(configured(folder))["Database"]
    assert told.level is not Level.GOOD
    assert "0007" in told.said or "cannot be read" in told.said


@a_file
def test_a_damaged_database_file_is_found(house: House) -> None:
    folder = house.portal.settings.data_dir
    for _ in range(300):
        house.account()
    house.portal.database.close()
    file = folder / "portal.sqlite3"
    data = bytearray(file.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 8192] = b"\xa5" * 8192
    file.write_bytes(data)
    assert found(configured(folder))["Database"].level is Level.BAD


def test_a_damaged_audit_trail_is_found(house: House) -> None:
    backup.back_up(house.portal, house.portal.settings.data_dir.parent / "backup.tar")
    with house.portal.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM audit_events")
    assert found(as_it_is(house))["Audit trail"].level is Level.BAD


def test_messages_that_wait_for_long_or_failed_are_named(house: House) -> None:
    with house.portal.transaction() as tx:
        message = tx.post("robin@x.example", Letter("test", "Subject", "Text"))
    assert found(as_it_is(house))["Outbox"].level is Level.GOOD
    with house.portal.transaction() as tx:
        tx.db.merge(message).created_at = START.replace(hour=1)
    assert found(as_it_is(house))["Outbox"].level is Level.BAD
    with house.portal.transaction() as tx:
        kept = tx.db.merge(message)
        kept.state, kept.failed_at = "failed", START
    told = found(as_it_is(house))["Outbox"]
    assert (told.level, told.said) == (Level.WEAK, "1 message failed in the last week.")


def test_a_storage_that_takes_nothing_is_named(house: House) -> None:
    folder = house.portal.settings.data_dir
    (folder / "objects" / "incoming").rmdir()
    finding = found(configured(folder))["Storage"]
    assert (finding.level, "Nothing can be written" in finding.said) == (Level.BAD, True)


def test_a_dicom_port_is_asked_whether_somebody_listens(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = configured(house.portal.settings.data_dir)
    assert found(settings)["DICOM receiver"].level is Level.GOOD
    monkeypatch.setenv("MYIMAGING_DICOM_PORT", str(closed_port()))
    assert found(settings)["DICOM receiver"].level is Level.BAD
    monkeypatch.setenv("MYIMAGING_DICOM_PORT", "eleven")
    assert found(settings)["DICOM receiver"].level is Level.BAD
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setenv("MYIMAGING_DICOM_PORT", str(listening.getsockname()[1]))
        assert found(settings)["DICOM receiver"].level is Level.GOOD
