"""Differences that the standard decides, each with its paragraph; any other one is a defect."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """Which files differ from which reader, which paragraph decides, and for whom."""

    pattern: str  # of the file's name, as fnmatch has it
    reader: str  # dcmtk, formula
    paragraph: str
    why: str


EXPLANATIONS = (
    Explanation(
        "wg04/*/MR3_*",
        "*",
        "PS3.3 C.7.5.1.1.2",
        "Pixel Padding Value 0 marks what is outside the patient: shown black here, whatever the "
        "window; dcmtk and the plain formula window it like any value (21 levels, background "
        "only).",
    ),
    Explanation(
        "*seg*",
        "dcmtk",
        "PS3.3 C.8.20.2",
        "A segmentation: each segment is shown in its Recommended Display CIELab Value, or in a "
        "colour of a palette; dcmtk shows the bits 0 and 1 as grey.",
    ),
    Explanation(
        "pydicom-data/liver*",
        "dcmtk",
        "PS3.3 C.8.20.2",
        "A segmentation: each segment is shown in its Recommended Display CIELab Value; dcmtk "
        "shows the bits 0 and 1 as grey.",
    ),
    Explanation(
        "pydicom-data/SC_ybr_full_uncompressed.dcm",
        "dcmtk",
        "PS3.3 C.7.6.3.1.2",
        "YBR_FULL: with the equations of the paragraph in double precision this picture is off by "
        "at most 0.5 level here and by up to 1.8 in dcmtk, which computes with rounded factors.",
    ),
)
