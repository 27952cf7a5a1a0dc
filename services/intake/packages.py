"""What an import is pointed at: files, folders with any names, zips; walked, never unpacked."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

MOST_ENTRIES = 100_000
LARGEST_RATIO = 200  # a zip entry that grows more than this is a bomb, not an image
RATIO_MATTERS_FROM = 50 << 20  # bytes; small entries of zeros are harmless
LARGEST_ZIP = 64 << 30  # bytes, unpacked
MOST_OPEN_ZIPS = 4
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)


class Refused(Exception):
    """A candidate that is not even read; `code` is its quarantine reason."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be a DICOM object, and how to read it."""

    name: str
    open: Callable[[], BinaryIO]
    study_uid: str = ""  # the study it is announced to belong to; of another it is refused


def candidates(paths: Iterable[Path]) -> Iterator[Candidate]:
    """Every file below the paths, in a stable order; a zip stands for what it holds."""
    zips = _OpenZips()
    for path in paths:
        if path.is_dir():
            for inner in sorted(path.rglob("*")):
                if inner.is_file():
                    yield from _file(inner, zips)
        else:
            yield from _file(path, zips)


class _OpenZips:
    """Zips read from lately, kept open; a candidate may be read long after it was found."""

    def __init__(self) -> None:
        self._open: OrderedDict[Path, zipfile.ZipFile] = OrderedDict()

    def __getitem__(self, path: Path) -> zipfile.ZipFile:
        archive = self._open.pop(path, None) or zipfile.ZipFile(path)
        self._open[path] = archive
        if len(self._open) > MOST_OPEN_ZIPS:
            self._open.popitem(last=False)[1].close()
        return archive


def _file(path: Path, zips: _OpenZips) -> Iterator[Candidate]:
    if zipfile.is_zipfile(path) and not _is_dicom(path):
        yield from _entries(path, zips)
    else:
        yield Candidate(str(path), partial(_opened, path))


def _opened(path: Path) -> BinaryIO:
    try:
        return cast(BinaryIO, _Disc(path.open("rb")))
    except OSError as error:
        raise Refused("unreadable", "the file cannot be opened") from error


class _Disc:
    """A file's stream that tells where the disc it lies on cannot be read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def __enter__(self) -> _Disc:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def read(self, size: int = -1) -> bytes:
        """As a file's `read`; raises Refused where the disc is damaged."""
        try:
            return self._stream.read(size)
        except OSError as error:
            raise Refused("unreadable", "the file cannot be read to its end") from error


def _is_dicom(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"


def _entries(path: Path, zips: _OpenZips) -> Iterator[Candidate]:
    try:
        entries = [entry for entry in zips[path].infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, OSError):
        yield _refusal(str(path), "unreadable", "the zip file is damaged")
        return
    if len(entries) > MOST_ENTRIES or sum(e.file_size for e in entries) > LARGEST_ZIP:
        yield _refusal(str(path), "too large", "the zip file holds too much")
        return
    for entry in entries:
        yield _entry(path, zips, entry)


def _entry(path: Path, zips: _OpenZips, entry: zipfile.ZipInfo) -> Candidate:
    name = f"{path}!{entry.filename}"
    parts = PurePosixPath(entry.filename.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts:
        return _refusal(name, "unsafe name", "its path in the zip file climbs out of the zip")
    if entry.flag_bits & 1:
        return _refusal(name, "encrypted", "it is encrypted in the zip file")
    grown = entry.file_size > RATIO_MATTERS_FROM
    if grown and entry.file_size > LARGEST_RATIO * max(entry.compress_size, 1):
        return _refusal(name, "too large", "it grows beyond measure when unpacked")

    def read() -> BinaryIO:
        try:
            return cast(BinaryIO, _Bounded(cast(BinaryIO, zips[path].open(entry)), entry.file_size))
        except (*_DAMAGE, NotImplementedError) as error:
            raise Refused("unreadable", "it cannot be unpacked from the zip file") from error

    return Candidate(name, read)


class _Bounded:
    """A zip entry's stream that stops where the directory says it ends, and tells of damage."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream, self._left = stream, size

    def __enter__(self) -> _Bounded:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def read(self, size: int = -1) -> bytes:
        """As a file's `read`; raises Refused when the entry is damaged or longer than told."""
        try:
            data = self._stream.read(size)
        except _DAMAGE as error:
            raise Refused("unreadable", "it is damaged in the zip file") from error
        self._left -= len(data)
        if self._left < 0:
            raise Refused("too large", "it is longer than the zip file says")
        return data


def _refusal(name: str, code: str, detail: str) -> Candidate:
    def refuse() -> BinaryIO:
        raise Refused(code, detail)

    return Candidate(name, refuse)
