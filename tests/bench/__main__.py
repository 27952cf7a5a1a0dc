"""`python -m tests.bench [p1 p2 …]`: measure, print, and renew the table of docs/PERFORMANCE.md."""

from __future__ import annotations

import sys
import time
import traceback
from datetime import date
from importlib import import_module

from rich.console import Console
from rich.table import Table

from tests.bench import table
from tests.bench.figures import Figure, Missing, shout, shown

SCRIPTS = ("p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p10")


def main(asked: list[str]) -> int:
    """Run scripts, all or those asked for; 1 when one of them broke, or a name is unknown."""
    if unknown := set(asked) - set(SCRIPTS):
        shout(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(SCRIPTS)}.")
        return 1
    where = table.machine()
    figures: list[Figure] = []
    broken: list[str] = []
    for script in asked or SCRIPTS:
        module = import_module(f"tests.bench.{script}")
        print(f"{str(module.__doc__).splitlines()[0]}", file=sys.stderr, flush=True)
        began = time.monotonic()
        try:
            figures += module.measure()
        except Missing as missing:
            shout(f"{script.upper()} LEFT OUT: {missing}")
        except Exception:
            traceback.print_exc()
            broken.append(script.upper())
        print(f"  took {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    show(figures)
    if figures:
        table.write(figures, date.today(), where)  # noqa: DTZ011, the day here
    if broken:
        shout(f"BROKE OFF: {', '.join(broken)}")
    return int(bool(broken))


def show(figures: list[Figure]) -> None:
    """The figures of this run on the terminal."""
    told = Table("", "what", "ours", "peer", "ratio", "asked for", "met")
    for figure in figures:
        goal = figure.goal
        told.add_row(
            goal.key, goal.what, figure.note or shown(figure.ours, goal.unit),
            shown(figure.peer, goal.unit), f"{figure.ratio:.2f}" if figure.ratio else "–",
            goal.asked, figure.met if goal.asked else "–",
        )  # fmt: skip
    Console().print(told)


if __name__ == "__main__":
    sys.exit(main([name.lower() for name in sys.argv[1:]]))
