"""Which side of the body a projection shows, and seen from where."""

from __future__ import annotations

from pydicom.dataset import Dataset

from imaging.attributes import items, text
from imaging.modules import Projected

# DICOM PS3.16 CID 4014: codes of SNOMED CT and their older forms
_CODED = {
    "399162004": "CC", "R-10242": "CC", "399368009": "MLO", "R-10226": "MLO",
    "399260004": "ML", "R-10224": "ML", "399352003": "LM", "R-10228": "LM",
}  # fmt: skip


def read_projected(dataset: Dataset) -> Projected:
    """The side and view of a projection image (DICOM PS3.3 C.8.11.7.1.1, C.8.1.2, C.8.7.5)."""
    side = text(dataset, "ImageLaterality") or text(dataset, "Laterality")
    view = text(dataset, "ViewPosition").upper()
    for item in items(dataset, "ViewCodeSequence"):
        view = view or _CODED.get(text(item, "CodeValue"), "")
    return Projected(side if side in ("L", "R", "B") else "", view)
