"""dcmtk's renderer as an independent reader of the same files."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.grayscale import Window
from imaging.transfer_syntax import JPEG_LS, JPEG_LS_NEAR

ABSENT = "DCMTK IS ABSENT (dcm2img or dcmj2pnm): nothing was compared with its renderer"


def renderer(transfer_syntax: str) -> str:
    """The dcmtk program that renders files of this syntax; empty where there is none."""
    if newer := shutil.which("dcm2img"):
        return newer
    name = "dcml2pnm" if transfer_syntax in (JPEG_LS, JPEG_LS_NEAR) else "dcmj2pnm"
    return shutil.which(name) or ""


def version() -> str:
    """What dcmtk calls itself; empty where it is absent."""
    program = renderer("")
    if not program:
        return ""
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return told.stdout.splitlines()[0].strip("$ ").split(" ", 1)[1] if told.stdout else ""


def rendered(
    path: Path, transfer_syntax: str, frame: int, window: Window | None
) -> NDArray[Any] | str:
    """dcmtk's 8-bit picture of a frame (from 0) with that window, or why it makes none."""
    program = renderer(transfer_syntax)
    options = ["+F", str(frame + 1)]
    if "dcm2img" in program:
        options.append("+opb")
    if window is not None and window.function == "TABLE":
        options += ["+Wl", str(window.table + 1)]
    elif window is not None:
        shape = "+Wfs" if window.function == "SIGMOID" else "+Wfl"
        options += ["+Ww", repr(window.center), repr(window.width), shape]
    ran = subprocess.run(
        [program, *options, str(path)], capture_output=True, check=False, timeout=120
    )
    if ran.returncode or not ran.stdout:
        told = ran.stderr.decode(errors="replace").strip().splitlines()
        return told[-1].split(":", 1)[-1].strip() if told else "no output"
    return np.asarray(Image.open(io.BytesIO(ran.stdout)))
