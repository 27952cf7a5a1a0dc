"""Which decoders read which transfer syntax, in the order they are tried."""

from collections.abc import Callable
from typing import Any

import numpy as np

from imaging import transfer_syntax as syntaxes
from imaging.decoders import jpeg, jpeg_2000, jpeg_ls
from imaging.decoders.deflated import deflated
from imaging.decoders.native import uncompressed
from imaging.decoders.rle import run_lengths
from imaging.instance import ImageDescription

Decoder = Callable[[ImageDescription, bytes], np.ndarray[Any, np.dtype[Any]]]

_JPEG: tuple[Decoder, ...] = (jpeg.by_pillow, jpeg.by_libjpeg, jpeg.by_libjpeg_mended)
_JPEG_LS: tuple[Decoder, ...] = (jpeg_ls.by_charls, jpeg_ls.by_libjpeg)
_JPEG_2000: tuple[Decoder, ...] = (jpeg_2000.by_openjpeg, jpeg_2000.by_pillow)

# native frames need no decoder: `imaging.decode` reads them where they lie
DECODERS: dict[str, tuple[Decoder, ...]] = {
    syntaxes.ENCAPSULATED_UNCOMPRESSED: (uncompressed,),
    syntaxes.DEFLATED_FRAMES: (deflated,),
    syntaxes.RLE: (run_lengths,),
    syntaxes.JPEG_BASELINE: _JPEG,
    syntaxes.JPEG_EXTENDED: _JPEG,
    syntaxes.JPEG_LOSSLESS: (jpeg.by_libjpeg,),
    syntaxes.JPEG_LOSSLESS_FIRST_ORDER: (jpeg.by_libjpeg,),
    syntaxes.JPEG_LS: _JPEG_LS,
    syntaxes.JPEG_LS_NEAR: _JPEG_LS,
    syntaxes.JPEG_2000_LOSSLESS: _JPEG_2000,
    syntaxes.JPEG_2000: _JPEG_2000,
    syntaxes.HTJ2K_LOSSLESS: (jpeg_2000.by_openjpeg,),
    syntaxes.HTJ2K_LOSSLESS_RPCL: (jpeg_2000.by_openjpeg,),
    syntaxes.HTJ2K: (jpeg_2000.by_openjpeg,),
}
