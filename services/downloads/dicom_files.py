"""The exam as DICOM files: as they arrived, or de-identified where details are hidden."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pydicom
from pydicom.dataset import Dataset
from sqlalchemy import select

from imaging import native_file
from imaging.decode import Undecodable
from imaging.deidentify import deidentified, pseudonymous_uid
from imaging.file_start import missing_start
from imaging.media_directory import MediaDirectory, Unlistable
from imaging.redaction import Identity
from imaging.transfer_syntax import EXPLICIT_LITTLE, NATIVE
from services import dates, reports
from services.access import Access
from services.downloads.permit import Permit
from services.downloads.readme import readme
from services.downloads.zip_stream import PIECE, ZipStream
from services.exams import Exam
from services.frames import Images, Withheld
from services.language import N_
from services.portal import Portal
from storage.models import Instance, Series, Study

DEFERRED = 1 << 20  # bytes of a value that is read only when it is asked for
FOLDER = "DICOM"
CONTENTS = N_(
    "The folder DICOM holds the images as the hospital's systems keep them, and DICOMDIR lists "
    "them. Open DICOMDIR, or the whole folder, with any DICOM viewer."
)
NO_IMAGE = N_(
    "a report or another object that is no image: left out, because patient details are hidden"
)
UNREADABLE = N_("a file that cannot be read: it is in the download, but DICOMDIR does not list it")
NOT_CLEANED = N_("an image that cannot be read: left out, because patient details are hidden")
BLANK = N_("a frame that cannot be read: it is black")


@dataclass(frozen=True, slots=True)
class _Disguise:
    """What hidden copies are made with."""

    key: bytes
    identity: Identity
    patient: str
    age: int | None


def pseudonym_key(portal: Portal, account_id: int) -> bytes:
    """An account's own: what two people download cannot be put together by its pseudonyms."""
    return portal.keys.key(f"download pseudonyms of account {account_id}")


class DicomFiles:
    """One download; `pieces` is a zip file."""

    def __init__(self, portal: Portal, images: Images, permit: Permit, exam: Exam) -> None:
        self._portal, self._images, self._permit, self._exam = portal, images, permit, exam
        self._zip = ZipStream()
        self._left_out: Counter[str] = Counter()
        self._series: dict[int, int] = {}
        self._counts: Counter[int] = Counter()

    def pieces(self) -> Iterator[bytes]:
        """The files, then DICOMDIR and the readme, which tell of them."""
        access = self._permit.still()
        disguise = self._disguise(access) if access.hidden else None
        directory = MediaDirectory(self._uid(access))
        for instance in _instances(self._portal, access):
            self._permit.still()
            if disguise is None:
                yield from self._as_it_is(instance, directory)
            else:
                yield from self._cleaned(instance, directory, disguise)
        yield from self._zip.member("DICOMDIR", [directory.encoded()], shrink=True)
        text = readme(
            self._portal, self._exam, hidden=access.hidden, contents=CONTENTS,
            left_out=self._left_out,
        )  # fmt: skip
        yield from self._zip.member("README.TXT", [text])
        yield self._zip.end()

    def _uid(self, access: Access) -> str:
        key = pseudonym_key(self._portal, access.account_id)
        return pseudonymous_uid(key, f"file-set of study {access.study_id}")

    def _disguise(self, access: Access) -> _Disguise:
        with self._portal.reading() as db:
            study = db.get_one(Study, access.study_id)
            born, when = study.patient.birth_date, study.performed_at
            return _Disguise(
                pseudonym_key(self._portal, access.account_id),
                reports.study_identity(db, access),
                f"{study.patient.issuer}|{study.patient.patient_id}",
                dates.age(born, when.date()) if born and when else None,
            )

    def _file_id(self, instance: Instance) -> tuple[str, ...]:
        """Three parts of eight characters at most (DICOM PS3.10 8.2); they tell nothing."""
        series = self._series.setdefault(instance.series_id, len(self._series) + 1)
        self._counts[series] += 1
        kind = "IM" if instance.content == "image" else "OB"
        return FOLDER, f"SE{series:06d}", f"{kind}{self._counts[series]:06d}"

    def _as_it_is(self, instance: Instance, directory: MediaDirectory) -> Iterator[bytes]:
        file_id = self._file_id(instance)
        start = b""
        try:
            with self._portal.objects.open(instance.object_sha256) as file:
                start = missing_start(
                    file, instance.sop_class, instance.sop_uid, instance.transfer_syntax
                )
                file.seek(0)
                directory.add(_header(file), file_id, instance.transfer_syntax)
        except (Unlistable, OSError):
            self._left_out[UNREADABLE] += 1
        except Exception:  # a parser meets bytes from outside: any failure is theirs
            self._left_out[UNREADABLE] += 1
        yield from self._zip.member(
            "/".join(file_id), self._bytes(instance, start), size=instance.size,
            shrink=instance.transfer_syntax in NATIVE,
        )  # fmt: skip

    def _bytes(self, instance: Instance, start: bytes) -> Iterator[bytes]:
        yield start
        try:
            with self._portal.objects.open(instance.object_sha256) as file:
                while chunk := file.read(PIECE):
                    self._permit.still()
                    yield chunk
        except OSError:
            return

    def _cleaned(
        self, instance: Instance, directory: MediaDirectory, disguise: _Disguise
    ) -> Iterator[bytes]:
        rule = instance.identity_rule["do"]
        if instance.content != "image" or rule == "withhold":
            reason = instance.identity_rule.get("reason") if rule == "withhold" else ""
            self._left_out[NO_IMAGE if instance.content != "image" else str(reason)] += 1
            return
        try:
            image = self._images.image(instance.id)
            with self._portal.objects.open(instance.object_sha256) as file:
                dataset = deidentified(
                    _header(file), disguise.key, disguise.identity, patient=disguise.patient,
                    age=disguise.age, masked=rule == "mask",
                )  # fmt: skip
            begin = native_file.head(dataset, image.description)
            # so that a file none of whose frames can be read is left out rather than black
            self._images.fresh(image, 0, hidden=True)
            file_id = self._file_id(instance)
            directory.add(dataset, file_id, EXPLICIT_LITTLE)
        except native_file.Unwritable as reason:
            self._left_out[f"{reason}"] += 1
            return
        except Exception:  # a parser meets bytes from outside: any failure is theirs
            self._left_out[NOT_CLEANED] += 1
            return

        def content() -> Iterator[bytes]:
            yield begin
            for frame in range(image.description.frames):
                self._permit.still()
                try:
                    pixels = self._images.fresh(image, frame, hidden=True)
                    yield native_file.frame_bytes(pixels)
                except (Undecodable, Withheld):
                    self._left_out[BLANK] += 1
                    yield bytes(
                        native_file.pixel_bytes(image.description) // image.description.frames
                    )
            yield native_file.tail(image.description)

        size = native_file.pixel_bytes(image.description)
        yield from self._zip.member("/".join(file_id), content(), size=size, shrink=True)


def _instances(portal: Portal, access: Access) -> list[Instance]:
    query = (
        select(Instance)
        .join(Series)
        .where(Series.study_id == access.study_id)
        .order_by(Series.number.nulls_last(), Series.id, Instance.number, Instance.id)
    )
    with portal.reading() as db:
        return list(db.execute(query).scalars())


def _header(file: object) -> Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pydicom.dcmread(
            file, stop_before_pixels=True, force=True, defer_size=DEFERRED  # type: ignore[arg-type]
        )  # fmt: skip
