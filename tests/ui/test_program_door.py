"""The door for programs: the audit before the first picture, and what stands behind the door."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from services import audit
from services.errors import Invalid, PortalError
from services.programs.callers import Caller, Way
from tests.factories import House
from tests.ui.programs import FRAME, HERE, SERIES, Outside, outside
from ui.programs import ProgramDoor
from ui.routes.answers import told

LOOKS = ("exam.viewed", "exam.pictures_sent")


async def _echo(request: Request) -> JSONResponse:
    caller: Caller = request.state.caller
    return JSONResponse({"account": caller.account_id, "way": caller.way})


async def _refuse(request: Request) -> JSONResponse:
    raise Invalid("This cannot be searched for.")


async def _break(request: Request) -> JSONResponse:
    raise ValueError("a name and a number")


REST = Starlette(
    routes=[
        Route("/dicomweb/echo", _echo, methods=["GET", "POST"]),
        Route("/dicomweb/refuse", _refuse),
        Route("/dicomweb/break", _break),
    ],
    exception_handlers={PortalError: told},
)


@pytest.fixture
def there(house: House) -> Iterator[Outside]:
    with outside(house, rest=REST) as opened:
        yield opened


def test_a_walk_is_one_look_with_a_count(there: Outside) -> None:
    who = there.session(there.owner)
    pages = ProgramDoor(Starlette(), there.parts)
    with TestClient(pages, base_url=HERE) as client:
        for number in (1, 2, 3, 3):
            address = FRAME.replace(f"{SERIES}.1/", f"{SERIES}.{number}/")
            assert client.get(address, headers=who).status_code == 200
        assert [event.action for event in there.house.recorded(*LOOKS)] == ["exam.viewed"]
    viewed, sent = there.house.recorded(*LOOKS)  # a clean stop loses nothing
    assert viewed.detail["via"] == "dicomweb"
    assert viewed.detail["session"]
    assert sent.detail["pictures"] == 4


def test_no_picture_without_its_look_in_the_audit_trail(
    there: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    who = there.session(there.owner)
    monkeypatch.setattr(audit, "append", full)
    answer = there.get(FRAME, who)
    assert answer.status_code == 500
    assert "space" not in answer.text
    assert not answer.content.startswith(b"\xff\xd8")


def test_what_stands_behind_the_door_knows_the_caller(there: Outside) -> None:
    answer = there.get("/dicomweb/echo", there.token(there.owner))
    assert answer.json() == {"account": there.owner, "way": Way.TOKEN}
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_nobody_gets_behind_the_door(there: Outside) -> None:
    assert there.get("/dicomweb/echo").status_code == 401
    foreign = {**there.session(there.owner), "origin": "http://evil.example"}
    assert there.client.post("/dicomweb/echo", headers=foreign).status_code == 403
    own = {**there.session(there.owner), "origin": HERE}
    assert there.client.post("/dicomweb/echo", headers=own).status_code == 200


def test_errors_behind_the_door_become_sentences(there: Outside) -> None:
    who = there.token(there.owner)
    refused = there.get("/dicomweb/refuse", who)
    assert (refused.status_code, refused.text) == (400, "This cannot be searched for.\n")


def test_what_breaks_behind_the_door_tells_nothing(there: Outside) -> None:
    client = TestClient(there.door, base_url=HERE, raise_server_exceptions=False)
    broken = client.get("/dicomweb/break", headers=there.token(there.owner))
    assert broken.status_code == 500
    assert "name" not in broken.text
