"""P6: what one person may see, the search behind the glass, the lists of the staff desk, with 10 k
and with 1 M exams.

Called as the pages call them, decision and audit event included, in one process beside the
database. The plan of every statement is written beneath the table of docs/PERFORMANCE.md.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import event, text

from services import access
from services.exam import exam_list
from services.glass import break_glass
from services.opening import open_portal
from services.portal import Portal
from services.settings import Settings
from services.signing_in.sessions import SignedIn
from services.throttling import Throttles
from storage.database import Database
from tests.bench import desk_lists, desk_rows, many
from tests.bench.figures import Figure, Missing, percentile, say, shout, spread
from tests.bench.goals import GOALS
from tests.bench.many import NOW, People
from tests.bench.postgres import server
from tests.bench.table import DOCUMENT

FEW, MANY = 10_000, 1_000_000
TRIES = 300
DESK_TRIES = 20
BEGIN, END = "<!-- plans written by P6 -->", "<!-- end of the plans -->"
DATABASES = ("SQLite", "PostgreSQL")
MEASURED = ("list", "search", "desk")


def measure() -> list[Figure]:
    """On SQLite and on PostgreSQL, each with few and with many exams."""
    figures: list[Figure] = []
    plans: dict[str, str] = {}
    for name in DATABASES:
        try:
            few, _ = _measured(name, FEW)
            lots, plans[name] = _measured(name, MANY)
        except Missing as missing:
            shout(f"P6 ON {name.upper()} LEFT OUT: {missing}")
            figures += [Figure(GOALS[f"P6 {w} {name}"], None, note="not measured")
                        for w in MEASURED]  # fmt: skip
            continue
        for what in MEASURED:
            goal = GOALS[f"P6 {what} {name}"]
            figures.append(Figure(goal, lots[what], few[what]))
    if plans:
        _write(plans)
    return figures


def _measured(name: str, studies: int) -> tuple[dict[str, float], str]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="my-imaging-p6-")))
        url = stack.enter_context(server()) if name == "PostgreSQL" else ""
        settings = Settings(
            _env_file=None, data_dir=folder / "data", database_url=url, time_zone="UTC"
        )  # type: ignore[call-arg]
        (folder / "data").mkdir(mode=0o700)
        say(f"{name}: filling in {studies} exams")
        database = Database(settings.database)
        people = many.fill(database, studies)
        administrator = desk_rows.fill(database, studies, people.clinician)
        database.close()
        portal = open_portal(settings, clock=lambda: NOW)
        stack.callback(portal.database.close)
        found = {
            "list": _list(portal, people),
            "search": _search(portal, people),
            "desk": _desk(portal, administrator),
        }
        for what, times in found.items():
            say(f"{name}, {studies} exams, {what}: {spread(times, 'ms')}")
        return {what: percentile(times, 95) for what, times in found.items()}, _plans(
            portal, people
        )


def _timed(times: list[float], call: Callable[[], object]) -> None:
    began = time.perf_counter()
    call()
    times.append((time.perf_counter() - began) * 1000)


def _list(portal: Portal, people: People) -> list[float]:
    """The newest exam and the first page, of patients, of guests, of staff who may see all."""
    times: list[float] = []
    each = TRIES // 3
    step = max(1, len(people.patients) // each)
    some = [*people.patients[::step][:each], *people.guests[:: max(1, len(people.guests) // each)]]
    for account in [*some[: 2 * each], *[people.staff] * each]:
        for page in (1, exam_list.MOST):
            _timed(times, lambda a=account, p=page: access.visible(portal, a, limit=p))  # type: ignore[misc]
    return times


def _search(portal: Portal, people: People) -> list[float]:
    """By last name, first name and DOB; every other one with the names in the wrong order."""
    times: list[float] = []
    who = SignedIn(people.clinician, 1, "breakglass", "", "Dr", "d@many.example",
                   NOW.astimezone(UTC) + timedelta(hours=1))  # fmt: skip
    for number, (family, given, born) in enumerate(people.searched[:TRIES]):
        unhurried = replace(portal, throttles=Throttles())
        names = (family, given) if number % 2 else (given, family)
        _timed(
            times,
            lambda p=unhurried, n=names, b=born: break_glass.search(  # type: ignore[misc]
                p, who, last_name=n[0], first_name=n[1], born=b.isoformat()
            ),
        )
    return times


def _desk(portal: Portal, administrator: int) -> list[float]:
    """The slowest list of the desk in the slowest of all the ways in which it is asked for."""
    slowest: list[float] = [0.0]
    for name, (listed, ways) in desk_lists.LISTS.items():
        of_list: list[float] = []
        for wanted in ways:
            times: list[float] = []
            for _ in range(DESK_TRIES):
                _timed(times, lambda f=listed, w=wanted: f(portal, administrator, w))  # type: ignore[misc]
            of_list += times
            slowest = max(slowest, times, key=lambda some: percentile(some, 95))
        say(f"the desk's {name}: {spread(of_list, 'ms')}")
    return slowest


def _plans(portal: Portal, people: People) -> str:
    """Every statement that reads exams or patients, with its plan."""
    seen: dict[str, str] = {}
    family, given, born = people.searched[0]
    who = SignedIn(people.clinician, 1, "breakglass", "", "Dr", "d@many.example", NOW)
    calls: dict[str, Callable[[], object]] = {
        "a patient's list": lambda: access.visible(portal, people.patients[7]),
        "a guest's list": lambda: access.visible(portal, people.guests[7]),
        "the list of staff": lambda: access.visible(portal, people.staff),
        "the search behind the glass": lambda: break_glass.search(
            replace(portal, throttles=Throttles()), who,
            last_name=family, first_name=given, born=born.isoformat(),
        ),
    }  # fmt: skip
    for what, call in calls.items():
        with _heard(portal) as statements:
            call()
        for statement, parameters in statements:
            if "FROM studies" in statement or "FROM patients" in statement:
                seen[what] = _plan(portal, statement, parameters)
                break
    return "\n\n".join(f"{what}:\n\n```\n{plan}\n```" for what, plan in seen.items())


@contextmanager
def _heard(portal: Portal) -> Iterator[list[tuple[str, Any]]]:
    heard: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        heard.append((statement, parameters))

    engine = portal.database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield heard
    event.remove(engine, "before_cursor_execute", note)


def _plan(portal: Portal, statement: str, parameters: Any) -> str:
    sqlite = portal.database.engine.dialect.name == "sqlite"
    explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
    with portal.database.engine.connect() as connection:
        rows = connection.exec_driver_sql(explain + statement, parameters).all()
        connection.execute(text("SELECT 1"))
    lines = [str(row[-1]) for row in rows]
    return "\n".join(re.sub(r"  \(cost=.*?\)", "", line) for line in lines)


def _write(plans: dict[str, str]) -> None:
    document = DOCUMENT.read_text()
    before, rest = document.split(BEGIN)
    _old, after = rest.split(END)
    told = "\n\n".join(f"### {name}\n\n{plan}" for name, plan in plans.items())
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{told}\n\n{END}{after}")
