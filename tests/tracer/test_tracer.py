"""Who must not know whose exam it is gets nothing that tells: no byte, and no picture.

A patient whose every detail is unique stands in tags, overlays, reports, file names and pixels. The
person from whom they are hidden goes through every door there is; everything that comes is searched
for them. The patient goes through the same doors, where the search must find them: else the test
would prove nothing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import pytest
from starlette.routing import Route

from services.pictures.frames import Images
from services.pictures.workshop import Workshop
from tests.factories import House
from tests.journeys.served import ROOT, free_port, serving
from tests.tracer import eyes
from tests.tracer.browser import Browser
from tests.tracer.patient import SIZE, Exposed, exposed, named_pixels, objects
from ui.addresses import study_address
from ui.programs import programs
from ui.routes import dicomweb

pytestmark = pytest.mark.timeout(900)  # two people press every button there is
ANY = 'multipart/related; type="*/*"; transfer-syntax=*, */*'
NO_EXAM = "carries nothing of an exam"
STAFFS = "for staff only, from whom nothing is hidden"
# every address of the portal: how it is visited, or why not
PAGES = {
    "/": "/", "/studies": "/studies", "/sharing": "/sharing", "/looks": "/looks",
    "/break-glass": "/break-glass", "/password": "/password", "/forgot": "/forgot",
    "/account": "/account", "/support": "/support", "/login": "/login",
    "/setup": "/setup?link={invitation}",
    "/study/{address}": "/study/{address}",
}  # fmt: skip
FILES = {
    "/study/{address}/dicom.zip": ("",),
    "/study/{address}/pictures.zip": ("?form=jpeg", "?form=png", "?form=gif", "?form=webp",
                                      "?form=png&texts=false"),
    "/study/{address}/report": ("",),
    "/study/{address}/print.pdf": ("", "?images=1", "?report=false&texts=false&images=2"),
}  # fmt: skip
_STUDY, _SERIES = "/dicomweb/studies/{study}", "/dicomweb/studies/{study}/series/{series}"
_INSTANCE = f"{_SERIES}/instances/{{instance}}"
WEB = {
    "/dicomweb/studies": ("?includefield=all",),
    "/dicomweb/series": ("?includefield=all",),
    "/dicomweb/instances": ("?includefield=all",),
    f"{_STUDY}/series": ("?includefield=all",),
    f"{_STUDY}/instances": ("?includefield=all",),
    f"{_SERIES}/instances": ("?includefield=all",),
    f"{_STUDY}/metadata": ("",), f"{_SERIES}/metadata": ("",), f"{_INSTANCE}/metadata": ("",),
    _STUDY: ("",), _SERIES: ("",), _INSTANCE: ("",),
    f"{_INSTANCE}/frames/{{frames}}": ("",),
    f"{_INSTANCE}/bulkdata/{{tag}}": ("",),
    f"{_STUDY}/thumbnail": ("",), f"{_SERIES}/thumbnail": ("?viewport=200,200",),
    f"{_INSTANCE}/thumbnail": ("",),
    f"{_INSTANCE}/rendered": ("", "?accept=image/png&window=1024,1200,linear"),
    f"{_INSTANCE}/frames/{{frames}}/rendered": ("?accept=image/webp",),
    f"{_INSTANCE}/frames/{{frames}}/thumbnail": ("",),
}  # fmt: skip
ELSEWHERE_FROM = ("/", "/break-glass")  # they lead to the exam, or are for other accounts
ELSEWHERE = {
    "/demo/inbox": "only of the demonstration, which has no secrets",
    "/session": NO_EXAM, "/session/again": NO_EXAM,
    "/language": NO_EXAM, "/health/live": NO_EXAM, "/health/ready": NO_EXAM,
    "/metrics": NO_EXAM, "/support/leaflet": NO_EXAM, "/break-glass/renew": NO_EXAM,
    "/apply": NO_EXAM, "/apply/answer": NO_EXAM, "/apply/form.pdf": NO_EXAM,
    "/staff": STAFFS, "/staff/accounts/{address}": STAFFS, "/staff/new-account": STAFFS,
    "/staff/audit/export.{form}": STAFFS, "/staff/exams/{address}": STAFFS,
    "/staff/patients/{address}": STAFFS,
}  # fmt: skip
VALUES = ("60023000", "00291010", "00420011", "00081199")  # of overlays, private ones, documents
PICTURED = {  # what shows the patient the name in pixels: else nothing would be proved of others
    "page": r"/study/[a-z0-9]+$", "messages": r"/study/[a-z0-9]+ socket",
    "files": r"dicom\.zip", "JPEG": r"form=jpeg", "PNG": r"form=png", "GIF": r"form=gif",
    "WebP": r"form=webp", "print": r"print\.pdf",
    "objects": r"program /dicomweb/studies/[0-9.]+ \d",
    "rendered": r"/rendered", "thumbnails": r"/thumbnail", "frames": r"/frames/1 \d",
}  # fmt: skip
TOLD = {  # and what tells it in bytes
    "list": r"^/studies", "page": r"^/study/[a-z0-9]+$", "messages": r"^/study/[a-z0-9]+ socket",
    "files": r"dicom\.zip", "pictures": r"form=jpeg", "report": r"/report", "print": r"print\.pdf",
    "sharing": r"^/sharing", "search": r"program /dicomweb/studies\?", "metadata": r"/metadata",
    "objects": r"program /dicomweb/studies/[0-9.]+ \d", "bulk data": r"/bulkdata/",
    "file names": r"dicom\.zip headers", "measurements": r"^/study/[a-z0-9]+ file",
}  # fmt: skip


@dataclass
class Gathered:
    """All that two people got through the doors, and what lies beside: mail and logs."""

    received: dict[str, dict[str, bytes]] = field(default_factory=dict)  # by person, by door
    statuses: dict[str, dict[str, int]] = field(default_factory=dict)
    mail: dict[str, bytes] = field(default_factory=dict)
    log: bytes = b""


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Gathered:
    folder, port = tmp_path_factory.mktemp("tracer") / "data", free_port()
    there, everything = exposed(folder, port=port), Gathered()
    pages = {who: _pages_of(there, who) for who in ("hidden", "owner")}
    there.house.portal.database.close()
    with serving(folder, port) as served, ThreadPoolExecutor(8) as at_once:
        browsers = {who: Browser(served.url, session=there.cookies[who]) for who in pages}
        programs = {who: Browser(served.url, token=there.tokens[who]) for who in pages}
        for browser in browsers.values():
            browser.get("/support")  # what a browser is known by comes with its first page
        visits = [at_once.submit(_through_the_web, program) for program in programs.values()]
        for who, addresses in pages.items():
            opened = [address for template, address in addresses if template in PAGES]
            visits += [at_once.submit(browsers[who].visit, address) for address in opened]
        for visit in visits:
            visit.result()
        for who, addresses in pages.items():  # one after the other: nobody gets many at once
            for template, address in addresses:
                if template in FILES:
                    browsers[who].get(address)
    for who, browser in browsers.items():
        program = programs[who]
        programs_part = {f"program {at}": data for at, data in program.received.items()}
        everything.received[who] = browser.received | programs_part
        everything.statuses[who] = browser.statuses | program.statuses
    everything.log = (folder / "served.log").read_bytes()
    for path in sorted((folder / "mail").glob("*.eml")):
        everything.mail[path.name] = path.read_bytes()
    return everything


def _pages_of(there: Exposed, who: str) -> list[tuple[str, str]]:
    """Every page and file, by the address this person has for it."""
    house = there.house
    exam = study_address(house.portal, house.access(there.accounts[who], there.study))
    filled = {"address": exam.removeprefix("/study/"), "invitation": there.invitation}
    found = [(template, page.format(**filled)) for template, page in PAGES.items()]
    for template, queries in FILES.items():
        found += [(template, template.format(**filled) + query) for query in queries]
    return found


def _through_the_web(program: Browser) -> None:
    """Every DICOMweb address of everything that a search tells of, and of the objects' own UIDs."""
    places = {("", "", "")}
    for one in program.get("/dicomweb/instances").json():
        found = tuple(one[tag]["Value"][0] for tag in ("0020000D", "0020000E", "00080018"))
        places.add(found)  # type: ignore[arg-type]
    real = {
        (str(one.StudyInstanceUID), str(one.SeriesInstanceUID), str(one.SOPInstanceUID))
        for one in objects()
    }
    for study, series, instance in sorted(places | real):
        named = {"study": study, "series": series, "instance": instance, "frames": "1"}
        for template, queries in WEB.items():
            if "{" in template and not study:
                continue
            for tag in VALUES if "{tag}" in template else ("",):
                for query in queries:
                    address = template.format(**named, tag=tag) + query
                    if address not in program.statuses:
                        program.get(address, accept=ANY if "accept=" not in query else "*/*")


