"""Pictures as the sources of elements."""

from __future__ import annotations

import base64

from services.viewer.view_state import Stack
from services.viewer.viewing import Picture

# one transparent pixel: an image without a source is drawn with a frame
NOTHING_YET = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def data_url(picture: Picture) -> str:
    """The picture as a source that needs no further request."""
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode()}"


def is_whole(picture: Picture, stack: Stack) -> bool:
    """Whether a picture shows the whole image, not a part of it."""
    return picture.region == (0, 0, stack.columns, stack.rows)
