"""Every door for programs, as everybody: the same answer for what is not there and not theirs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.glass import break_glass
from services.glass.break_glass import Hit
from services.persons import accounts
from services.programs import tokens
from services.shares import sharing
from services.signing_in import sessions
from services.signing_in.sessions import SignedIn
from storage.models import Account, BrokenGlass, Grant, SignInSession
from tests.dicom import ct_slice
from tests.factories import House
from tests.ui.programs import EXAM, FRAME, SERIES, STUDY, Outside, outside

IMAGE = f"{EXAM}/series/{SERIES}/instances/{SERIES}.1"
DOORS = [
    FRAME,
    f"{IMAGE}/rendered",
    f"{IMAGE}/frames/1/thumbnail",
    f"{IMAGE}/thumbnail",
    f"{EXAM}/series/{SERIES}/thumbnail",
    f"{EXAM}/thumbnail",
]
Who = dict[str, str]


@pytest.fixture
def there(house: House) -> Iterator[Outside]:
    with outside(house, ct_slice(study="1.2.3.9", StudyDate="20200301")) as opened:
        yield opened


def everywhere(there: Outside, who: Who | None = None, doors: list[str] = DOORS) -> int:
    """The one status that all doors answer with."""
    statuses = {there.get(door, who).status_code for door in doors}
    assert len(statuses) == 1, statuses
    return statuses.pop()


def not_there(there: Outside, who: Who) -> None:
    """Refused in the very words in which an exam that does not exist is."""
    for door in DOORS:
        refused = there.get(door, who)
        absent = there.get(door.replace(STUDY, "1.2.3.4.5"), who)
        assert refused.status_code == absent.status_code == 404
        assert refused.content == absent.content
        assert dict(refused.headers) == dict(absent.headers)
        assert STUDY not in refused.text


def test_nobody_is_asked_who_they_are(there: Outside) -> None:
    assert everywhere(there) == 401
    answer = there.get(FRAME)
    assert answer.headers["www-authenticate"] == "Bearer"
    for wrong in ("Bearer", "Bearer x", "Basic eDp5", "Token x", "Bearer " + "a" * 5000):
        assert everywhere(there, {"authorization": wrong}) == 401
    assert everywhere(there, {"cookie": "myimaging_session=; a=b"}) == 401
    assert everywhere(there, {"cookie": "myimaging_session=nothing"}) == 401


def test_nobody_learns_what_exists(there: Outside) -> None:
    assert there.get(FRAME).content == there.get(FRAME.replace(STUDY, "1.2.3")).content


def test_a_wrong_token_is_not_made_good_by_a_cookie(there: Outside) -> None:
    who = there.session(there.owner)
    assert everywhere(there, who) == 200
    assert everywhere(there, {**who, "authorization": "Bearer wrong"}) == 401


def test_the_owner_sees_their_exam(there: Outside) -> None:
    assert everywhere(there, there.session(there.owner)) == 200
    assert everywhere(there, there.token(there.owner)) == 200


def test_a_carer_sees_it_too(there: Outside) -> None:
    access = there.house.access(there.owner, there.study)
    carer = there.house.account(kind="patient")
    there.house.link(carer, access.patient_id, "carer")
    assert everywhere(there, there.session(carer)) == 200


@pytest.mark.parametrize("kind", ["patient", "guest"])
def test_to_a_stranger_it_is_not_there(there: Outside, kind: str) -> None:
    stranger = there.house.account(kind=kind)
    not_there(there, there.session(stranger))
    not_there(there, there.token(stranger))


def test_a_guest_sees_the_shared_exam_and_no_other(there: Outside) -> None:
    guest = there.guest()
    for who in (there.session(guest), there.token(guest)):
        assert everywhere(there, who) == 200
        assert there.get("/dicomweb/studies/1.2.3.9/thumbnail", who).status_code == 404


def test_a_guest_of_the_portfolio_sees_every_exam(there: Outside) -> None:
    who = there.session(there.guest(portfolio=True))
    assert everywhere(there, who) == 200
    assert there.get("/dicomweb/studies/1.2.3.9/thumbnail", who).status_code == 200


def test_images_of_another_exam_cannot_be_slipped_in(there: Outside) -> None:
    who = there.session(there.guest())
    other = "series/1.2.3.9.1/instances/1.2.3.9.1.1/frames/1/rendered"
    assert there.get(f"{EXAM}/{other}", who).status_code == 404
    assert (
        there.get(f"{EXAM}/series/{SERIES}/instances/1.2.3.9.1.1/rendered", who).status_code == 404
    )
    owner = there.session(there.owner)
    assert there.get(f"/dicomweb/studies/1.2.3.9/{other}", owner).status_code == 200
    assert there.get(f"{EXAM}/{other}", owner).status_code == 404


def test_with_hidden_details_the_exam_is_not_there_under_its_own_name(there: Outside) -> None:
    guest = there.guest(hide_details=True)
    not_there(there, there.session(guest))
    not_there(there, there.token(guest))


def test_showing_the_details_again_brings_it_back(there: Outside) -> None:
    guest = there.guest(hide_details=True)
    who = there.session(guest)
    not_there(there, who)
    there.guest(hide_details=False)
    assert everywhere(there, who) == 200


def test_hiding_the_details_ends_what_was_seen(there: Outside) -> None:
    who = there.session(there.guest())
    assert everywhere(there, who) == 200
    there.guest(hide_details=True)
    not_there(there, who)


def test_without_the_right_to_download_a_browser_may_look_and_a_token_gets_nothing(
    there: Outside,
) -> None:
    guest = there.guest(may_download=False)
    assert everywhere(there, there.session(guest)) == 200
    assert everywhere(there, there.token(guest)) == 403


def test_the_time_of_a_grant_ends(there: Outside) -> None:
    guest = there.guest(days=1)
    who = there.token(guest)
    assert everywhere(there, who) == 200
    there.house.clock.move(days=1)
    not_there(there, who)


@pytest.mark.parametrize("door", DOORS)
def test_after_revoking_the_very_next_request_is_refused(there: Outside, door: str) -> None:
    guest = there.guest()
    who = there.session(guest)
    seen = there.get(door, who)
    assert there.get(door, who, if_none_match=seen.headers["etag"]).status_code == 304
    with there.house.portal.reading() as db:
        grant = db.query(Grant).one().id
    sharing.end(there.house.portal, there.owner, grant)
    refused = there.get(door, who, if_none_match=seen.headers["etag"])
    assert refused.status_code == 404
    assert refused.headers["cache-control"] == "no-store"


def test_a_closed_account_sees_nothing(there: Outside) -> None:
    session, token = there.session(there.owner), there.token(there.owner)
    assert everywhere(there, session) == everywhere(there, token) == 200
    accounts.disable(there.house.portal, there.house.email_of(there.owner))
    assert everywhere(there, session) == everywhere(there, token) == 401


def test_an_account_closed_by_a_command_elsewhere_sees_nothing_a_second_later(
    there: Outside,
) -> None:
    session, token = there.session(there.owner), there.token(there.owner)
    assert everywhere(there, session) == everywhere(there, token) == 200
    with there.house.portal.transaction() as tx:
        tx.db.get_one(Account, there.owner).status = "disabled"
    there.house.clock.move(seconds=1)
    assert everywhere(there, session) == everywhere(there, token) == 401


def test_a_revoked_token_opens_nothing(there: Outside) -> None:
    who, other = there.token(there.owner), there.token(there.owner)
    assert everywhere(there, who) == 200
    number = tokens.listed(there.house.portal, there.house.email_of(there.owner))[1].number
    tokens.revoke(there.house.portal, number)
    assert everywhere(there, who) == 401
    assert everywhere(there, other) == 200


def test_a_token_ends_by_itself(there: Outside) -> None:
    who = there.token(there.owner)
    assert everywhere(there, who) == 200
    there.house.clock.move(days=30)
    assert everywhere(there, who) == 401


def test_signing_out_ends_it(there: Outside) -> None:
    who = there.session(there.owner)
    assert everywhere(there, who) == 200
    with there.house.portal.reading() as db:
        session = db.query(SignInSession).one().id
    sessions.sign_out(there.house.portal, session)
    assert everywhere(there, who) == 401


def test_a_session_idles_and_a_picture_keeps_it_alive(there: Outside) -> None:
    who = there.session(there.owner)
    for _ in range(3):
        assert everywhere(there, who) == 200
        there.house.clock.move(minutes=20)
    assert everywhere(there, who) == 200
    there.house.clock.move(minutes=30)
    assert everywhere(there, who) == 401


def test_a_session_ends_after_its_longest_time(there: Outside) -> None:
    who = there.session(there.owner)
    for _ in range(36):
        assert there.get(FRAME, who).status_code == 200
        there.house.clock.move(minutes=20)
    assert there.get(FRAME, who).status_code == 401


@pytest.mark.parametrize(
    ("role", "status"), [("administrator", 200), ("clinician", 200), ("auditor", 404), ("", 404)]
)
def test_staff_see_what_their_role_needs(there: Outside, role: str, status: int) -> None:
    staff = there.house.account(kind="staff", role=role)
    assert everywhere(there, there.session(staff)) == status
    assert everywhere(there, there.token(staff)) == status


def test_break_glass_looks_while_the_glass_is_broken_and_takes_nothing(there: Outside) -> None:
    house = there.house
    account = house.account(kind="breakglass")
    who = there.session(account)
    not_there(there, who)
    with house.portal.transaction() as tx:
        session = tx.db.query(SignInSession).one()
        glass = BrokenGlass(
            account_id=account, session_id=session.id, reason="Unconscious in emergency",
            conditions_version="1", opened_at=tx.now, until=session.expires_at,
        )  # fmt: skip
        tx.db.add(glass)
        signed_in = SignedIn(account, session.id, "breakglass", "", "", "", session.expires_at)
    not_there(there, who)
    patient = house.access(there.owner, there.study).patient_id
    break_glass.open_patient(
        house.portal, signed_in, Hit(patient, "", "", ""), born="14 March 1958"
    )
    assert everywhere(there, who) == 200
    break_glass.close(house.portal, signed_in)
    not_there(there, who)


def test_an_exam_whose_patient_is_in_doubt_is_for_staff_only(there: Outside) -> None:
    with outside(
        there.house, ct_slice(study="1.2.3.77", name="OTHER^Person"), study="1.2.3.70"
    ) as more:
        address = "/dicomweb/studies/1.2.3.77/thumbnail"
        staff = there.house.account(kind="staff", role="administrator")
        assert more.get(address, more.session(there.owner)).status_code == 404
        assert more.get(address, more.session(staff)).status_code == 200
