"""ICC profiles of images (DICOM PS3.3 C.11.15): known and told, not applied.

Applying one needs the profile of the screen, which a server does not know; browsers take pictures
without a profile for sRGB, which nearly all of these profiles are.
"""

import io

from PIL import ImageCms
from pydicom.dataset import Dataset

from imaging.attributes import items, text, value

UNNAMED = "unnamed"
LONGEST_NAME = 64


def read_colour_profile(dataset: Dataset) -> str:
    """The name of the image's ICC profile, `UNNAMED` if it has none; empty without a profile."""
    holders = (dataset, *items(dataset, "OpticalPathSequence"))
    for holder in holders:
        profile = value(holder, "ICCProfile")
        if isinstance(profile, bytes) and profile:
            return text(holder, "ColorSpace") or _described(profile) or UNNAMED
    return ""


def _described(profile: bytes) -> str:
    try:
        read = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        name = str(ImageCms.getProfileDescription(read))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return ""
    return " ".join(name.replace("\0", " ").split())[:LONGEST_NAME]
