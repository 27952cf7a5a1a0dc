"""The exam as DICOM files: as they arrived, or de-identified where details are hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select

from imaging.deidentify import pseudonymous_uid
from imaging.file_start import missing_start
from imaging.media_directory import MediaDirectory, Unlistable
from imaging.transfer_syntax import EXPLICIT_LITTLE, NATIVE
from services.access import Access
from services.downloads.permit import Permit
from services.downloads.readme import readme
from services.downloads.zip_stream import PIECE, ZipStream
from services.errors import Unshowable
from services.exam.exams import Exam
from services.hiding.disguise import Disguise, disguise, key_of
from services.hiding.hidden_copy import NOT_CLEANED, header, hidden_copy
from services.hiding.identity_rules import current_rules
from services.language import N_
from services.pictures.frames import Images
from services.portal import Portal
from services.release import objects_for
from storage.models import Instance, Series

FOLDER = "DICOM"
CONTENTS = N_(
    "The folder DICOM holds the images as the hospital's systems keep them, and DICOMDIR lists "
    "them. Open DICOMDIR, or the whole folder, with any DICOM viewer."
)
NO_IMAGE = N_(
    "a report or another object that is no image: left out, because patient details are hidden"
)
UNREADABLE = N_("a file that cannot be read: it is in the download, but DICOMDIR does not list it")
BLANK = N_("a frame that cannot be read: it is black")


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
        worn = disguise(self._portal, access)
        directory = MediaDirectory(self._uid(access))
        for instance in _instances(self._portal, access):
            self._permit.still()
            if worn is None:
                yield from self._as_it_is(instance, directory)
            else:
                yield from self._cleaned(instance, directory, worn)
        yield from self._zip.member("DICOMDIR", [directory.encoded()], shrink=True)
        text = readme(
            self._portal, self._exam, hidden=access.hidden, contents=CONTENTS,
            left_out=self._left_out,
        )  # fmt: skip
        yield from self._zip.member("README.TXT", [text])
        yield self._zip.end()

    def _uid(self, access: Access) -> str:
        """The file-set's: the same whenever this person takes the exam."""
        return pseudonymous_uid(
            key_of(self._portal, access),
            f"file-set of study {access.study_id} for account {access.account_id}",
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
                directory.add(header(file), file_id, instance.transfer_syntax)
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
        self, instance: Instance, directory: MediaDirectory, worn: Disguise
    ) -> Iterator[bytes]:
        rule = current_rules(self._portal, [instance])[instance.id]
        if instance.content != "image" or rule["do"] == "withhold":
            self._left_out[NO_IMAGE if instance.content != "image" else str(rule["reason"])] += 1
            return
        access = self._permit.still()
        try:
            copy = hidden_copy(self._portal, self._images, access, worn, instance.id)
            file_id = self._file_id(instance)
            directory.add(copy.dataset, file_id, EXPLICIT_LITTLE)
        except (Unshowable, Unlistable) as reason:
            told = str(reason) if isinstance(reason, Unshowable) else NOT_CLEANED
            self._left_out[told] += 1
            return

        def blank() -> None:
            self._left_out[BLANK] += 1

        pieces = copy.pieces(self._permit.still, blank)
        yield from self._zip.member("/".join(file_id), pieces, size=copy.size, shrink=True)


def _instances(portal: Portal, access: Access) -> list[Instance]:
    query = (
        select(Instance)
        .join(Series)
        .where(Series.study_id == access.study_id)
        .where(objects_for(portal.clock(), early=access.early))
        .order_by(Series.number.nulls_last(), Series.id, Instance.number, Instance.id)
    )
    with portal.reading() as db:
        return list(db.execute(query).scalars())
