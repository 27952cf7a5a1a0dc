"""Release to patients: who sees an exam or a report before it is time, and who does not."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from services import access as decision
from services.access import Access
from services.downloads.dicom_files import _instances
from services.errors import Expired, NotFound
from services.exam import exam_list, exams, priors, reports
from services.programs.callers import Caller, Way
from services.programs.dicomweb.attributes import Level
from services.programs.dicomweb.holdings import holdings
from services.programs.dicomweb.question import question
from services.programs.dicomweb.search import search
from services.publisher import AccessChanged
from storage.models import BrokenGlass, Instance, Report, Series, Study
from tests.dicom import ct_slice, take_in
from tests.factories import START, House

HOUR = timedelta(hours=1)


def holder(house: House, who: str, owner: int, patient: int, study: int) -> int:
    """An account that would see the exam if it were released."""
    match who:
        case "patient":
            return owner
        case "carer":
            carer = house.account(kind="guest")
            house.link(carer, patient, "carer")
            return carer
        case "grantee":
            house.share(owner, study, "gp@x.example")
            guest = house.account_id("gp@x.example")
            house.activate(guest)
            return guest
        case "portfolio":
            house.share(owner, study, "all@x.example", portfolio=True, hide_details=True)
            guest = house.account_id("all@x.example")
            house.activate(guest)
            return guest
        case "glass":
            clinician = house.account(kind="breakglass")
            session = house.signed_in(clinician).session_id
            with house.portal.transaction() as tx:
                tx.db.add(
                    BrokenGlass(
                        account_id=clinician, session_id=session, patient_id=patient,
                        reason="unconscious", conditions_version="1", opened_at=tx.now,
                        until=tx.now + 4 * HOUR,
                    )
                )  # fmt: skip
            return clinician
        case _:
            return house.account(kind="staff", role=who)


WAITING = ("patient", "carer", "grantee", "portfolio")
AT_ONCE = ("glass", "administrator", "clinician")
HOW = {
    "released": ({}, True),
    "its time has come": ({"opens_at": START - HOUR}, True),
    "its time has not come": ({"opens_at": START + HOUR}, False),
    "withheld": ({"withheld": True}, False),
    "withheld, its time has come": ({"withheld": True, "opens_at": START - HOUR}, False),
}


def put(house: House, row: type[Study] | type[Report], number: int, values: object) -> None:
    assert isinstance(values, dict)
    with house.portal.transaction() as tx:
        for name, value in values.items():
            setattr(tx.db.get_one(row, number), name, value)


@pytest.mark.parametrize("who", [*WAITING, *AT_ONCE])
@pytest.mark.parametrize("how", HOW)
def test_an_exam_is_seen_once_it_is_released(house: House, how: str, who: str) -> None:
    owner, patient, study = house.owner_with_exam()
    account = holder(house, who, owner, patient, study)
    values, released = HOW[how]
    put(house, Study, study, values)
    sees = released or who in AT_ONCE
    portal = house.portal
    assert [s.id for s, _ in decision.visible(portal, account, limit=1)] == [study] * sees
    with portal.reading() as db:
        condition = decision.seeing(portal, db, account)
        assert bool(db.query(Study).where(condition).count()) is sees
    assert bool(exam_list.listed(portal, account)) is sees
    assert (exams.newest(portal, account) is not None) is sees
    if sees:
        assert house.access(account, study)
        return
    with pytest.raises(NotFound) as refused:
        house.access(account, study)
    assert str(refused.value) == decision.NOT_FOUND


def report_of(house: House, study: int, values: object) -> tuple[int, int]:
    """An exam's SR report with its object, and the object."""
    with house.portal.transaction() as tx:
        for number, (modality, content) in enumerate((("CT", "image"), ("SR", "report"))):
            series = Series(study_id=study, series_uid=f"1.9.{number}", modality=modality)
            tx.db.add(series)
            tx.db.flush()
            instance = Instance(
                series_id=series.id, sop_uid=f"1.9.9.{number}", sop_class="1.2", size=1,
                transfer_syntax="1.2.840.10008.1.2.1", object_sha256="0" * 64, content=content,
                identity_rule={"do": "keep"}, received_at=tx.now, position=[0, 0, number],
                orientation=[1, 0, 0, 0, 1, 0],
            )  # fmt: skip
            tx.db.add(instance)
            tx.db.flush()
        report = Report(
            study_id=study, kind="sr", title="Findings", instance_id=instance.id,
            received_at=tx.now,
        )  # fmt: skip
        tx.db.add(report)
        tx.db.flush()
        made = report.id, instance.id
    put(house, Report, made[0], values)
    return made