def _read(door: str, data: bytes) -> bytes:
    return eyes.told(data.decode().splitlines()) if door.endswith("socket") else data


def _pictures(door: str, data: bytes) -> Iterator[eyes.Grey]:
    """The pictures of an answer; of raw frames, as the images of this exam are laid out."""
    yield from eyes.pictures(_read(door, data))
    if "/frames/1 " in door:
        cells = SIZE * SIZE
        if len(data) == cells * 2:
            yield from eyes.frames(np.frombuffer(data, "<u2").reshape(SIZE, SIZE), 1)
        if len(data) == cells * 3:
            yield from eyes.frames(np.frombuffer(data, np.uint8).reshape(SIZE, SIZE, 3), 3)


def _doors_that_say(received: dict[str, bytes], pattern: str) -> list[str]:
    return [door for door in received if re.search(pattern, door)]


def test_no_byte_tells_who_is_hidden(gathered: Gathered) -> None:
    told = {
        door: found
        for door, data in gathered.received["hidden"].items()
        if (found := eyes.texts(_read(door, data)))
    }
    assert told == {}


def test_no_picture_shows_who_is_hidden(gathered: Gathered) -> None:
    shown, looked_at = [], 0
    for door, data in gathered.received["hidden"].items():
        for picture in _pictures(door, data):
            looked_at += 1
            if (likeness := eyes.likeness(picture)) >= eyes.LOOKS_LIKE:
                shown.append(f"{door}: {picture.shape}, {likeness:.2f}")
    assert shown == []
    assert looked_at > 30


