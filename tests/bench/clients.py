"""The clients of the benchmarks: one kept connection, as little of their own work as possible."""

from __future__ import annotations

import http.client
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.debian import install
from tests.bench.figures import Missing

BOUNDARY = "bench-boundary-7d1f"
JPEG = {"Accept": "image/jpeg"}
AT_ONCE = 10  # instances in one STOW request


class Line:
    """One kept connection to a loopback port."""

    def __init__(self, port: int, headers: Mapping[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = dict(headers or {})

    def get(self, path: str) -> tuple[int, bytes, str]:
        """Status, body and media type."""
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read(), answer.headers.get("Content-Type", "")

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Status and body."""
        self._connection.request("POST", path, body, {**self._headers, **headers})
        answer = self._connection.getresponse()
        return answer.status, answer.read()


class Stow:
    """A STOW-RS client (DICOM PS3.18 10.5): one connection, ten instances a request."""

    def __init__(self, port: int, path: str, headers: Mapping[str, str]) -> None:
        self._line = Line(port, headers)
        self._path = path

    def store(self, files: Sequence[Path]) -> float:
        """Store files; returns the seconds that requests took, without reading the files."""
        spent = 0.0
        for start in range(0, len(files), AT_ONCE):
            body = _multipart([file.read_bytes() for file in files[start : start + AT_ONCE]])
            began = time.perf_counter()
            status, answer = self._line.post(
                self._path,
                body,
                {
                    "Content-Type": 'multipart/related; type="application/dicom"; '
                    f"boundary={BOUNDARY}",
                    "Accept": "application/dicom+json",
                },
            )
            spent += time.perf_counter() - began
            if status in (404, 405):
                raise Missing(f"nothing takes STOW-RS at {self._path}")
            if status != 200:
                raise RuntimeError(f"{self._path} answered {status}: {answer[:300]!r}")
        return spent


def _multipart(parts: Sequence[bytes]) -> bytes:
    head = f"--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    joined = b"".join(head + part + b"\r\n" for part in parts)
    return joined + f"--{BOUNDARY}--\r\n".encode()


def each_once(line: Line, paths: Sequence[str]) -> float:
    """Pictures a second when each path is asked for once; Missing where no pictures are."""
    began = time.perf_counter()
    for path in paths:
        status, body, media_type = line.get(path)
        if status != 200 or not media_type.startswith("image/jpeg"):
            raise Missing(f"no JPEG at {path[:60]}…: {status} {media_type} {body[:80]!r}")
    return len(paths) / (time.perf_counter() - began)


def wrk(url: str, seconds: int, headers: Mapping[str, str] | None = None) -> float:
    """Requests a second of `wrk -t1 -c1`; Missing without wrk or with any failed request."""
    if not shutil.which("wrk"):
        install("wrk")
    if not shutil.which("wrk"):
        raise Missing("no wrk here; install Debian's package wrk")
    extra = [word for name, value in (headers or {}).items() for word in ("-H", f"{name}: {value}")]
    told = subprocess.run(
        ["wrk", "-t1", "-c1", f"-d{seconds}s", *extra, url],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    if "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(f"requests failed:\n{told}")
    return float(told.split("Requests/sec:")[1].split()[0])
