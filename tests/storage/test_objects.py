"""Stored objects: named by what they hold, complete before they have their name."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage.objects import CHUNK, FolderObjects, ObjectTooLarge, StoredObject

BYTES = bytes(range(256)) * 40
NAME = hashlib.sha256(BYTES).hexdigest()
LIMIT = 1 << 30


@pytest.fixture
def objects(tmp_path: Path) -> FolderObjects:
    return FolderObjects(tmp_path / "objects")


def files(objects: FolderObjects) -> list[Path]:
    return sorted(p for p in objects.folder.rglob("*") if p.is_file())


def test_an_object_is_named_by_the_sha256_of_what_it_holds(objects: FolderObjects) -> None:
    assert objects.put(io.BytesIO(BYTES), LIMIT) == StoredObject(NAME, len(BYTES))
    assert files(objects) == [objects.folder / NAME[:2] / NAME[2:4] / NAME]
    with objects.open(NAME) as file:
        assert file.read() == BYTES


def test_an_object_of_many_chunks_comes_back_whole(objects: FolderObjects) -> None:
    large = os.urandom(2 * CHUNK + 17)
    stored = objects.put(io.BytesIO(large), LIMIT)
    assert stored.size == len(large)
    assert objects.read(stored.sha256, 0, len(large)) == large


def test_an_empty_object_is_an_object(objects: FolderObjects) -> None:
    stored = objects.put(io.BytesIO(), LIMIT)
    assert stored == StoredObject(hashlib.sha256().hexdigest(), 0)
    assert objects.read(stored.sha256, 0, 10) == b""


def test_the_same_bytes_twice_are_one_file(objects: FolderObjects) -> None:
    first = objects.put(io.BytesIO(BYTES), LIMIT)
    inode = objects.path(NAME).stat().st_ino
    assert objects.put(io.BytesIO(BYTES), LIMIT) == first
    assert len(files(objects)) == 1
    assert objects.path(NAME).stat().st_ino == inode


def test_the_same_bytes_from_many_sides_at_once_are_one_file(objects: FolderObjects) -> None:
    with ThreadPoolExecutor(8) as pool:
        stored = set(pool.map(lambda _: objects.put(io.BytesIO(BYTES), LIMIT), range(40)))
    assert stored == {StoredObject(NAME, len(BYTES))}
    assert files(objects) == [objects.path(NAME)]


class Watching(io.BytesIO):
    """Bytes that note which files have a name while they are read."""

    def __init__(self, objects: FolderObjects) -> None:
        super().__init__(BYTES)
        self.objects = objects
        self.seen: list[Path] = []

    def read(self, size: int | None = -1, /) -> bytes:
        self.seen += [p for p in files(self.objects) if p.parent.name != "incoming"]
        return super().read(min(size or 1000, 1000))


def test_a_file_has_no_name_until_it_is_complete(objects: FolderObjects) -> None:
    stream = Watching(objects)
    objects.put(stream, LIMIT)
    assert stream.seen == []
    assert objects.path(NAME).exists()


def test_the_bytes_are_on_disk_before_the_name_and_the_name_before_the_answer(
    objects: FolderObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[str, bool]] = []
    fsync = os.fsync

    def watched(descriptor: int) -> None:
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        synced.append(("folder" if folder else "file", objects.path(NAME).exists()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    objects.put(io.BytesIO(BYTES), LIMIT)
    assert synced[0] == ("file", False)
    assert synced[-1] == ("folder", True)


def test_an_object_of_exactly_the_limit_is_kept(objects: FolderObjects) -> None:
    assert objects.put(io.BytesIO(BYTES), len(BYTES)).size == len(BYTES)


@pytest.mark.parametrize("limit", [0, 1, len(BYTES) - 1])
def test_an_object_that_is_too_large_is_refused_with_nothing_left_behind(
    objects: FolderObjects, limit: int
) -> None:
    with pytest.raises(ObjectTooLarge):
        objects.put(io.BytesIO(BYTES), limit)
    assert files(objects) == []


def test_an_endless_stream_is_cut_at_the_limit(objects: FolderObjects) -> None:
    with Path("/dev/zero").open("rb") as endless, pytest.raises(ObjectTooLarge):
        objects.put(endless, 3 * CHUNK)
    assert files(objects) == []


class Breaking(io.BytesIO):
    """A connection that is lost after the first portion."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise ConnectionResetError
        return super().read(1000)


def test_a_stream_that_breaks_leaves_nothing_behind(objects: FolderObjects) -> None:
    with pytest.raises(ConnectionResetError):
        objects.put(Breaking(BYTES), LIMIT)
    assert files(objects) == []


@pytest.mark.parametrize(
    ("offset", "length"), [(0, 10), (300, 256), (len(BYTES) - 5, 5), (0, len(BYTES)), (77, 0)]
)
def test_a_range_of_an_object_can_be_read(objects: FolderObjects, offset: int, length: int) -> None:
    objects.put(io.BytesIO(BYTES), LIMIT)
    assert objects.read(NAME, offset, length) == BYTES[offset : offset + length]


def test_a_range_beyond_the_end_is_shorter(objects: FolderObjects) -> None:
    objects.put(io.BytesIO(BYTES), LIMIT)
    assert objects.read(NAME, len(BYTES) - 5, 100) == BYTES[-5:]
    assert objects.read(NAME, len(BYTES) + 5, 100) == b""


def test_an_object_that_is_not_there_is_told(objects: FolderObjects) -> None:
    with pytest.raises(FileNotFoundError):
        objects.open(NAME)
    with pytest.raises(FileNotFoundError):
        objects.read(NAME, 0, 1)


def test_what_a_crash_left_half_written_is_dropped_at_the_next_start(tmp_path: Path) -> None:
    before = FolderObjects(tmp_path)
    before.put(io.BytesIO(BYTES), LIMIT)
    (tmp_path / "incoming" / "half").write_bytes(BYTES[:100])
    after = FolderObjects(tmp_path)
    after.clear_incoming()
    assert files(after) == [after.path(NAME)]
