"""Backup and restore: the same rows, objects and key, or nothing."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from services import access, audit
from services.errors import Invalid
from services.settings import Settings
from services.upkeep import backup, key_rotation, restoring
from services.upkeep.archive import Broken
from services.upkeep.restoring import restore
from storage.database import Database
from storage.dump import snapshot
from storage.models import Instance, Patient, Study
from tests.dicom import ct_slice, photograph, take_in
from tests.factories import House, open_house


def filled(house: House) -> House:
    """Exams, reports in quarantine, accounts, shares, messages, merged records, broken texts."""
    take_in(house.portal, [ct_slice(number=n) for n in range(1, 5)])
    take_in(house.portal, [photograph(study="1.2.3.4.5")])
    owner = house.account(kind="patient", name="Chester Frénchie 'x' \n \\u0000")
    first, second = house.patient(owner=owner), house.patient(owner=owner)
    study = house.study(first)
    house.share(owner, study, "referrer@practice.example", may_share=True)
    guest = house.account_id("referrer@practice.example")
    house.activate(guest)
    house.share(guest, study, "third@clinic.example", days=5)
    with house.portal.transaction() as tx:
        tx.db.get_one(Patient, first).merged_into_id = second
    return house


def lines(database: Database) -> dict[str, str]:
    """A hash of every table."""
    with snapshot(database) as taken:
        return {
            name: hashlib.sha256(b"".join(taken.lines(name))).hexdigest() for name in taken.tables
        }


def files(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in (folder / "objects").rglob("*")
        if file.is_file()
    }


def place(folder: Path) -> Settings:
    return Settings(_env_file=None, data_dir=folder, time_zone="UTC")  # type: ignore[call-arg]


def reopened(folder: Path) -> House:
    """The portal that was restored there: on SQLite, whatever the one before was on."""
    return open_house(folder, database_url=place(folder).database)


def test_what_is_restored_on_an_empty_machine_is_identical(house: House, tmp_path: Path) -> None:
    before = lines(filled(house).portal.database)
    made = backup.back_up(house.portal, tmp_path / "backup.tar")
    told = restore(place(tmp_path / "new"), made.file)

    again = reopened(tmp_path / "new")
    after = lines(again.portal.database)
    assert after == before
    assert files(tmp_path / "new") == files(house.portal.settings.data_dir)
    assert len(files(tmp_path / "new")) == 5 == made.objects == told.objects
    assert told.rows == made.rows > 10
    assert again.portal.keys.key("audit") == house.portal.keys.key("audit")
    with again.portal.reading() as db:
        assert audit.verify(db, again.portal.keys.periods("audit")).flaw == ""
        assert db.execute(select(func.count()).select_from(Instance)).scalar_one() == 5
    again.portal.database.close()


def test_a_restored_portal_goes_on(house: House, tmp_path: Path) -> None:
    filled(house)
    backup.back_up(house.portal, tmp_path / "backup.tar")
    restore(place(tmp_path / "new"), tmp_path / "backup.tar")
    again = reopened(tmp_path / "new")
    owner = again.account("someone@new.example", kind="patient")
    patient = again.portal  # numbers of tests begin anew: take in what has its own
    take_in(patient, [ct_slice(study="1.2.99", patient_id="P9", number=1)])
    again.link(owner, 4)
    with again.portal.reading() as db:
        study = db.execute(select(func.max(Study.id))).scalar_one()
    assert [s.id for s, _ in access.visible(again.portal, owner)] == [study]
    take_in(again.portal, [ct_slice(number=9)])
    again.portal.database.close()


def test_only_its_owner_may_read_a_backup_and_what_is_restored(
    house: House, tmp_path: Path
) -> None:
    backup.back_up(filled(house).portal, tmp_path / "backup.tar")
    restore(place(tmp_path / "new"), tmp_path / "backup.tar")
    for path in (tmp_path / "backup.tar", *(tmp_path / "new").iterdir(), tmp_path / "new"):
        assert path.stat().st_mode & 0o077 == 0 or path.name in ("objects", "portal.sqlite3"), path
    assert (tmp_path / "new" / "key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_a_backup_is_of_one_moment_while_others_write(house: House, tmp_path: Path) -> None:
    filled(house)
    going = threading.Event()

    def write() -> None:
        while not going.is_set():
            with house.portal.transaction() as tx:
                tx.record(audit.Action.SIGN_IN, account_id=1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            backup.back_up(house.portal, tmp_path / f"{number}.tar")
    finally:
        going.set()
        writer.join()
    for number in range(3):
        restore(place(tmp_path / f"new{number}"), tmp_path / f"{number}.tar")
        again = reopened(tmp_path / f"new{number}")
        with again.portal.reading() as db:
            assert audit.verify(db, again.portal.keys.periods("audit")).flaw == ""
        again.portal.database.close()


def test_a_place_that_is_not_empty_is_left_alone(house: House, tmp_path: Path) -> None:
    backup.back_up(filled(house).portal, tmp_path / "backup.tar")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "letter.txt").write_text("mine")
    with pytest.raises(Invalid, match="not empty"):
        restore(place(tmp_path / "new"), tmp_path / "backup.tar")
    assert [f.name for f in (tmp_path / "new").iterdir()] == ["letter.txt"]
    with pytest.raises(Invalid, match="not empty"):
        restore(house.portal.settings, tmp_path / "backup.tar")


def test_an_empty_folder_is_an_empty_place(house: House, tmp_path: Path) -> None:
    backup.back_up(filled(house).portal, tmp_path / "backup.tar")
    (tmp_path / "new").mkdir()
    assert restore(place(tmp_path / "new"), tmp_path / "backup.tar").objects == 5


def nothing_is_left(folder: Path) -> bool:
    return {path.name for path in folder.iterdir()} <= {"data", "backup.tar", "broken.tar"}


@pytest.mark.parametrize("part", [0.0001, 0.1, 0.3, 0.5, 0.9, 0.995, 0.9999])
def test_an_archive_that_was_cut_off_leaves_nothing(
    house: House, tmp_path: Path, part: float
) -> None:
    made = backup.back_up(filled(house).portal, tmp_path / "backup.tar")
    with tarfile.open(made.file) as tar:
        last = tar.getmember("sums.json")
    end = last.offset_data + last.size  # what follows is padding
    (tmp_path / "broken.tar").write_bytes(made.file.read_bytes()[: int(end * part)])
    with pytest.raises(Broken):
        restore(place(tmp_path / "new"), tmp_path / "broken.tar")
    assert nothing_is_left(tmp_path)


@pytest.mark.parametrize(
    "member", ["key", "tables/patients", "tables/audit_events", "objects/", "my-imaging-backup"]
)
def test_an_archive_with_a_changed_byte_leaves_nothing(
    house: House, tmp_path: Path, member: str
) -> None:
    made = backup.back_up(filled(house).portal, tmp_path / "backup.tar")
    with tarfile.open(made.file) as tar:
        info = next(i for i in tar if i.name.startswith(member))
    data = bytearray(made.file.read_bytes())
    data[info.offset_data + info.size // 2] ^= 1
    (tmp_path / "broken.tar").write_bytes(data)
    with pytest.raises(Broken, match="damaged"):
        restore(place(tmp_path / "new"), tmp_path / "broken.tar")
    assert nothing_is_left(tmp_path)


def without(whole: Path, broken: Path, gone: str, extra: str = "") -> None:
    with tarfile.open(whole) as tar, tarfile.open(broken, "w") as out:
        for info in tar:
            if not info.name.startswith(gone):
                out.addfile(info, tar.extractfile(info))
            elif gone == "objects/":
                gone = "-"  # only the first of them
        if extra:
            data = tarfile.TarInfo(extra)
            data.size = 4
            out.addfile(data, io.BytesIO(b"evil"))


@pytest.mark.parametrize("gone", ["key", "tables/accounts", "objects/", "sums.json"])
def test_an_archive_without_one_of_its_parts_leaves_nothing(
    house: House, tmp_path: Path, gone: str
) -> None:
    made = backup.back_up(filled(house).portal, tmp_path / "backup.tar")
    without(made.file, tmp_path / "broken.tar", gone)
    with pytest.raises(Broken):
        restore(place(tmp_path / "new"), tmp_path / "broken.tar")
    assert nothing_is_left(tmp_path)


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "objects/../../evil", "tables/x/y"])  # noqa: S108
def test_a_member_with_another_name_is_not_unpacked(
    house: House, tmp_path: Path, name: str
) -> None:
    made = backup.back_up(filled(house).portal, tmp_path / "backup.tar")
    without(made.file, tmp_path / "broken.tar", "-", name)
    with pytest.raises(Broken, match="no backup"):
        restore(place(tmp_path / "new"), tmp_path / "broken.tar")
    assert nothing_is_left(tmp_path)


@pytest.mark.parametrize("content", [b"", b"Dear doctor", b"PK\x03\x04" + bytes(600)])
def test_another_file_is_no_backup(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.tar").write_bytes(content)
    with pytest.raises(Broken, match="no backup"):
        restore(place(tmp_path / "new"), tmp_path / "broken.tar")
    assert nothing_is_left(tmp_path)


def test_rows_that_the_database_refuses_leave_nothing(house: House, tmp_path: Path) -> None:
    made = backup.back_up(filled(house).portal, tmp_path / "backup.tar")
    with tarfile.open(made.file) as tar, tarfile.open(tmp_path / "broken.tar", "w") as out:
        for info in tar:
            stream = tar.extractfile(info)
            assert stream is not None
            data = stream.read()
            if info.name == "tables/patients":
                data = data.splitlines(keepends=True)[0]  # studies then are nobody's
                digest = hashlib.sha256(data).hexdigest()
            if info.name == "sums.json":
                sums = json.loads(data)
                sums["sums"]["tables/patients"] = digest
                data = json.dumps(sums).encode()
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))
    with pytest.raises(Broken, match="does not take"):
        restore(place(tmp_path / "new"), tmp_path / "broken.tar")
    assert nothing_is_left(tmp_path)


def test_a_disk_that_is_full_leaves_nothing(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backup.back_up(filled(house).portal, tmp_path / "backup.tar")

    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(restoring.archive, "extract", full)
    with pytest.raises(Invalid, match="No space left"):
        restore(place(tmp_path / "new"), made.file)
    monkeypatch.setattr(backup.archive, "add_object", full)
    with pytest.raises(Invalid, match="No space left"):
        backup.back_up(house.portal, tmp_path / "broken.tar")
    assert not (tmp_path / "broken.tar").exists()
    assert nothing_is_left(tmp_path)


def test_a_lost_and_a_damaged_object_are_named_and_the_rest_is_kept(
    house: House, tmp_path: Path
) -> None:
    filled(house)
    with house.portal.reading() as db:
        first, second, *_ = db.execute(select(Instance.object_sha256)).scalars()
    house.portal.objects.path(first).unlink()
    house.portal.objects.path(second).write_bytes(b"rust")
    made = backup.back_up(house.portal, tmp_path / "backup.tar")
    assert (made.lost, made.damaged) == ((first,), (second,))
    told = restore(place(tmp_path / "new"), made.file)
    assert (told.lost, told.damaged) == ((first,), (second,))
    assert told.objects == 4


def test_a_backup_never_writes_over_a_file(house: House, tmp_path: Path) -> None:
    (tmp_path / "backup.tar").write_text("last week's")
    with pytest.raises(Invalid, match="exists already"):
        backup.back_up(house.portal, tmp_path / "backup.tar")
    with pytest.raises(Invalid, match="no folder"):
        backup.back_up(house.portal, tmp_path / "nowhere" / "backup.tar")
    assert (tmp_path / "backup.tar").read_text() == "last week's"


def test_a_backup_is_recorded_and_remembered(house: House, tmp_path: Path) -> None:
    assert backup.last(house.portal) is None
    backup.back_up(house.portal, tmp_path / "backup.tar")
    assert backup.last(house.portal) == house.clock()
    [event] = house.recorded("portal.backed_up")
    assert event.detail["objects"] == 0


def test_keys_that_were_rotated_are_in_the_backup(house: House, tmp_path: Path) -> None:
    filled(house)
    key_rotation.rotate(house.portal)
    backup.back_up(house.portal, tmp_path / "backup.tar")
    restore(place(tmp_path / "new"), tmp_path / "backup.tar")
    again = reopened(tmp_path / "new")
    assert again.portal.keys.every("x") == house.portal.keys.every("x")
    with again.portal.reading() as db:
        assert audit.verify(db, again.portal.keys.periods("audit")).flaw == ""
    again.portal.database.close()


def test_a_backup_of_an_older_version_is_brought_up_to_date(tmp_path: Path) -> None:
    old = reopened(tmp_path / "old")
    old.portal.database.close()
    file = tmp_path / "old" / "portal.sqlite3"
    file.unlink()
    database = Database(f"sqlite:///{file}")
    database.migrate("0001")
    with database.write() as db:
        db.execute(
            text(
                "INSERT INTO patients (id, issuer, patient_id, family, given, family_key,"
                " given_key, sex) VALUES (7, '', 'P7', 'FRENCHIE', '', '', '', '')"
            )
        )
    with snapshot(database) as taken:
        assert taken.version == "0001"
        rows = {name: list(taken.lines(name)) for name in taken.tables}
    database.close()
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
    restoring.load(fresh, "0001", rows.items())
    fresh.migrate()
    with fresh.read() as db:
        assert db.execute(select(Patient.family)).scalars().all() == ["FRENCHIE"]
    fresh.close()
