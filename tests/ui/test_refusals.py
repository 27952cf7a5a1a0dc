"""What gets no further than the door is answered with what to do, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import FastAPI, Form
from httpx import Response
from starlette.testclient import TestClient

from tests.factories import House, open_house
from ui import refusals
from ui.armour import LARGEST_BODY, Armour

HERE = "http://127.0.0.1:8080"
TYPED = "Zwetschke-Quittenbaum"  # what was sent is never said again
PEOPLE = {"accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
PIECES = [b"name=", *[b"x" * 1_000_000] * 3]
FORM = {"content-type": "application/x-www-form-urlencoded"}
CASES = {
    "another host": (400, {"method": "GET", "url": "/form", "headers": {"host": TYPED.lower()}}),
    "another site": (403, {"method": "POST", "url": "/form", "data": {"name": TYPED},
                           "headers": {"origin": f"https://{TYPED}.example"}}),
    "another method": (405, {"method": "PUT", "url": "/form", "content": TYPED}),
    "a field too long": (400, {"method": "POST", "url": "/form", "data": {"name": TYPED * 9}}),
    "no field at all": (400, {"method": "POST", "url": "/form", "content": TYPED}),
    "too large": (413, {"method": "POST", "url": "/form", "data": {"name": TYPED * 120_000}}),
    "too large without saying so": (413, {"method": "POST", "url": "/form", "content": PIECES,
                                          "headers": FORM}),
    "nothing there": (404, {"method": "GET", "url": f"/{TYPED}"}),
}  # fmt: skip


@pytest.fixture
def door(tmp_path: Path) -> Iterator[TestClient]:
    house: House = open_house(tmp_path / "data", support_email="help@hospital.example")
    app = FastAPI(max_body_size=LARGEST_BODY)
    refusals.register(app, house.portal.settings)

    @app.post("/form")
    async def form(name: Annotated[str, Form(max_length=40)]) -> str:
        return name

    yield TestClient(Armour(app, house.portal), base_url=HERE)
    house.portal.database.close()


def asked(door: TestClient, case: str, **more: str) -> Response:
    _status, request = CASES[case]
    sent = {**request, "headers": {**request.get("headers", {}), **more}}  # type: ignore[dict-item]
    return door.request(**sent)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES)
def test_people_get_a_page_that_says_what_to_do(door: TestClient, case: str) -> None:
    answer = asked(door, case, **PEOPLE)
    assert answer.status_code == CASES[case][0]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Please " in answer.text
    assert 'href="/support"' in answer.text
    assert "<script" not in answer.text
    assert TYPED.lower() not in (answer.text + str(answer.headers)).lower()
    german = asked(door, case, **PEOPLE, **{"accept-language": "de"})
    assert 'lang="de"' in german.text
    assert "Bitte " in german.text


@pytest.mark.parametrize("case", CASES)
def test_programs_get_a_problem(door: TestClient, case: str) -> None:
    answer = asked(door, case, accept="application/json")
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert set(told) == {"type", "title", "status", "detail"}
    assert told["status"] == answer.status_code == CASES[case][0]
    assert TYPED.lower() not in (answer.text + str(answer.headers)).lower()


@pytest.mark.parametrize("case", CASES)
def test_it_carries_what_every_answer_carries(door: TestClient, case: str) -> None:
    headers = asked(door, case, **PEOPLE).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_what_is_right_is_answered(door: TestClient) -> None:
    assert door.post("/form", data={"name": "Chester"}).json() == "Chester"
