"""Where downloads begin: permission, something to take, a turn, the audit trail; in that order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select

from services import access as decision
from services.access import Access
from services.audit import Action
from services.downloads import names
from services.downloads.dicom_files import DicomFiles as DicomPieces
from services.downloads.permit import Permit, check
from services.downloads.picture_files import PictureFiles
from services.downloads.print_out import print_out
from services.downloads.report_files import report_files
from services.downloads.stills import Stills
from services.downloads.turns import Turns
from services.downloads.wanted import (
    DicomFiles,
    Download,
    Pictures,
    Pieces,
    Print,
    Reports,
    Wanted,
)
from services.errors import Invalid, NotAllowed, NotFound
from services.exam import exams
from services.exam.exams import Exam
from services.hiding.disguise import cleanable
from services.language import N_, _
from services.pictures.frames import Images
from services.portal import Portal
from services.release import objects_for
from services.signing_in.sessions import SignedIn
from storage.models import Instance, Series

NO_FILES = N_("There are no images in this exam to download.")
NO_IMAGES = N_("This exam has no images. You can download its report.")
NO_SERIES = N_("This exam has no such series.")
ALL_WITHHELD = N_(
    "No image of this exam can be downloaded: patient details are hidden, and these images may "
    "show them. If you need them, please ask the person who shared this exam with you to share it "
    "again with patient details."
)


@dataclass(frozen=True, slots=True)
class Offer:
    """What there is to take away; `refusal` says why nothing may be, empty where it may."""

    refusal: str
    megabytes: int  # of the DICOM files
    images: int
    reports: int


class Downloads:
    """The downloads of a portal; every one takes an `Access` and asks for it again as it goes."""

    def __init__(self, portal: Portal, images: Images, turns: Turns | None = None) -> None:
        self._portal = portal
        self._images = images
        self._stills = Stills(images)
        self.turns = turns or Turns()

    def offer(self, who: SignedIn, access: Access) -> Offer:
        """What this person may take away of the exam."""
        access = decision.renewed(self._portal, access)
        try:
            check(who, access)
        except NotAllowed as refused:
            return Offer(str(refused), 0, 0, 0)
        exam = exams.described(self._portal, access)
        query = select(func.sum(Instance.size)).join(Series)
        query = query.where(
            Series.study_id == access.study_id,
            objects_for(self._portal.clock(), early=access.early),
        )
        with self._portal.reading() as db:
            size = int(db.execute(query).scalar() or 0)
        images = sum(len(series.slices) for series in exam.series)
        return Offer("", -(-size // 1_000_000), images, len(exam.reports))

    def begin(self, who: SignedIn, access: Access, wanted: Wanted) -> Download:
        """A download, recorded. Close its pieces however it ends.

        Raises NotAllowed, Expired, NotFound, Invalid or TooMany with a sentence.
        """
        permit = Permit(self._portal, who, decision.renewed(self._portal, access))
        exam = exams.described(self._portal, permit.still())
        self._must_have(exam, wanted)
        self.turns.take(who.account_id)
        try:
            self._record(permit.still(), wanted)
            pieces = self._made(permit, exam, wanted)
            running = _Running(permit, pieces, self.turns, who.account_id)
            name, media_type = names.of(exam, wanted, hidden=permit.hidden)
            return Download(name, media_type, running)
        except BaseException:
            self.turns.give_back(who.account_id)
            raise

    def _must_have(self, exam: Exam, wanted: Wanted) -> None:
        match wanted:
            case DicomFiles() if not self._has_files(exam):
                raise NotFound(
                    _(ALL_WITHHELD) if exam.access.hidden and exam.series else _(NO_FILES)
                )
            case Pictures() if not exam.series:
                raise NotFound(_(NO_IMAGES))
            case Print(report=report) if not exam.series and not (report and exam.reports):
                raise NotFound(_(NO_FILES))
            case Reports() if not exam.reports:
                raise NotFound(_("There is no report of this exam to download yet."))
            case Pictures(series=series) | Print(series=series):
                if not 0 <= series <= len(exam.series):
                    raise Invalid(_(NO_SERIES))
            case _:
                pass

    def _has_files(self, exam: Exam) -> bool:
        query = (
            select(Instance)
            .join(Series)
            .where(
                Series.study_id == exam.access.study_id,
                objects_for(self._portal.clock(), early=exam.access.early),
            )
        )
        with self._portal.reading() as db:
            held = db.execute(query).scalars().all()
        return bool(cleanable(self._portal, held) if exam.access.hidden else held)

    def _made(self, permit: Permit, exam: Exam, wanted: Wanted) -> Iterator[bytes]:
        match wanted:
            case DicomFiles():
                return DicomPieces(self._portal, self._images, permit, exam).pieces()
            case Pictures():
                return PictureFiles(self._portal, self._stills, permit, exam, wanted).pieces()
            case Reports():
                return report_files(self._portal, permit, exam)
            case Print():
                return print_out(self._portal, self._stills, permit, exam, wanted)

    def _record(self, access: Access, wanted: Wanted) -> None:
        kind = {DicomFiles: "dicom", Pictures: "pictures", Reports: "report", Print: "print"}
        with self._portal.transaction() as tx:
            tx.record(
                Action.PRINTED if isinstance(wanted, Print) else Action.DOWNLOADED,
                account_id=access.account_id,
                patient_id=access.patient_id,
                study_id=access.study_id,
                what=kind[type(wanted)],
                why=str(access.why),
                hidden=access.hidden,
            )


class _Running(Pieces):
    """Asks for the permission again before every piece, and gives the turn back once."""

    def __init__(
        self, permit: Permit, pieces: Iterator[bytes], turns: Turns, account_id: int
    ) -> None:
        self._permit, self._pieces, self._turns = permit, pieces, turns
        self._account_id = account_id
        self._open = True

    def __next__(self) -> bytes:
        self._permit.still()
        piece = next(self._pieces)
        self._permit.still()  # making it took a while
        return piece

    def unchanged(self) -> bool:
        """Whether nothing happened that might end it; asks no database."""
        return self._permit.unchanged()

    def check(self) -> None:
        """Expired or NotAllowed once it may not go on."""
        self._permit.still()

    def close(self) -> None:
        """End it, wherever it is."""
        if self._open:
            self._open = False
            self._turns.give_back(self._account_id)
            if (close := getattr(self._pieces, "close", None)) is not None:
                close()

    def __del__(self) -> None:
        self.close()  # of a request that was given up before its answer began
