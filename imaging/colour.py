"""Colour spaces to RGB (DICOM PS3.3 C.7.6.3.1.2), and stored values to palette colours (C.7.9)."""

import functools
from typing import Any

import numpy as np

from imaging.modules import Palette

Pixels = np.ndarray[Any, np.dtype[Any]]
Picture = np.ndarray[Any, np.dtype[np.uint8]]


def ybr_full_to_rgb(ybr: Pixels, bits: int = 8) -> Pixels:
    """RGB of YBR_FULL samples (rows, columns, 3), unsigned of `bits` bits, in the same dtype."""
    if bits == 8 and ybr.dtype == np.uint8:
        return _ybr_full_8(ybr)
    half, top = 1 << (bits - 1), (1 << bits) - 1
    y, cb, cr = (ybr[..., part].astype(np.float64) for part in range(3))
    cb -= half
    cr -= half
    rgb = np.stack([y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb], axis=-1)
    return np.clip(np.floor(rgb + 0.5), 0, top).astype(ybr.dtype)


@functools.cache
def _chroma_tables() -> tuple[Pixels, Pixels, Pixels, Pixels]:
    """What Cr adds to red, Cb to green, Cr to green and Cb to blue; green's in 65536ths."""
    chroma = np.arange(256, dtype=np.float64) - 128
    red, blue = (np.floor(part * chroma + 0.5).astype(np.int16) for part in (1.402, 1.772))
    green_cb = np.rint(-0.344136 * 65536 * chroma).astype(np.int32)
    green_cr = np.rint(-0.714136 * 65536 * chroma).astype(np.int32) + 32768
    return red, green_cb, green_cr, blue


def _ybr_full_8(ybr: Picture) -> Picture:
    red, green_cb, green_cr, blue = _chroma_tables()
    y, cb, cr = ybr[..., 0].astype(np.int16), ybr[..., 1], ybr[..., 2]
    rgb = np.empty(ybr.shape, np.uint8)
    np.clip(y + red[cr], 0, 255, out=rgb[..., 0], casting="unsafe")
    np.clip(y + ((green_cb[cb] + green_cr[cr]) >> 16), 0, 255, out=rgb[..., 1], casting="unsafe")
    np.clip(y + blue[cb], 0, 255, out=rgb[..., 2], casting="unsafe")
    return rgb


def ybr_partial_to_rgb(ybr: Pixels) -> Picture:
    """RGB of 8-bit YBR_PARTIAL samples (rows, columns, 3): black at luma 16, white at 235
    (retired).
    """
    y, cb, cr = (ybr[..., part].astype(np.float32) for part in range(3))
    y = 255 / 219 * (y - 16)
    cb = 255 / 224 * (cb - 128)
    cr = 255 / 224 * (cr - 128)
    rgb = np.stack([y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb], axis=-1)
    return np.clip(rgb + 0.5, 0, 255).astype(np.uint8)


def spread_422(stored: Pixels, rows: int, columns: int) -> Pixels:
    """(rows, columns, 3) of samples stored as Y Y Cb Cr for each two columns."""
    pairs = stored.reshape(rows, columns // 2, 4)
    ybr = np.empty((rows, columns, 3), stored.dtype)
    ybr[:, 0::2, 0], ybr[:, 1::2, 0] = pairs[..., 0], pairs[..., 1]
    ybr[:, 0::2, 1:] = ybr[:, 1::2, 1:] = pairs[..., 2:]
    return ybr


def palette_colours(palette: Palette, indices: Pixels) -> Picture:
    """The palette's colour of each stored value: (rows, columns) integers to (rows, columns, 3)."""
    table = np.frombuffer(palette.rgb, np.uint8).reshape(-1, 3)
    places = indices.astype(np.int32) - palette.first if palette.first else indices
    return np.take(table, places, axis=0, mode="clip")
