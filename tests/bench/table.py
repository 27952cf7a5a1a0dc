"""The table of docs/PERFORMANCE.md: rows are replaced by newer ones, the words around them stay."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

from tests.bench import ohif, orthanc
from tests.bench.figures import Figure, shown
from tests.bench.goals import GOALS
from tests.browser_needed import find_browser
from tests.journeys.served import ROOT

DOCUMENT = ROOT / "docs/PERFORMANCE.md"
BEGIN, END = "<!-- measured by make bench -->", "<!-- end of what make bench writes -->"
HEAD = (
    "| | what | ours | peer | ratio | asked for | met | measured |\n"
    "|---|---|---|---|---|---|---|---|"
)


def row(figure: Figure, measured: date) -> str:
    """A line of the table."""
    goal = figure.goal
    peer = f"{shown(figure.peer, goal.unit)} ({goal.peer})" if figure.peer else goal.peer or "–"
    cells = (
        goal.key, goal.what, figure.note or shown(figure.ours, goal.unit), peer,
        f"{figure.ratio:.2f}" if figure.ratio else "–", goal.asked or "–",
        figure.met if goal.asked else "–", str(measured),
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def rows(text: str) -> dict[str, str]:
    """The lines of a document's table, by goal."""
    return {found[1]: found[0] for found in re.finditer(r"^\| (P\d[^|]*?) \|.*$", text, re.M)}


def sentences(text: str) -> dict[str, str]:
    """What limits each figure, by goal."""
    found = re.finditer(r"^- \*\*(P\d[^*]*)\*\*: (.+(?:\n  .+)*)", text, re.M)
    return {match[1]: match[2] for match in found}


def renewed(text: str, lines: dict[str, str], where: str) -> str:
    """The document with these lines in the table, and the machine that measured."""
    before, rest = text.split(BEGIN)
    old, after = rest.split(END)
    known = {**rows(old), **lines}
    table = "\n".join([HEAD, *(known[key] for key in GOALS if key in known)])
    return f"{before}{BEGIN}\n\n{where}\n\n{table}\n\n{END}{after}"


def write(figures: Iterable[Figure], measured: date, where: str) -> None:
    """Put figures into the document, and on what machine they were measured."""
    lines = {figure.goal.key: row(figure, measured) for figure in figures}
    DOCUMENT.write_text(renewed(DOCUMENT.read_text(), lines, where))


def machine() -> str:
    """The machine, its load before the run, and the versions of everything that is measured."""
    load = os.getloadavg()[0]
    model = re.search(r"model name\s*: (.+)", _read("/proc/cpuinfo"))
    memory = re.search(r"MemTotal:\s*(\d+)", _read("/proc/meminfo"))
    named = [
        f"{os.cpu_count()} processors ({model[1] if model else platform.machine()})",
        f"{int(memory[1]) / 1048576:.0f} GB" if memory else "", f"load {load:.1f} before the run",
        f"Python {platform.python_version()}", f"NiceGUI {version('nicegui')}",
        _said([find_browser(), "--version"], r"Chromium [\d.]+"), orthanc.version(),
        ohif.version(), _said(["storescu", "--version"], r"dcmtk: storescu v[\d.]+"),
    ]  # fmt: skip
    return f"Last run on {', '.join(name for name in named if name)}."


def _said(command: Sequence[str], wanted: str) -> str:
    if not command[0] or not shutil.which(command[0]):
        return ""
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(wanted, said.stdout)
    return found[0].replace("dcmtk: storescu v", "dcmtk ") if found else ""


def _read(path: str) -> str:
    return Path(path).read_text() if Path(path).exists() else ""
