"""How high the band is that some ultrasound machines write names into, where no region is stated.

Makers lay their screens out differently for each model and size; what is listed here has been
reported for these models by several hospitals, and is rounded up. Below the band such a picture
carries measurements and settings. Models and sizes that are not listed have no known band.
"""

from __future__ import annotations

from typing import NamedTuple

from pydicom.dataset import Dataset

from imaging.attributes import text, whole


class Band(NamedTuple):
    """Screens of `rows` rows of a maker's model: the upper `height` of them carry names."""

    maker: str  # as Manufacturer contains it, in lower case
    model: str  # as Manufacturer's Model Name contains it, in lower case
    rows: int
    height: int


KNOWN = (
    Band("ge", "logiqe9", 720, 80),
    Band("ge", "logiqs8", 768, 80),
    Band("ge", "voluson p8", 727, 80),
    Band("ge", "voluson s", 743, 80),
    Band("philips", "iu22", 600, 72),
    Band("philips", "iu22", 480, 60),
    Band("philips", "epiq", 768, 72),
    Band("siemens", "s2000", 768, 72),
    Band("siemens", "s3000", 768, 72),
    Band("siemens", "antares", 768, 88),
    Band("acuson", "sequoia", 480, 40),
    Band("toshiba", "tus-a300", 720, 84),
    Band("supersonic", "aixplorer", 1050, 104),
    Band("zonare", "z_one", 600, 80),
)


def header_band(dataset: Dataset) -> int:
    """The height in pixels of the band at the top of an ultrasound picture; 0: none is known."""
    maker, model = text(dataset, "Manufacturer").lower(), text(dataset, "ManufacturerModelName")
    rows = whole(dataset, "Rows")
    for band in KNOWN:
        if rows == band.rows and band.maker in maker and band.model in model.lower():
            return band.height
    return 0
