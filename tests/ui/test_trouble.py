"""Pages that do not exist or break, and papers for everybody: each says what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.journeys.served import Served, free_port, serving
from tests.ui.pages import fetch


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder: Path = tmp_path_factory.mktemp("trouble")
    with serving(folder, free_port(), support_phone="+61 2 5550 1234") as running:
        yield running


@pytest.mark.parametrize("path", ["/no/such/page", "/staff/nothing/here", "/%2e%2e/etc/passwd"])
def test_a_page_that_does_not_exist_says_what_to_do(served: Served, path: str) -> None:
    assert httpx.get(served.url + path).status_code == 404
    page = fetch(served, path)
    assert page.says("This page does not exist")
    assert page.says("To the portal")
    assert page.says("Help and support")
    assert "+61 2 5550 1234" in page.html
    assert "sad" not in page.html.lower().split("<body")[0]


def test_it_says_so_in_the_language_of_the_browser(served: Served) -> None:
    page = fetch(served, "/no/such/page", **{"Accept-Language": "de"})
    assert page.says("Diese Seite gibt es nicht")


def test_what_pages_are_made_of_is_answered_as_programs_expect(served: Served) -> None:
    answer = httpx.get(served.url + "/_nicegui/none/components/none.js")
    assert answer.status_code == 404
    assert "This page does not exist" not in answer.text


@pytest.mark.parametrize("path", ["/apply/form.pdf", "/support/leaflet"])
def test_papers_are_there_for_everybody(served: Served, path: str) -> None:
    answer = httpx.get(served.url + path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("inline;")
    assert answer.content.startswith(b"%PDF")


def test_the_support_page_leads_to_the_leaflet_the_form_and_the_telephone(served: Served) -> None:
    page = fetch(served, "/support")
    for address in ("/support/leaflet", "/apply", "tel:+61255501234"):
        assert address in page.html


@pytest.mark.parametrize("link", ["", "none", "x" * 500])
def test_a_link_to_answer_that_is_dead_says_so(served: Served, link: str) -> None:
    page = fetch(served, f"/apply/answer?link={link}")
    assert page.says("This link does not work any more")


@pytest.mark.parametrize(
    "path", ["/staff/applications", "/staff/applications/1", "/staff/break-glass",
             "/staff/break-glass/1", "/break-glass/renew"],
)  # fmt: skip
def test_nobody_gets_to_the_desk_without_signing_in(served: Served, path: str) -> None:
    answer = httpx.get(served.url + path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=")
