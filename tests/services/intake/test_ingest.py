"""Taking objects in: stored once, nothing lost, nothing merged that should not be."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import func, select

from services import access as decision
from services import audit
from services.errors import NotFound
from services.intake import ingest, packages
from services.intake.ingest import Fate, Outcome
from storage.models import Instance, Patient, Quarantine, Series, Study
from tests.dicom import as_bytes, ct_slice, photograph, take_in
from tests.factories import House

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"


def files(house: House, *paths: Path) -> list[Outcome]:
    return list(ingest.take_in(house.portal, packages.candidates(paths)))


def fates(outcomes: list[Outcome]) -> list[Fate]:
    return [outcome.fate for outcome in outcomes]


def count(house: House, table: type) -> int:
    with house.portal.reading() as db:
        return db.execute(select(func.count()).select_from(table)).scalar_one()


def reasons(house: House) -> set[str]:
    with house.portal.reading() as db:
        return set(db.execute(select(Quarantine.reason)).scalars())


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_objects_are_filed_by_patient_study_and_series(house: House) -> None:
    outcomes = take_in(house.portal, [ct_slice(number=n) for n in (1, 2, 3)])
    assert fates(outcomes) == [Fate.STORED] * 3
    assert [count(house, t) for t in (Patient, Study, Series, Instance)] == [1, 1, 1, 3]


def test_the_same_file_twice_changes_nothing(house: House) -> None:
    take_in(house.portal, [ct_slice()])
    with house.portal.reading() as db:
        before = audit.verify(db, house.portal.keys.key("audit")).events
    assert fates(take_in(house.portal, [ct_slice()])) == [Fate.ALREADY]
    with house.portal.reading() as db:
        assert audit.verify(db, house.portal.keys.key("audit")).events == before
    assert count(house, Instance) == 1


def test_another_content_under_a_known_uid_goes_to_quarantine_and_the_first_stays(
    house: House,
) -> None:
    take_in(house.portal, [ct_slice()])
    outcome = take_in(house.portal, [ct_slice(SliceThickness=9.0)])[0]
    assert outcome.fate is Fate.QUARANTINED
    assert reasons(house) == {"conflict"}
    assert count(house, Instance) == 1


def test_a_folder_is_walked_whatever_its_files_are_called(house: House, tmp_path: Path) -> None:
    write(tmp_path, "disc/A/I10", as_bytes(ct_slice(number=1)))
    write(tmp_path, "disc/B/image without extension", as_bytes(ct_slice(number=2)))
    write(tmp_path, "disc/B/ünïcode.dcm.bak", as_bytes(ct_slice(number=3)))
    assert fates(files(house, tmp_path / "disc")) == [Fate.STORED] * 3


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"Dear doctor, the images are on the other disc.", "not DICOM"),
        (b"\0" * 128 + b"DICM" + b"\xff" * 40, "unreadable"),
        (os.urandom(4096), "not DICOM"),
    ],
    ids=["empty", "a letter", "a damaged header", "noise"],
)
def test_what_is_no_image_is_kept_in_quarantine_with_the_reason(
    house: House, tmp_path: Path, data: bytes, reason: str
) -> None:
    good = write(tmp_path, "good", as_bytes(ct_slice()))
    outcomes = files(house, write(tmp_path, "bad", data), good)
    assert fates(outcomes) == [Fate.QUARANTINED, Fate.STORED]
    assert outcomes[0].reason
    with house.portal.reading() as db:
        row = db.execute(select(Quarantine)).scalar_one()
        assert row.reason in {reason, "unreadable", "not DICOM"}
        kept = house.portal.objects.read(row.object_sha256, 0, len(data)) if data else b""
    assert kept == data


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_a_truncated_file_is_never_fatal(house: House, tmp_path: Path, share: float) -> None:
    whole = as_bytes(ct_slice())
    outcome = files(house, write(tmp_path, "cut", whole[: int(len(whole) * share)]))[0]
    assert outcome.fate in (Fate.QUARANTINED, Fate.STORED)


def test_a_zip_stands_for_what_it_holds(house: House, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "exam.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("DICOM/1", as_bytes(ct_slice(number=1)))
        archive.writestr("DICOM/2", as_bytes(ct_slice(number=2)))
    assert fates(files(house, tmp_path / "exam.zip")) == [Fate.STORED] * 2


@pytest.mark.parametrize("name", ["../../outside", "/etc/outside", "a/../../outside", "..\\out"])
def test_a_path_that_climbs_out_of_a_zip_is_refused(
    house: House, tmp_path: Path, name: str
) -> None:
    with zipfile.ZipFile(tmp_path / "exam.zip", "w") as archive:
        archive.writestr(name, as_bytes(ct_slice(number=1)))
        archive.writestr("2", as_bytes(ct_slice(number=2)))
    assert fates(files(house, tmp_path / "exam.zip")) == [Fate.QUARANTINED, Fate.STORED]
    assert reasons(house) == {"unsafe name"}
    assert not (tmp_path.parent / "outside").exists()


def test_a_zip_bomb_is_refused_before_it_is_unpacked(house: House, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("zeros", "w", force_zip64=True) as entry:
            for _ in range(80):
                entry.write(bytes(1 << 20))
        archive.writestr("1", as_bytes(ct_slice()))
    assert fates(files(house, tmp_path / "bomb.zip")) == [Fate.QUARANTINED, Fate.STORED]
    assert reasons(house) == {"too large"}


def test_a_damaged_zip_is_told_and_not_fatal(house: House, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "exam.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1", as_bytes(ct_slice()))
    data = bytearray((tmp_path / "exam.zip").read_bytes())
    data[60:400] = bytes(340)
    (tmp_path / "exam.zip").write_bytes(data)
    assert fates(files(house, tmp_path / "exam.zip")) == [Fate.QUARANTINED]


def test_the_same_id_of_two_issuers_is_two_patients(house: House) -> None:
    other = ct_slice(study="1.2.3.4", IssuerOfPatientID="ELSEWHERE")
    take_in(house.portal, [ct_slice(), other])
    assert count(house, Patient) == 2


def test_exams_without_a_patient_id_are_never_merged(house: House) -> None:
    take_in(
        house.portal,
        [ct_slice(study="1.2.3.4", patient_id=""), ct_slice(study="1.2.3.5", patient_id="")],
    )
    assert count(house, Patient) == 2


@pytest.mark.parametrize(
    "contradiction",
    [{"name": "SMITH^Chester"}, {"name": "FRENCHIE^Paul"}, {"born": "19580315"}],
    ids=["last name", "first name", "date of birth"],
)
def test_a_study_that_contradicts_the_record_is_flagged_and_only_staff_see_it(
    house: House, contradiction: dict[str, str]
) -> None:
    take_in(house.portal, [ct_slice()])
    with house.portal.reading() as db:
        patient_id = db.execute(select(Patient.id)).scalar_one()
    owner = house.account(kind="patient")
    staff = house.account(kind="staff", role="administrator")
    house.link(owner, patient_id)
    take_in(house.portal, [ct_slice(study="1.2.3.4", **contradiction)])  # type: ignore[arg-type]
    with house.portal.reading() as db:
        flagged = db.execute(select(Study).where(Study.study_uid == "1.2.3.4")).scalar_one()
    assert flagged.identity_conflict
    assert len(decision.visible(house.portal, owner)) == 1
    with pytest.raises(NotFound):
        decision.decide(house.portal, owner, flagged.id)
    assert decision.decide(house.portal, staff, flagged.id).study_id == flagged.id


def test_the_same_name_in_another_spelling_is_no_contradiction(house: House) -> None:
    take_in(house.portal, [ct_slice(name="NÚÑEZ-O'BRIEN^José")])
    take_in(house.portal, [ct_slice(study="1.2.3.4", name="NUNEZ OBRIEN^JOSE")])
    with house.portal.reading() as db:
        assert set(db.execute(select(Study.identity_conflict)).scalars()) == {""}


def test_a_picture_of_another_patient_does_not_slip_into_a_known_study(house: House) -> None:
    take_in(house.portal, [ct_slice()])
    outcome = take_in(house.portal, [ct_slice(number=2, patient_id="P2")])[0]
    assert outcome.fate is Fate.QUARANTINED
    assert count(house, Instance) == 1


def test_a_colour_photograph_is_an_image(house: House) -> None:
    take_in(house.portal, [photograph(study="1.2.3.4")])
    with house.portal.reading() as db:
        assert db.execute(select(Instance.content)).scalar_one() == "image"


@pytest.mark.corpus
def test_the_whole_corpus_can_be_imported(house: House) -> None:
    if not CORPUS.is_dir():
        pytest.skip("THE CORPUS IS ABSENT (../shared/corpus): this test is SKIPPED")
    outcomes = files(house, CORPUS)
    assert not [o for o in outcomes if o.fate is Fate.QUARANTINED and not o.reason]
    stored = sum(o.fate is Fate.STORED for o in outcomes)
    assert stored > 200
    assert fates(files(house, CORPUS)).count(Fate.STORED) == 0
