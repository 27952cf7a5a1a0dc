"""One's own measurements of an exam as a DICOM file, to take to other software."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from pydicom.dataset import Dataset

from imaging.decode import Undecodable
from imaging.measure import Quantity
from services import access as decision
from services.access import Access
from services.audit import Action
from services.errors import Invalid, NotAllowed
from services.hiding.disguise import Disguise, disguise
from services.hiding.hidden_copy import header
from services.language import N_, _
from services.pictures.frames import Images, Withheld
from services.portal import Portal
from services.viewer import measurements
from services.viewer.annotation import Shape
from services.viewer.measuring import COLOURS, Measuring
from storage.models import Account

if TYPE_CHECKING:
    from imaging.measurement_report import Measured

NOTHING = N_(
    "There is nothing measured yet that could be saved. Arrows and texts stay in the portal."
)
NO_DOWNLOAD = N_("This exam may not be downloaded.")


def may_export(access: Access) -> bool:
    """Whether measurements may leave the portal: it is a download."""
    return access.may_download


class Exporter:
    """Writes measurements down for other software. Every way in takes an `Access`."""

    def __init__(self, portal: Portal, images: Images) -> None:
        self._portal = portal
        self._images = images
        self._measuring = Measuring(portal, images)

    def export(self, access: Access) -> bytes:
        """A DICOM SR (TID 1500) of the account's own measurements; that it was made is recorded.

        Where details are hidden it is about the copies of the images that a download has.

        Raises NotAllowed where the exam may not be downloaded, Invalid where nothing is measured,
        Expired once the exam may no longer be seen.
        """
        from imaging.measurement_report import measurement_report  # slow to load, seldom needed

        portal = self._portal
        access = decision.renewed(portal, access)
        if not may_export(access):
            raise NotAllowed(_(NO_DOWNLOAD))
        measured = self._measured(access)
        if not measured:
            raise Invalid(_(NOTHING))
        with portal.transaction() as tx:
            name = tx.db.get_one(Account, access.account_id).name
            tx.record(
                Action.MEASUREMENTS_SAVED,
                account_id=access.account_id,
                patient_id=access.patient_id,
                study_id=access.study_id,
                why=str(access.why),
            )
        report = measurement_report(
            measured,
            observer=_person_name(name),
            now=tx.now.astimezone(portal.settings.zone),
            uid_source=portal.secrets.token(),
        )
        file = io.BytesIO()
        report.save_as(file, enforce_file_format=True)
        return file.getvalue()

    def _measured(self, access: Access) -> list[Measured]:
        """What the template has a place for: neither words nor colours."""
        from imaging.measurement_report import Measured

        headers: dict[int, Dataset] = {}
        worn = disguise(self._portal, access)
        found = []
        for annotation in measurements.listed(self._portal, access):
            shape = annotation.shape
            quantities = self._quantities(access, shape)
            if not quantities or COLOURS[0] in quantities:
                continue
            where = shape.where
            if where.instance_id not in headers:
                headers[where.instance_id] = self._header(where.instance_id, worn)
            found.append(
                Measured(
                    annotation.key,
                    shape.kind.value,
                    headers[where.instance_id],
                    where.frame,
                    shape.points,
                    quantities,
                )
            )
        return found

    def _quantities(self, access: Access, shape: Shape) -> dict[str, Quantity]:
        try:
            return self._measuring.quantities(access, shape)
        except (Withheld, Undecodable):
            return {}

    def _header(self, instance_id: int, worn: Disguise | None) -> Dataset:
        with self._portal.objects.open(self._images.image(instance_id).sha256) as file:
            read = header(file)
            return read if worn is None else worn.copy(read, masked=False)


def _person_name(name: str) -> str:
    """A DICOM person name (DICOM PS3.5 6.2.1) of "Given Family"."""
    given, _, family = " ".join(name.replace("^", " ").replace("=", " ").split()).rpartition(" ")
    return f"{family}^{given}"[:64]
