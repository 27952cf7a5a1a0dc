"""The peer Orthanc: its own configuration in a temporary folder, never a service."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.clients import Line, Stow
from tests.bench.debian import install
from tests.bench.exam import Study
from tests.bench.figures import Missing
from tests.journeys.served import free_port, until

PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
PACKAGES = ("orthanc", "orthanc-dicomweb")
ROOT = "/dicom-web"


@dataclass(frozen=True)
class Orthanc:
    """A running Orthanc on loopback."""

    port: int
    dicom_port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def installed() -> None:
    """Have Orthanc on this machine, or raise Missing with what to install."""
    if not program():
        install(*PACKAGES)
    if not program():
        raise Missing(f"no Orthanc here; install Debian's packages {' '.join(PACKAGES)}")


def program() -> str:
    """Orthanc's path, empty where it or its plugin is absent."""
    found = shutil.which("Orthanc", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    return found if found and PLUGIN.exists() else ""


def version() -> str:
    """What Orthanc says it is, empty where there is none."""
    if not program():
        return ""
    said = subprocess.run([program(), "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"Orthanc (\d+\.\d+\.\d+)", said.stdout)
    return found[0] if found else ""


@contextmanager
def orthanc(studies: Sequence[Study] = ()) -> Iterator[Orthanc]:
    """Orthanc with its default settings and these exams, until the block ends."""
    installed()
    folder = Path(tempfile.mkdtemp(prefix="my-imaging-bench-orthanc-"))
    running = Orthanc(free_port(), free_port())
    configuration = {
        "Name": "bench", "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "storage"), "HttpPort": running.port,
        "DicomPort": running.dicom_port, "DicomAet": "ORTHANC", "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False, "Plugins": [str(PLUGIN)],
        "DicomWeb": {"Enable": True, "Root": f"{ROOT}/"},
        # the package's own configuration says the same; the program's defaults without a file too
        "StorageCompression": False, "SyncStorageArea": True, "KeepAlive": True, "TcpNoDelay": True,
    }  # fmt: skip
    (folder / "orthanc.json").write_text(json.dumps(configuration))
    try:
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [program(), str(folder / "orthanc.json")], cwd=folder, stdout=log, stderr=log
            )
            try:
                until(lambda: _answers(running, process), "Orthanc to answer", 60)
                stow = Stow(running.port, f"{ROOT}/studies", {})
                for study in studies:
                    stow.store(study.files)
                yield running
            finally:
                process.terminate()
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(15)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _answers(running: Orthanc, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "Orthanc ended at once"
    try:
        return Line(running.port).get("/system")[0] == 200
    except OSError:
        return False
