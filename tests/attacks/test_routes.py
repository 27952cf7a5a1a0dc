"""Every route, walked by everybody: what they get is what the model allows, and nothing breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
import pytest

from tests.attacks import model, people, watching
from tests.attacks.model import ROUTES, Row
from tests.attacks.people import Crowd, crowd
from tests.attacks.route_table import table
from tests.journeys.served import Served, free_port, serving
from tests.tracer.browser import DESKTOP
from tests.tracer.patient import STUDY

pytestmark = pytest.mark.timeout(600)
PARAMETER = re.compile(r"\{(\w+)(?::path)?\}")
GARBAGE = (
    "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e", "a" * 3000, "%00", "%f0%9f%98%80", "1", "-1",
    "%27%20or%201%3D1--", "%0d%0aset-cookie:x=1", "<img src=x onerror=alert(1)>", "\u0131\u212a",
)  # fmt: skip
UIDS = {"study": STUDY, "series": f"{STUDY}.1", "instance": f"{STUDY}.1.1", "frames": "1",
        "tag": "00420011"}  # fmt: skip
COUNTED = {"number": ("1", "2"), "form": ("csv", "jsonl")}  # what can be guessed, by parameter
PROBING = (model.NOBODY, model.STRANGER, model.ADMINISTRATOR)  # who tries what is no address
WEB = "/dicomweb/"
HTML = re.compile(rb"<img src=x onerror", re.IGNORECASE)


@dataclass
class Walk:
    """All that everybody got."""

    table: dict[str, list[str]]
    wrong: list[str] = field(default_factory=list)
    asked: int = 0
    read: set[tuple[str, str]] = field(default_factory=set)  # who was told where, as they may be
    log: bytes = b""


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    folder, port = tmp_path_factory.mktemp("routes") / "data", free_port()
    there, walk = crowd(folder, port), Walk(table())
    there.there.house.portal.database.close()
    with serving(folder, port) as served, ThreadPoolExecutor(4) as at_once:
        list(at_once.map(lambda who: _Walker(walk, there, served, who).walk(), model.EVERYBODY))
        assert httpx.get(f"{served.url}/health/ready").status_code == 200
    walk.log = (folder / "served.log").read_bytes()
    return walk


class _Walker:
    """One person at every door."""

    def __init__(self, walk: Walk, there: Crowd, served: Served, who: str) -> None:
        self._walk, self._there, self._who = walk, there, who
        cookie = there.cookies[who]
        jar = {"myimaging_session": cookie} if cookie else {}
        self._http = httpx.Client(
            base_url=served.url, cookies=jar, headers={"user-agent": DESKTOP}, timeout=60
        )
        self._host = urlsplit(served.url).netloc
        self._token = there.tokens.get(who, "")

    def walk(self) -> None:
        for path, row in ROUTES.items():
            if path in model.DEMONSTRATION:
                continue
            for address, is_own in self._addresses(path):
                self._get(path, row, address, is_own=is_own)
            if self._who in model.TRY_METHODS:
                self._other_ways(path, row)

    def _addresses(self, path: str) -> Iterator[tuple[str, bool]]:
        """With one's own ids, with those of others, and with what is none."""
        names = PARAMETER.findall(path)
        own = self._there.exams.get(self._who, "")
        if not names:
            yield path, True
            yield f"{path}?link={self._there.invitation}&of={own}&next=//evil.example", False
            if self._who in PROBING:
                yield f"{path}?{GARBAGE[3]}=%ff&page=-1&sort=%00&words=..&includefield=all", False
            return
        if path.startswith(WEB):
            yield PARAMETER.sub(lambda found: UIDS[found[1]], path), True
        elif names[0] in COUNTED:
            for one in COUNTED[names[0]]:
                yield PARAMETER.sub(one, path), True
        elif own:
            yield PARAMETER.sub(own, path), True
        others = [one for who, one in self._there.exams.items() if who != self._who]
        if path.startswith(("/study", "/staff")):
            for one in (*others, *(self._there.foreign if "staff" in path else ())):
                yield PARAMETER.sub(one, path), False
        for one in GARBAGE if self._who in PROBING else GARBAGE[:2]:
            yield PARAMETER.sub(lambda _, one=one: one, path), False

    def _get(self, path: str, row: Row, address: str, *, is_own: bool) -> None:
        ways: list[dict[str, str]] = [{}]
        if path.startswith(WEB):
            ways = [{"accept": 'multipart/related; type="*/*"; transfer-syntax=*, */*'}]
            if self._token and is_own:
                ways.append({**ways[0], "authorization": f"Bearer {self._token}", "cookie": ""})
        for headers in ways:
            answer = self._http.get(address, headers=headers)
            expected = row.inside if self._who in model.INSIDE else row.outside
            if not is_own and not (path.startswith("/_nicegui") and answer.status_code < 500):
                expected |= {400, 404, 414, 422}
            if answer.status_code not in expected:
                self._complain(address, f"{answer.status_code}, not one of {sorted(expected)}")
            may = is_own or "{" not in path  # a list is one's own, whatever stands behind the "?"
            may |= (
                path.startswith("/staff") and self._who == model.ADMINISTRATOR
            )  # whose ids they are
            self._look(row, address, answer, may_read=may and self._who in row.told)

    def _look(self, row: Row, address: str, answer: httpx.Response, *, may_read: bool) -> None:
        self._walk.asked += 1
        head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        whole = answer.content + head.encode()
        if answer.status_code >= 500:
            self._complain(address, f"{answer.status_code}")
        found = watching.told_of_the_patient(whole)
        if found and may_read:
            self._walk.read.add((self._who, address))
        elif found:
            self._complain(address, f"told {found[:3]}")
        if found and "no-store" not in answer.headers.get("cache-control", ""):
            self._complain(address, "tells of the patient and may be kept by the browser")
        if not answer.request.url.path.startswith("/_nicegui"):
            for inside in watching.told_of_the_inside(whole)[:1]:
                self._complain(address, f"shows its inside: {inside}")
        is_page = answer.headers.get("content-type", "").startswith("text/html")
        if is_page and HTML.search(answer.content):
            self._complain(address, "what was asked for is in the page as HTML")
        for name in ("x-content-type-options", "content-security-policy", "referrer-policy"):
            if name not in answer.headers:
                self._complain(address, f"has no {name}")
        if urlsplit(answer.headers.get("location", "")).netloc not in ("", self._host):
            self._complain(address, "leads elsewhere")

    def _other_ways(self, path: str, row: Row) -> None:
        """Methods that it has, with nonsense, and methods that it has not."""
        address = PARAMETER.sub(lambda f: UIDS.get(f[1], self._there.exams[people.OWNER]), path)
        for method in ("HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            bodies: list[dict[str, object]] = [{"content": b"\0\xff{" * 50}]
            if method in self._walk.table.get(path, ()):
                bodies += [
                    {"data": {"handover": "x", "next": "//evil.example", "language": "xx"}},
                    {"json": {"handover": ["x"], "language": {"a": 1}, "account_id": 1}},
                    {"data": {"handover": "x" * 70000, "language": "y" * 70000}},
                    {"content": b"--b\r\n\r\n", "headers": {"content-type": "multipart/related; "
                     'type="application/dicom"; boundary=b'}},
                ]  # fmt: skip
            for body in bodies:
                answer = self._http.request(method, address, **body)  # type: ignore[arg-type]
                self._look(row, f"{method} {address}", answer, may_read=False)

    def _complain(self, address: str, what: str) -> None:
        self._walk.wrong.append(f"{self._who} at {address[:160]}: {what}")


def test_every_route_has_its_row(walk: Walk) -> None:
    assert set(walk.table) - set(ROUTES) == set(), "a route without a row in tests/attacks/model.py"
    assert set(ROUTES) - set(walk.table) - model.BESIDE_THE_TABLE == set()


def test_nobody_gets_what_the_model_forbids(walk: Walk) -> None:
    assert not walk.wrong, "\n".join(walk.wrong)
    assert walk.asked > 1200


def test_those_who_may_read_do_read(walk: Walk) -> None:
    """So the search sees what is there."""
    for who in model.READERS:
        addresses = {address for reader, address in walk.read if reader == who}
        assert "/studies" in addresses, who
        assert any(address.startswith("/study/") for address in addresses), who
        assert any(address.startswith(f"/dicomweb/studies/{STUDY}") for address in addresses), who


def test_the_log_names_nobody_and_holds_no_traceback(walk: Walk) -> None:
    assert watching.told_in_the_log(walk.log) == []
