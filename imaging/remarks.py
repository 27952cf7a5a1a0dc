"""What a person should know about how an image is shown."""

from imaging.colour_profile import UNNAMED
from imaging.instance import ImageDescription


def remarks(description: ImageDescription) -> tuple[str, ...]:
    """Short sentences for the edge of the picture; empty when it shows just what the file says."""
    said = []
    if description.truncated:
        said.append("Part of this image is missing from its file.")
    if description.colour_profile and not description.monochrome:
        named = "" if description.colour_profile == UNNAMED else f" {description.colour_profile}"
        said.append(f"Colours as stored: the profile{named} is not applied.")
    return tuple(said)
