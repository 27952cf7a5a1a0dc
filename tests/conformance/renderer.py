"""dcmtk's renderer: `dcm2img`, or `dcmj2pnm` with `dcml2pnm` for JPEG-LS in older releases."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture

from imaging.grayscale import Window
from imaging.transfer_syntax import JPEG_LS, JPEG_LS_NEAR


class Refused(Exception):
    """dcmtk does not render this; the message is what it says."""


def is_there() -> bool:
    return _tool("") is not None


def version() -> str:
    tool = _tool("")
    if tool is None:
        return "absent"
    said = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"v(\d[\d.]*)", said)
    return f"{tool} of dcmtk {found.group(1) if found else ''}".strip()


def picture(
    path: Path, syntax: str, frame: int, window: Window | None, number: int | None = None
) -> NDArray[Any]:
    """Frame `frame` (from 0), (rows, columns) or (rows, columns, 3), 8 bits.

    With a `number` the renderer takes the file's own window of that number, from 0, else the one
    given. Raises Refused.
    """
    tool = _tool(syntax)
    assert tool is not None
    own = ["+Wi", str((number or 0) + 1)]
    how = own if number is not None else [] if window is None else _options(window)
    command = [tool, "-q", "+F", str(frame + 1), *how, "+op", str(path), "/dev/stdout"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    if done.returncode or not done.stdout:
        raise Refused(_reason([part for part in command if part != "-q"]))
    return np.asarray(Picture.open(io.BytesIO(done.stdout)))


def _options(window: Window) -> list[str]:
    if window.function == "TABLE":
        return ["+Wl", str(window.table + 1)]
    if window.function == "LINEAR_EXACT":
        # dcmtk knows LINEAR only, which is the same ramp with half a step off each end
        return ["+Ww", repr(window.center + 0.5), repr(window.width + 1)]
    shape = ["+Wfs"] if window.function == "SIGMOID" else ["+Wfl"]
    return [*shape, "+Ww", repr(window.center), repr(window.width)]


def _reason(command: list[str]) -> str:
    said = subprocess.run(command, capture_output=True, check=False, timeout=60).stderr
    lines = [
        line for line in said.decode(errors="replace").splitlines() if line[:2] in ("E:", "F:")
    ]
    return lines[0][2:].strip() if lines else "no reason given"


def _tool(syntax: str) -> str | None:
    if shutil.which("dcm2img"):
        return "dcm2img"
    if syntax in (JPEG_LS, JPEG_LS_NEAR) and shutil.which("dcml2pnm"):
        return "dcml2pnm"
    return "dcmj2pnm" if shutil.which("dcmj2pnm") else None
