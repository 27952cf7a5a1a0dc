"""Debian packages that a measurement needs, where they may be installed."""

from __future__ import annotations

import os
import shutil
import subprocess

from tests.bench.figures import say


def install(*packages: str) -> None:
    """Install packages as root; run level 1 keeps them from being started as a service."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    say(f"installing {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-q", "--yes", "--no-install-recommends", *packages],
    ):
        subprocess.run(
            command, check=False, env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
