"""Searching through HTTP: what matches, what is told, and that nobody finds what is not theirs."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from pydicom.dataset import Dataset
from sqlalchemy import select

from services import access as decision
from services.errors import NotFound
from services.glass import break_glass
from services.glass.break_glass import Hit
from services.shares import sharing
from services.signing_in.sessions import SignedIn
from storage.models import Account, BrokenGlass, Grant, SignInSession, Study
from tests.dicom import ct_slice, photograph
from tests.factories import House
from tests.ui.programs import EXAM, SERIES, STUDY, Outside, outside

OLD = "1.2.3.9"
OTHER = "1.2.3.90"
Who = dict[str, str]
RESOURCES = [
    "studies",
    "series",
    "instances",
    f"studies/{STUDY}/series",
    f"studies/{STUDY}/instances",
    f"studies/{STUDY}/series/{SERIES}/instances",
]


@pytest.fixture
def there(house: House) -> Iterator[Outside]:
    """Two exams of one patient, one of another, who has a name worth looking for."""
    old = ct_slice(study=OLD, StudyDate="20200301", StudyTime="235959", AccessionNumber="OLD_1")
    other = ct_slice(
        study=OTHER, patient_id="P2", name="NÚÑEZ-OKAFOR^Matilda", born="19700101",
        AccessionNumber="SECRET-2", ReferringPhysicianName="QUILL^Jonas",
    )  # fmt: skip
    with outside(house, old, photograph(study=OLD), other) as opened:
        yield opened


@pytest.fixture
def desk(there: Outside) -> Who:
    return there.token(there.house.account(kind="staff", role="administrator"))


def found(there: Outside, who: Who, query: str = "", resource: str = "studies") -> list[Dataset]:
    answer = there.get(f"/dicomweb/{resource}?{query}", who)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/dicom+json"
    return [Dataset.from_json(one) for one in answer.json()]


def studies(there: Outside, who: Who, query: str = "") -> list[str]:
    return [str(one.StudyInstanceUID) for one in found(there, who, query)]


def test_a_study_is_told_with_what_the_standard_asks_for(there: Outside, desk: Who) -> None:
    (one,) = found(there, desk, f"StudyInstanceUID={OLD}")
    assert (one.StudyDate, one.StudyTime, one.AccessionNumber) == ("20200301", "235959", "OLD_1")
    assert (one.PatientName, one.PatientID) == ("FRENCHIE^Chester", "P1")
    assert (one.PatientBirthDate, one.PatientSex, one.StudyID) == ("19580314", "M", "1")
    assert list(one.ModalitiesInStudy) == ["CT", "OT"]
    assert (one.NumberOfStudyRelatedSeries, one.NumberOfStudyRelatedInstances) == (2, 2)
    assert one.InstanceAvailability == "ONLINE"
    assert one.RetrieveURL == f"http://127.0.0.1:8080/dicomweb/studies/{OLD}"
    assert "StudyDescription" not in one


def test_what_is_seldom_wanted_is_told_when_asked_for(there: Outside, desk: Who) -> None:
    for asked in ("includefield=StudyDescription", "includefield=00081030", "includefield=all"):
        assert found(there, desk, asked)[0].StudyDescription == "CT chest"


def test_series_and_instances_are_told_within_their_study(there: Outside, desk: Who) -> None:
    (series,) = found(there, desk, resource=f"studies/{STUDY}/series")
    assert (series.Modality, series.SeriesNumber) == ("CT", 1)
    assert series.NumberOfSeriesRelatedInstances == 3
    assert series.RetrieveURL.endswith(f"{EXAM}/series/{SERIES}")
    assert "PatientName" not in series
    instances = found(there, desk, resource=f"studies/{STUDY}/series/{SERIES}/instances")
    assert [one.InstanceNumber for one in instances] == [1, 2, 3]
    assert (instances[0].Rows, instances[0].BitsAllocated, instances[0].NumberOfFrames) == (
        64, 16, 1,
    )  # fmt: skip
    assert instances[0].AvailableTransferSyntaxUID == "1.2.840.10008.1.2.1"
    everywhere = found(there, desk, "Modality=OT", "series")
    assert [str(one.StudyInstanceUID) for one in everywhere] == [OLD]
    assert everywhere[0].PatientName == "FRENCHIE^Chester"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {STUDY, OLD, OTHER}),
        ("PatientName=frenchie*", {STUDY, OLD}),
        ("PatientName=Nunez*", {OTHER}),
        ("PatientName=NUNEZ OKAFOR", {OTHER}),
        ("PatientName=FRENCHIE^Ch?ster", {STUDY, OLD}),
        ("PatientName=FRENCHIE^Paul", set()),
        ("PatientName=%25", set()),
        ("00100010=*^Mat*", {OTHER}),
        ("PatientID=P1", {STUDY, OLD}),
        ("PatientID=P_", set()),
        ("StudyDate=20200301", {OLD}),
        ("StudyDate=20200302-", {STUDY, OTHER}),
        ("StudyDate=-20200301", {OLD}),
        ("StudyDate=20200101-20261003", {STUDY, OLD, OTHER}),
        ("StudyTime=2359", {OLD}),
        ("StudyTime=09-1000", {STUDY, OTHER}),
        ("StudyTime=092000.000000", {STUDY, OTHER}),
        ("AccessionNumber=OLD_1", {OLD}),
        ("AccessionNumber=OLD?1", {OLD}),
        ("AccessionNumber=_______1", set()),
        ("ModalitiesInStudy=OT", {OLD}),
        ("ModalitiesInStudy=MR,CT", {STUDY, OLD, OTHER}),
        ("ReferringPhysicianName=QUILL*", {OTHER}),
        (f"StudyInstanceUID={OLD},{OTHER}", {OLD, OTHER}),
        ("PatientBirthDate=19700101", {OTHER}),
        ("PatientID=&AccessionNumber=*", {STUDY, OLD, OTHER}),
        ("PatientName=FRENCHIE*&StudyDate=20261003", {STUDY}),
        ("StudyID=1", {STUDY, OLD, OTHER}),
    ],
)
def test_keys_match_as_the_standard_says(
    there: Outside, desk: Who, query: str, expected: set[str]
) -> None:
    assert set(studies(there, desk, query)) == expected


def test_series_and_instance_keys_match(there: Outside, desk: Who) -> None:
    at = f"studies/{STUDY}/instances"
    assert [i.InstanceNumber for i in found(there, desk, "InstanceNumber=2", at)] == [2]
    assert len(found(there, desk, f"SOPInstanceUID={SERIES}.1,{SERIES}.3", at)) == 2
    assert len(found(there, desk, "SOPClassUID=1.2.840.10008.5.1.4.1.1.2", "instances")) == 5
    assert len(found(there, desk, "SeriesNumber=5", "series")) == 1


def test_results_come_in_pages_that_do_not_overlap(there: Outside, desk: Who) -> None:
    pages = [studies(there, desk, f"limit=1&offset={n}") for n in range(4)]
    assert [len(page) for page in pages] == [1, 1, 1, 0]
    assert {page[0] for page in pages[:3]} == {STUDY, OLD, OTHER}
    assert pages[2] == [OLD], "newest first"
    assert "299" in there.get("/dicomweb/studies?limit=1", desk).headers["warning"]
    assert "warning" not in there.get("/dicomweb/studies?limit=3", desk).headers


def test_fuzzy_matching_is_said_to_be_literal(there: Outside, desk: Who) -> None:
    answer = there.get("/dicomweb/studies?fuzzymatching=true&PatientName=frenchy", desk)
    assert answer.json() == []
    assert answer.headers["warning"].startswith("299 ")
    assert there.get("/dicomweb/studies?fuzzymatching=maybe", desk).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "StudyDate=2020", "StudyDate=20201301", "StudyDate=-", "StudyTime=25", "StudyTime=9",
        "StudyInstanceUID=a", "StudyInstanceUID=1,,2", "limit=-1", "limit=1e3", "offset=x",
        "Modality=CT", "InstanceNumber=1", "SOPInstanceUID=1.2", "PatientComments=x",
        "includefield=Nonsense", "Nonsense=1", "00100010.00100020=1", "0010001=1",
        "limit=1&limit=2", "PatientID=1&00100020=2", "StudyDescription=" + "x" * 300,
        "StudyInstanceUID=" + ",".join(["1.2"] * 501), "PatientID=a%00b",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_rather_than_left_out(
    there: Outside, desk: Who, query: str
) -> None:
    answer = there.get(f"/dicomweb/studies?{query}", desk)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"].startswith("text/plain")


def test_only_json_is_told(there: Outside, desk: Who) -> None:
    assert there.get("/dicomweb/studies", desk, accept="application/dicom+xml").status_code == 406
    for accept in ("application/dicom+json", "application/json", "*/*"):
        assert there.get("/dicomweb/studies", desk, accept=accept).status_code == 200


def test_a_search_by_staff_is_recorded_without_what_they_searched_for(
    there: Outside, desk: Who
) -> None:
    found(there, desk, "PatientName=OKAFOR*")
    (event,) = there.house.recorded("exam.searched")
    assert event.detail["matched"] == ["PatientName"]
    assert "OKAFOR" not in json.dumps(event.detail)
    found(there, there.session(there.owner))
    assert len(there.house.recorded("exam.searched")) == 1


# who finds what


def seen(there: Outside, who: Who) -> set[str]:
    """What all resources tell of; each must tell of the same exams, and of nobody else."""
    told = set(studies(there, who))
    for resource in RESOURCES:
        text = there.get(f"/dicomweb/{resource}?includefield=all", who).text
        for uid in {STUDY, OLD, OTHER} - told:
            assert f'"{uid}"' not in text, resource
        if OTHER not in told:
            for secret in ("OKAFOR", "SECRET-2", "19700101", "QUILL", "P2"):
                assert secret not in text, resource
    for number in ("series", "instances"):
        assert {str(o.StudyInstanceUID) for o in found(there, who, resource=number)} == told
    return told


def test_nobody_finds_anything(there: Outside) -> None:
    for resource in RESOURCES:
        assert there.get(f"/dicomweb/{resource}").status_code == 401


def test_a_patient_finds_their_own_exams(there: Outside) -> None:
    assert seen(there, there.session(there.owner)) == {STUDY, OLD}
    assert seen(there, there.token(there.owner)) == {STUDY, OLD}


def test_a_stranger_finds_nothing(there: Outside) -> None:
    for kind in ("patient", "guest", "breakglass"):
        assert seen(there, there.session(there.house.account(kind=kind))) == set()


def test_a_guest_finds_what_was_shared_until_it_ends(there: Outside) -> None:
    guest = there.guest(days=2)
    for who in (there.session(guest), there.token(guest)):
        assert seen(there, who) == {STUDY}
    with there.house.portal.reading() as db:
        grant = db.execute(select(Grant.id)).scalar_one()
    who = there.token(guest)
    sharing.end(there.house.portal, there.owner, grant)
    assert seen(there, who) == set()


def test_a_share_that_is_over_finds_nothing(there: Outside) -> None:
    who = there.token(there.guest(days=1))
    there.house.clock.move(days=1)
    assert seen(there, who) == set()


def test_a_guest_of_the_portfolio_finds_all_of_that_patient(there: Outside) -> None:
    assert seen(there, there.session(there.guest(portfolio=True))) == {STUDY, OLD}


def test_hidden_exams_go_by_another_name_unless_some_share_shows_them(there: Outside) -> None:
    guest = there.guest(portfolio=True, hide_details=True)
    names = seen(there, there.session(guest))
    assert len(names) == 2
    assert not names & {STUDY, OLD}
    there.guest(hide_details=False)
    assert seen(there, there.session(guest)) - names == {STUDY}
    assert len(seen(there, there.session(guest))) == 2


def test_a_token_finds_only_what_may_be_downloaded(there: Outside) -> None:
    guest = there.guest(may_download=False)
    assert seen(there, there.session(guest)) == {STUDY}
    assert seen(there, there.token(guest)) == set()


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("administrator", {STUDY, OLD, OTHER}),
        ("clinician", {STUDY, OLD, OTHER}),
        ("auditor", set()),
    ],
)
def test_staff_find_what_their_role_needs(there: Outside, role: str, expected: set[str]) -> None:
    staff = there.house.account(kind="staff", role=role)
    assert seen(there, there.session(staff)) == expected


def test_a_broken_glass_finds_the_one_open_patient_whatever_is_asked(there: Outside) -> None:
    house = there.house
    account = house.account(kind="breakglass")
    who = there.session(account)
    with house.portal.transaction() as tx:
        session = tx.db.execute(select(SignInSession)).scalar_one()
        tx.db.add(
            BrokenGlass(
                account_id=account, session_id=session.id, reason="Unconscious in emergency",
                conditions_version="1", opened_at=tx.now, until=session.expires_at,
            )
        )  # fmt: skip
        signed_in = SignedIn(account, session.id, "breakglass", "", "", "", session.expires_at)
    assert studies(there, who, "PatientName=*") == []
    patient = house.access(there.owner, there.study).patient_id
    break_glass.open_patient(
        house.portal, signed_in, Hit(patient, "", "", ""), born="14 March 1958"
    )
    assert set(studies(there, who, "PatientName=*")) == {STUDY, OLD}
    assert studies(there, who, "PatientName=NUNEZ*") == []
    break_glass.close(house.portal, signed_in)
    assert seen(there, who) == set()


def test_an_exam_in_doubt_is_found_by_staff_only(there: Outside, desk: Who) -> None:
    with there.house.portal.transaction() as tx:
        query = select(Study).where(Study.study_uid == OLD)
        tx.db.execute(query).scalar_one().identity_conflict = "differs in last name"
    assert seen(there, there.session(there.owner)) == {STUDY}
    assert OLD in seen(there, desk)


def test_the_search_and_the_decision_agree_for_everybody(there: Outside) -> None:
    house = there.house
    there.guest(portfolio=True, hide_details=True, may_download=False)
    there.guest(hide_details=False)
    there.guest("second@practice.example", may_download=False)
    house.account(kind="staff", role="clinician")
    house.account(kind="staff", role="auditor")
    house.account(kind="guest", status="disabled")
    with house.portal.reading() as db:
        accounts = list(db.execute(select(Account.id)).scalars())
        every = list(db.execute(select(Study.id)).scalars())
        for account in accounts:
            for named in (False, True):
                for to_take in (False, True):
                    condition = decision.seeing(
                        house.portal, db, account, named=named, to_take=to_take
                    )
                    searched = set(db.execute(select(Study.id).where(condition)).scalars())
                    decided = set()
                    for study in every:
                        try:
                            access = decision.decide_in(house.portal, db, account, study)
                        except NotFound:
                            continue
                        if not (named and access.hidden) and (access.may_download or not to_take):
                            decided.add(study)
                    assert searched == decided, (account, named, to_take)
