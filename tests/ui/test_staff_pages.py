"""Pages of the staff desk: who gets in, what the navigation has, what the address keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest

from services import opaque
from services.opening import open_portal
from services.persons.staff_roles import MAY, ROLES, Task
from services.randomness import fingerprint
from services.settings import Settings
from storage.models import Account, Quarantine, SignInSession
from tests.journeys.served import Served, free_port, serving
from tests.journeys.test_staff_desk_journey import furnish
from tests.ui.pages import OpenPage, fetch
from ui.addresses import sealed

PAGES = {
    "/staff/accounts": Task.SEE_ACCOUNTS, "/staff/new-account": Task.CHANGE_ACCOUNTS,
    "/staff/patients": Task.SEE_PATIENTS, "/staff/exams": Task.SEE_EXAMS,
    "/staff/quarantine": Task.SEE_QUARANTINE,
}  # fmt: skip
REFUSED = {
    "staff": "Your role does not include this task. Please ask an imaging administrator.",
    "": "This page is for staff.",
}


@dataclass
class Desk:
    """A served portal, a session's cookie for each role, and addresses made for each account."""

    served: Served
    cookies: dict[str, str]
    files: dict[str, str]
    words: dict[str, str]

    def page(self, who: str, path: str) -> OpenPage:
        return fetch(self.served, path, f"myimaging_session={self.cookies[who]}")

    def get(self, who: str, path: str, **headers: str) -> httpx.Response:
        sent = {"cookie": f"myimaging_session={self.cookies[who]}", **headers}
        return httpx.get(self.served.url + path, headers=sent, timeout=30)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    data, port = tmp_path_factory.mktemp("desk") / "data", free_port()
    furnish(data, port)
    portal = open_portal(Settings(_env_file=None, data_dir=data, port=port))
    cookies, files, words = {}, {}, {}
    with portal.transaction() as tx:
        people = {a.role or a.kind: a.id for a in tx.db.query(Account)}
        number = tx.db.query(Quarantine).one().id
        for who, account in people.items():
            cookies[who] = portal.secrets.token()
            files[who] = f"/staff/quarantine/{sealed(portal, account, 'quarantine', number)}/file"
            key = portal.keys.key("words searched for")
            words[who] = opaque.seal_text(key, account, "words", "reyes")
            tx.db.add(
                SignInSession(
                    token_hash=fingerprint(cookies[who]), account_id=account, created_at=tx.now,
                    last_seen_at=tx.now, expires_at=tx.now + timedelta(hours=1),
                )
            )  # fmt: skip
    portal.database.close()
    with serving(data, port) as served:
        yield Desk(served, cookies, files, words)


def is_of_the_desk(page: OpenPage) -> bool:
    return any("desk-main" in element.get("class", ()) for element in page.elements.values())


@pytest.mark.parametrize("who", [*ROLES, "patient", "breakglass"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_there_for_the_roles_of_its_task(desk: Desk, path: str, who: str) -> None:
    page = desk.page(who, path)
    if who in MAY[PAGES[path]]:
        assert is_of_the_desk(page)
        assert not page.says("This page is not available")
    else:
        assert page.says(REFUSED["staff" if who in ROLES else ""])
        assert not is_of_the_desk(page)


@pytest.mark.parametrize("who", ROLES)
def test_the_navigation_has_what_the_role_may_do(desk: Desk, who: str) -> None:
    page = desk.page(who, "/staff")
    there = {"Accounts": Task.SEE_ACCOUNTS, "Patients": Task.SEE_PATIENTS,
             "Exams": Task.SEE_EXAMS, "Quarantine": Task.SEE_QUARANTINE}  # fmt: skip
    assert {name for name in there if page.says(name)} == {
        name for name, task in there.items() if who in MAY[task]
    }


def test_who_is_not_signed_in_comes_back_after_logging_in(desk: Desk) -> None:
    answer = httpx.get(desk.served.url + "/staff/exams")
    assert answer.headers["location"] == "/login?next=/staff/exams"


def test_only_an_administrator_takes_a_file_and_no_other_site_makes_them(desk: Desk) -> None:
    for who in desk.cookies:
        answer = desk.get(who, desk.files[who])
        assert (answer.status_code == 200) is (who == "administrator"), who
    answer = desk.get("administrator", desk.files["administrator"])
    assert answer.content == b"not an image at all"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    foreign = {"sec-fetch-site": "cross-site"}
    assert desk.get("administrator", desk.files["administrator"], **foreign).status_code == 403
    assert desk.get("administrator", desk.files["clinician"]).status_code == 404


def test_an_address_keeps_order_and_filter_and_words_for_their_owner_only(desk: Desk) -> None:
    own = desk.page("administrator", f"/staff/accounts?words={desk.words['administrator']}")
    assert own.says("Dr Ana Reyes")
    assert not own.says("Dr Amara Diallo")
    other = desk.page("auditor", f"/staff/accounts?words={desk.words['administrator']}")
    assert other.says("Dr Amara Diallo")
    guests = desk.page("administrator", "/staff/accounts?kind=breakglass&sort=name&down=1")
    assert guests.says("Dr Amara Diallo")
    assert not guests.says("Dr Ana Reyes")


@pytest.mark.parametrize(
    "query", ["sort=password_hash", "page=-1", "page=x", "kind=';--", "words=!"]
)
def test_nonsense_in_an_address_asks_for_nothing(desk: Desk, query: str) -> None:
    assert desk.page("administrator", f"/staff/accounts?{query}").says("Dr Ana Reyes")
