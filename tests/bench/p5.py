"""P5: objects taken in: over HTTP (STOW-RS) and from storescu (C-STORE).

Both sides answer only for what is on disk. Orthanc runs with its defaults: files synced
(`SyncStorageArea`), no compression of what is stored, its SQLite index as it sets it up itself.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from statistics import median

from tests.bench.clients import Stow
from tests.bench.debian import install
from tests.bench.exam import Study, long_ct
from tests.bench.figures import Figure, Missing, optional, say, shout
from tests.bench.goals import GOALS
from tests.bench.orthanc import ROOT, orthanc
from tests.bench.ours import STAFF, our_side

ROUNDS = 3
NO_RECEIVER = "not there yet: the portal has no DICOM receiver"


def measure() -> list[Figure]:
    """Each round into an empty server: ours, Orthanc over HTTP; then Orthanc from storescu."""
    study = long_ct()
    mine: list[float] = []
    theirs: list[float] = []
    note = ""
    for _ in range(ROUNDS):
        try:
            with our_side([]) as ours:
                port, headers = ours.port, {"Authorization": f"Bearer {ours.token(STAFF)}"}
                mine.append(_rate(study, Stow(port, "/dicomweb/studies", headers)))
        except Missing as missing:
            note = str(missing)
        with optional(orthanc()) as peer:
            if peer:
                theirs.append(_rate(study, Stow(peer.port, f"{ROOT}/studies", {})))
    say(f"ours {[round(rate) for rate in mine]}/s, Orthanc {[round(rate) for rate in theirs]}/s")
    shout(f"C-STORE: {NO_RECEIVER}")
    return [
        Figure(
            GOALS["P5 STOW"], median(mine) if mine else None, median(theirs) if theirs else None,
            note,
        ),
        Figure(GOALS["P5 C-STORE"], None, _storescu(study), NO_RECEIVER),
    ]  # fmt: skip


def _rate(study: Study, stow: Stow) -> float:
    return len(study.files) / stow.store(study.files)


def _storescu(study: Study) -> float | None:
    """Objects a second that Orthanc takes from dcmtk's storescu over one association."""
    if not shutil.which("storescu"):
        install("dcmtk")
    with optional(orthanc()) as peer:
        if peer is None or not shutil.which("storescu"):
            return None
        began = time.perf_counter()
        subprocess.run(
            ["storescu", "--scan-directories", "-aec", "ORTHANC", "127.0.0.1",
             str(peer.dicom_port), str(study.files[0].parent)],
            check=True,
        )  # fmt: skip
        return len(study.files) / (time.perf_counter() - began)