def test_no_mail_and_no_log_names_the_patient(gathered: Gathered) -> None:
    assert len(gathered.mail) >= 3
    told = {name: eyes.texts(data) for name, data in gathered.mail.items()}
    assert {name: found for name, found in told.items() if found} == {}
    assert eyes.texts(gathered.log) == []


@pytest.mark.parametrize("what", TOLD)
def test_the_patient_finds_themselves_in_the_bytes(gathered: Gathered, what: str) -> None:
    """So the search sees what is there."""
    mine = gathered.received["owner"]
    doors = _doors_that_say(mine, TOLD[what])
    assert doors
    assert any(eyes.texts(_read(door, mine[door])) for door in doors), doors


@pytest.mark.parametrize("what", PICTURED)
def test_the_patient_finds_their_name_in_the_pictures(gathered: Gathered, what: str) -> None:
    """So the comparison sees what is there, scaled and compressed as it is sent."""
    mine = gathered.received["owner"]
    doors = _doors_that_say(mine, PICTURED[what])
    assert doors
    found = (eyes.likeness(one) for door in doors for one in _pictures(door, mine[door]))
    assert any(likeness >= eyes.LOOKS_LIKE for likeness in found), doors


@pytest.mark.parametrize("template", [*PAGES, *FILES, *WEB])
def test_who_is_not_told_still_gets_the_exam(gathered: Gathered, template: str) -> None:
    """A door that answers with an error would have nothing to find."""
    if "{tag}" in template:
        return  # no long value stays in these copies
    pattern = re.escape(re.sub(r"\{.*?\}", "\0", template)).replace("\0", "[a-z0-9.]+")
    codes = [
        code
        for address, code in gathered.statuses["hidden"].items()
        if re.fullmatch(pattern + r"(\?.*)?", address)
    ]
    assert (303 if template in ELSEWHERE_FROM else 200) in codes, codes


def test_every_door_has_its_row(house: House) -> None:
    workshop = Workshop(1)
    parts = programs(house.portal, Images(house.portal), workshop)
    web = {route.path for route in dicomweb.application(parts).routes if isinstance(route, Route)}
    workshop.close()
    web |= {address for address in WEB if address.endswith(("/rendered", "/thumbnail"))}
    assert web == set(WEB)
    assert _declared() == {*PAGES, *FILES, *ELSEWHERE}


def _declared() -> set[str]:
    """The addresses of pages and routes, as the code declares them."""
    found = set()
    for module in sorted((ROOT / "ui").rglob("*.py")):
        tree = ast.parse(module.read_text())
        prefix = ""
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            if name == "APIRouter":
                prefix = next((k.value.value for k in node.keywords if k.arg == "prefix"), "")  # type: ignore[attr-defined]
            if name in ("page", "get", "post", "put", "delete", "api_route", "websocket"):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and str(first.value).startswith("/"):
                    found.add(prefix + str(first.value))
    return found


@pytest.mark.parametrize("width", [64, 100, 180, 330])
def test_the_comparison_finds_the_name_in_any_size_and_either_shade(width: int) -> None:
    noise = np.random.default_rng(1).normal(120, 12, (240, 400))
    name = eyes.rendered(width)
    noise[30 : 30 + name.shape[0], 20 : 20 + width] += name / 3
    for picture in (noise, 255 - noise):
        assert eyes.likeness(picture) > eyes.LOOKS_LIKE


def test_the_comparison_finds_no_name_where_there_is_none() -> None:
    noise = np.random.default_rng(2).normal(120, 40, (240, 400))
    assert eyes.likeness(noise) < eyes.LOOKS_LIKE
    assert eyes.likeness(np.zeros((200, 200))) == 0
    pixels = named_pixels().astype(float)
    pixels[:72] = 0
    assert eyes.likeness(pixels) == 0
