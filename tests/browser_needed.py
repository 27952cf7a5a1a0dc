"""Get the browsers of the browser tests where they are not there and that is possible."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NEEDS = {  # a browser: the programs its journeys need, each with Debian's package that brings it
    "Chromium": {"chromium": "chromium"},
    "Firefox": {"firefox-esr": "firefox-esr"},
    "WebKit": {"WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb"},
}
APT = ["apt-get", "install", "-q", "--yes", "--no-install-recommends"]


def find_browser() -> str:
    """The path of a Chromium, empty when there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or ""


def lacking(browser: str) -> str:
    """The packages that a browser's journeys need and that are not there, empty when they are."""
    if browser == "Chromium" and find_browser():
        return ""
    needs = NEEDS[browser].items()
    return ", ".join(package for program, package in needs if not shutil.which(program))


def main() -> None:
    """Install Debian's browsers as root, each by itself; then say what will be skipped."""
    wanted = [lacking(browser) for browser in NEEDS if lacking(browser)]
    if wanted and shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["apt-get", "update", "-q"],
            *([*APT, *packages.split(", ")] for packages in wanted),
        ):
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL, env=environment)
    for browser in NEEDS:
        if missing := lacking(browser):
            loss = f"NO {browser.upper()} ({missing}): its journeys will be SKIPPED."
            print(loss, file=sys.stderr)


if __name__ == "__main__":
    main()
