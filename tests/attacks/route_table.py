"""Every address that the application answers to, as its own route tables tell.

NiceGUI's pages belong to a process, so the application is built in one of its own:
`python -m tests.attacks.route_table` prints the table as JSON, `table()` runs that and reads it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

from tests.journeys.served import ROOT

VERSION = re.compile(r"^/_nicegui/[0-9][^/]*")


def table() -> dict[str, list[str]]:
    """Methods by path; of mounted folders and sockets the path alone."""
    command = [sys.executable, "-m", "tests.attacks.route_table"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, list[str]] = json.loads(told.stdout.splitlines()[-1])
    return found


def _applications(app: object, seen: set[int]) -> Iterator[Starlette]:
    """Every application inside of layers of middleware, however they hold what they wrap."""
    if id(app) in seen:
        return
    seen.add(id(app))
    if isinstance(app, Starlette):
        yield app
        return
    held = list(getattr(app, "__dict__", {}).values())
    held += [cell.cell_contents for cell in getattr(app, "__closure__", None) or ()]
    for inner in held:
        if callable(inner) and not isinstance(inner, type):
            yield from _applications(inner, seen)


def _routes(routes: list[BaseRoute], prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    for route in routes:
        included = getattr(route, "original_router", None)  # how FastAPI holds a router
        inner = getattr(included or route, "routes", None)
        path = prefix + getattr(route, "path", "")
        if isinstance(route, Mount) and inner:
            yield from _routes(inner, path)
        elif isinstance(route, Route):
            yield path, sorted(route.methods or ())
        elif included is not None and inner:
            yield from _routes(inner, prefix)
        else:
            yield path or repr(route), []


def _main() -> None:
    from services.opening import open_portal
    from services.settings import Settings
    from ui.application import build

    with tempfile.TemporaryDirectory() as folder:
        portal = open_portal(Settings(_env_file=None, data_dir=Path(folder)))
        built = build(portal, demonstration=True)
        found: dict[str, set[str]] = {}
        for app in _applications(built, set()):
            for path, methods in _routes(app.routes):
                found.setdefault(VERSION.sub("/_nicegui", path), set()).update(methods)
        portal.database.close()
    print(json.dumps({path: sorted(methods) for path, methods in sorted(found.items())}))


if __name__ == "__main__":
    _main()
