"""What a person should know about how an image is shown."""

from imaging.colour_profile import UNNAMED
from imaging.instance import ImageDescription
from imaging.sentences import Sentence


def remarks(description: ImageDescription) -> tuple[Sentence, ...]:
    """Short sentences for the edge of the picture; empty when it shows just what the file says."""
    said = []
    if description.truncated:
        said.append(Sentence("Part of this image is missing from its file."))
    if description.colour_profile and not description.monochrome:
        said.append(
            Sentence("Colours as stored: the profile is not applied.")
            if description.colour_profile == UNNAMED
            else Sentence(
                "Colours as stored: the profile {profile} is not applied.",
                profile=description.colour_profile,
            )
        )
    return tuple(said)