@pytest.mark.parametrize("who", [w for w in (*WAITING, *AT_ONCE) if w != "portfolio"])
@pytest.mark.parametrize("how", HOW)
def test_a_report_is_read_once_it_is_released(house: House, how: str, who: str) -> None:
    owner, patient, study = house.owner_with_exam()
    account = holder(house, who, owner, patient, study)
    values, released = HOW[how]
    report, instance = report_of(house, study, values)
    sees = released or who in AT_ONCE
    access, portal = house.access(account, study), house.portal
    assert [entry.report_id for entry in reports.listed(portal, access)] == [report] * sees
    assert [exam.reported for exam in exam_list.listed(portal, account)] == [sees]
    assert [prior.reported for prior in priors.history(portal, access)] == [sees]
    assert (instance in [i.instance_id for i in holdings(portal, access)]) is sees
    assert (instance in [i.id for i in _instances(portal, access)]) is sees
    for read in (reports.status, reports.read, reports.original_pdf):
        assert _refused(read, house, access, report) is not sees


def _refused(read: object, house: House, access: Access, report: int) -> bool:
    """Whether it is said that there is no such report; what else fails got past that."""
    try:
        read(house.portal, access, report)  # type: ignore[operator]
    except NotFound as error:
        return str(error) == "There is no such report."
    except Exception:
        return False
    return False


@pytest.mark.parametrize(("who", "sees"), [("patient", False), ("clinician", True)])
def test_a_search_does_not_find_the_objects_of_a_report_that_waits(
    house: House, who: str, sees: bool
) -> None:
    owner, patient, study = house.owner_with_exam()
    account = holder(house, who, owner, patient, study)
    report_of(house, study, {"withheld": True})
    kind, role = ("staff", who) if sees else ("patient", "")
    caller = Caller(account, kind, role, Way.SESSION, 1, START + HOUR)
    counts = {}
    for level in Level:
        found = search(house.portal, caller, question(level, []))
        counts[level] = len(found.results)
        if level is Level.STUDY:
            assert found.results[0]["00201208"]["Value"] == [2 if sees else 1]
            assert found.results[0]["00080061"]["Value"] == (["CT", "SR"] if sees else ["CT"])
    assert counts == {Level.STUDY: 1, Level.SERIES: 1 + sees, Level.INSTANCE: 1 + sees}


def test_withholding_an_open_exam_takes_it_away_and_says_why(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    access = house.access(owner, study)
    put(house, Study, study, {"withheld": True})
    house.portal.publisher.publish(AccessChanged(owner))
    with pytest.raises(Expired, match="looking at this exam again"):
        decision.renewed(house.portal, access)


def test_what_arrives_waits_as_long_as_the_portal_says(house: House) -> None:
    house.portal.settings.release_delay_hours = 48
    owner = house.account(kind="patient")
    take_in(house.portal, [ct_slice()])
    with house.portal.reading() as db:
        study = db.query(Study).one()
        assert study.opens_at == START + 48 * HOUR
    house.link(owner, study.patient_id)
    reports.add_text(
        house.portal,
        study.study_uid,
        title="T",
        text="x",
        author="",
        dated=datetime(2026, 1, 1),  # noqa: DTZ001
    )
    with house.portal.reading() as db:
        assert db.query(Report).one().opens_at == START + 48 * HOUR
    assert decision.visible(house.portal, owner) == []
    house.clock.move(hours=48)
    assert len(decision.visible(house.portal, owner)) == 1
