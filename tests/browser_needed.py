"""Get a Chromium for the browser tests where there is none and that is possible."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys


def find_browser() -> str:
    """The path of a Chromium, empty when there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or ""


def main() -> None:
    """Install Debian's Chromium as root; otherwise say what will be skipped."""
    if find_browser():
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        for command in (
            ["apt-get", "update", "-q"],
            ["apt-get", "install", "-q", "--yes", "--no-install-recommends", "chromium"],
        ):
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    if not find_browser():
        print("NO CHROMIUM: the browser tests will be SKIPPED.", file=sys.stderr)


if __name__ == "__main__":
    main()
