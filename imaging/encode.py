"""Pictures as bytes that browsers show."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]
PNG_LEVEL = 6  # an eighth smaller than level 1 for 2 ms more in 512 by 512


def jpeg(picture: Picture, quality: int) -> bytes:
    """Baseline JPEG (ITU-T T.81) of a grey (h, w) or RGB (h, w, 3) picture, quality 1 to 100."""
    buffer = io.BytesIO()
    # full colour resolution where quality is asked for: ultrasound's text blurs otherwise
    sampling = "4:4:4" if quality >= 85 else "4:2:0"
    Image.fromarray(picture).save(buffer, "JPEG", quality=quality, subsampling=sampling)
    return buffer.getvalue()


def png(picture: Picture) -> bytes:
    """PNG (ISO/IEC 15948), without loss."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", compress_level=PNG_LEVEL)
    return buffer.getvalue()
