"""A file is filed completely or it is not there, whatever fails in the middle of an import."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from services import access as decision
from services import audit
from services.exam import exams
from services.intake import ingest, packages
from services.intake.headers import Header, read_header
from services.intake.ingest import Fate, Outcome
from services.intake.packages import Candidate
from services.intake.records import Filing
from services.pictures.frames import Images
from services.programs.dicomweb.metadata import metadata
from services.viewer.viewing import INCOMPLETE, Viewer
from storage.models import Instance, Quarantine, Series, Study
from storage.objects import StoredObject
from tests.dicom import as_bytes, ct_slice
from tests.factories import House
from tests.fuzz.elements import elements
from tests.imaging.test_bad_input import nested


def slices(count: int) -> list[Candidate]:
    return [ingest.from_bytes(f"slice {n}", as_bytes(ct_slice(number=n))) for n in range(1, count)]


def stored(house: House) -> int:
    with house.portal.reading() as db:
        for table, within in ((Study, Series.study_id), (Series, Instance.series_id)):
            empty = select(func.count()).where(table.id.not_in(select(within)))
            assert db.execute(empty).scalar_one() == 0
        assert not audit.verify(db, house.portal.keys.key("audit")).flaw
        rows = db.execute(select(Instance)).scalars().all()
    for row in rows:
        assert house.portal.objects.path(row.object_sha256).stat().st_size == row.size
    return len(rows)


def taken_in(house: House, candidates: list[Candidate]) -> Iterator[Outcome]:
    return ingest.take_in(house.portal, candidates)


class Failing:
    """Fails when it is called for the nth time."""

    def __init__(self, what: object, nth: int, error: BaseException) -> None:
        self.what, self.left, self.error = what, nth, error

    def __call__(self, *arguments: object, **options: object) -> object:
        self.left -= 1
        if self.left == 0:
            raise self.error
        return self.what(*arguments, **options)  # type: ignore[operator]


@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOSPC, "No space left on device"), MemoryError(), KeyboardInterrupt()],
    ids=["disk full", "no memory", "interrupted"],
)
def test_what_fails_while_objects_are_stored_leaves_earlier_batches_and_nothing_of_this_one(
    house: House, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    receive = Failing(house.portal.objects.receive, 70, error)
    monkeypatch.setattr(house.portal.objects, "receive", receive)
    told = []
    with pytest.raises(type(error)):
        for outcome in taken_in(house, slices(101)):
            told.append(outcome)
    assert len(told) <= stored(house) == ingest.BATCH
    assert not list((house.portal.settings.data_dir / "objects" / "incoming").iterdir())
    again = list(taken_in(house, slices(101)))
    assert [o.fate for o in again] == [Fate.ALREADY] * 64 + [Fate.STORED] * 36


@pytest.mark.parametrize(
    "error",
    [OperationalError("INSERT", {}, Exception("disk I/O error")), MemoryError()],
    ids=["database failed", "no memory"],
)
def test_what_fails_while_the_tables_are_told_undoes_the_whole_batch(
    house: House, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    failing = Failing(Filing.file_away, 5, error)

    def file_away(filing: Filing, header: Header, kept: StoredObject) -> object:
        return failing(filing, header, kept)

    monkeypatch.setattr(Filing, "file_away", file_away)
    with pytest.raises(type(error)):
        list(taken_in(house, slices(11)))
    assert stored(house) == 0
    assert {o.fate for o in taken_in(house, slices(11))} == {Fate.STORED}


@pytest.mark.parametrize("error", [ValueError("odd"), RecursionError(), OverflowError()], ids=repr)
def test_a_file_that_the_tables_refuse_takes_no_others_along(
    house: House, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    filed = Filing.file_away

    def refusing(filing: Filing, header: Header, kept: StoredObject) -> str:
        if header.number == 5:
            raise error
        return filed(filing, header, kept)

    monkeypatch.setattr(Filing, "file_away", refusing)
    outcomes = list(taken_in(house, slices(11)))
    assert [o.fate for o in outcomes].count(Fate.STORED) == stored(house) == 9
    (refused,) = [o for o in outcomes if o.fate is Fate.QUARANTINED]
    assert refused.name == "slice 5"
    assert "cannot be filed" in refused.reason
    with house.portal.reading() as db:
        kept = db.execute(select(Quarantine)).scalar_one()
    assert house.portal.objects.path(kept.object_sha256).is_file()


@pytest.mark.parametrize("error", [MemoryError(), RecursionError(), KeyError("x")], ids=repr)
def test_a_file_that_a_parser_fails_over_is_quarantined_and_the_others_are_stored(
    house: House, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(ingest, "read_header", Failing(read_header, 3, error))
    outcomes = list(taken_in(house, slices(7)))
    assert [o.fate for o in outcomes].count(Fate.STORED) == stored(house) == 5
    assert outcomes[2].fate is Fate.QUARANTINED


def test_a_disc_that_cannot_be_read_to_its_end_costs_only_that_file(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disc = tmp_path / "disc"
    disc.mkdir()
    for number in (1, 2, 3):
        (disc / str(number)).write_bytes(as_bytes(ct_slice(number=number)))
    opened = packages._opened

    class Scratched:
        def read(self, size: int = -1) -> bytes:
            raise OSError(errno.EIO, "Input/output error")

        def close(self) -> None: ...

    def open_scratched(path: Path) -> BinaryIO:
        stream = opened(path)
        if path.name == "2":
            stream._stream = Scratched()  # type: ignore[attr-defined]
        return stream

    monkeypatch.setattr(packages, "_opened", open_scratched)
    outcomes = list(taken_in(house, list(packages.candidates([disc]))))
    assert [o.fate for o in outcomes] == [Fate.STORED, Fate.QUARANTINED, Fate.STORED]
    assert outcomes[1].reason == "the file cannot be read to its end"


def test_absurd_nesting_goes_to_quarantine_with_a_sentence(house: House) -> None:
    (outcome,) = taken_in(house, [ingest.from_bytes("deep", nested(50_000))])
    assert outcome.fate is Fate.QUARANTINED
    assert outcome.reason == "The file nests sequences more than 64 levels deep."


def test_a_cut_image_is_shown_as_far_as_it_goes_and_says_so(house: House) -> None:
    whole = as_bytes(ct_slice())
    list(taken_in(house, [ingest.from_bytes("cut", whole[: -len(whole) // 4])]))
    with house.portal.reading() as db:
        study = db.execute(select(Study.id)).scalar_one()
    staff = house.account(kind="staff", role="administrator")
    access = decision.decide(house.portal, staff, study)
    (series,) = exams.open_exam(house.portal, access).series
    picture = Viewer(house.portal, Images(house.portal)).thumbnail(access, series)
    assert picture.note == INCOMPLETE
    assert picture.media_type == "image/jpeg"


def test_an_attribute_that_cannot_be_read_costs_metadata_only_itself(house: House) -> None:
    whole = as_bytes(ct_slice())
    (thickness,) = (one for one in elements(whole) if one.tag == 0x00180050)
    unknown = whole[: thickness.at + 4] + b"ZZ" + whole[thickness.at + 6 :]
    (outcome,) = taken_in(house, [ingest.from_bytes("odd", unknown)])
    assert outcome.fate is Fate.STORED
    with house.portal.reading() as db:
        study = db.execute(select(Study.id)).scalar_one()
    staff = house.account(kind="staff", role="administrator")
    access = decision.decide(house.portal, staff, study)
    (told,) = json.loads(b"".join(metadata(house.portal, Images(house.portal), access, "here")))
    assert told["00180050"] == {"vr": "UN"}
    assert told["00281050"]["Value"] == [40]
