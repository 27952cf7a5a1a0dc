"""Patients, exams and the quarantine at the desk."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pydicom
import pytest

from services.desk import exam_desk, identity_desk, patient_desk, quarantine_desk
from services.errors import Invalid, NotFound
from services.finding.listing import Wanted
from services.intake import ingest
from services.intake.ingest import Fate
from services.publisher import AccessChanged
from services.signing_in.sessions import SignedIn
from services.trail import looks
from storage.models import Instance, Patient, Quarantine, Report, Study
from tests.dicom import ct_slice, take_in
from tests.factories import START, House
from tests.services.at_desk import staff


@pytest.fixture
def admin(house: House) -> SignedIn:
    return staff(house)


def names(house: House, admin: SignedIn, words: str, **more: object) -> list[str]:
    wanted = Wanted(words=words, **more)  # type: ignore[arg-type]
    return [r.number for r in patient_desk.listed(house.portal, admin.account_id, wanted).rows]


def test_patients_are_looked_for_by_name_id_and_birth_date_never_browsed(
    house: House, admin: SignedIn
) -> None:
    with house.portal.transaction() as tx:
        for number, (family, given, born) in enumerate(
            [("FRENCHIE", "Chester", 1958), ("FRENCH", "Ella", 1960), ("OKAFOR", "Frenny", 1983)]
        ):
            tx.db.add(
                Patient(
                    issuer="T", patient_id=f"N{number}", family=family, given=given,
                    family_key=family.lower(), given_key=given.lower(),
                    birth_date=date(born, 3, 14),
                )
            )  # fmt: skip
    assert names(house, admin, "") == []
    assert names(house, admin, "fren") == ["T|N1", "T|N0", "T|N2"]
    assert names(house, admin, "Frenchie, Chester") == ["T|N0"]
    assert names(house, admin, "fren 14/03/1983") == ["T|N2"]
    assert names(house, admin, "1960-03-14") == ["T|N1"]
    assert names(house, admin, "N2") == names(house, admin, "T|N2") == ["T|N2"]
    assert names(house, admin, "%") == names(house, admin, "_renchie") == []
    assert len(house.recorded("patient.searched")) == 8


def doubtful(house: House) -> tuple[int, int, int]:
    """An owner, their record, and an exam under its id that names somebody else."""
    take_in(house.portal, [ct_slice(study="1.2.1")])
    take_in(house.portal, [ct_slice(study="1.2.2", name="FRENCHY^Chester", born="19600101")])
    with house.portal.reading() as db:
        study = db.query(Study).where(Study.study_uid == "1.2.2").one()
    owner = house.account(kind="patient")
    house.link(owner, study.patient_id)
    return owner, study.patient_id, study.id


def test_a_contradiction_is_shown_side_by_side_and_settled_as_the_same(
    house: House, admin: SignedIn
) -> None:
    owner, patient, study = doubtful(house)
    (row,) = patient_desk.listed(
        house.portal, admin.account_id, Wanted(choices=(("mark", "doubt"),))
    ).rows
    assert (row.patient_id, row.in_doubt) == (patient, True)
    doubt = identity_desk.doubt(house.portal, admin.account_id, study)
    told = {one.label: (one.left, one.right, one.differs) for one in doubt.properties}
    assert told["Name"] == ("FRENCHIE, Chester", "FRENCHY, Chester", True)
    assert told["Date of birth"] == ("14 March 1958", "01 January 1960", True)
    assert told["Patient ID"][2] is False
    with pytest.raises(NotFound):
        house.access(owner, study)
    identity_desk.same_person(house.portal, admin, study)
    assert house.access(owner, study)
    with pytest.raises(NotFound, match="settled it"):
        identity_desk.same_person(house.portal, admin, study)


@pytest.mark.parametrize("named", [True, False])
def test_an_exam_of_somebody_else_moves_to_their_record_or_one_of_its_own(
    house: House, admin: SignedIn, named: bool
) -> None:
    owner, patient, study = doubtful(house)
    take_in(house.portal, [ct_slice(study="1.2.3", patient_id="P7", name="FRENCHY^Chester")])
    target = identity_desk.other_person(house.portal, admin, study, "P7" if named else "")
    with house.portal.reading() as db:
        row = db.get_one(Patient, target)
        assert (row.patient_id, row.family) == (
            "P7" if named else "unidentified study 1.2.2", "FRENCHY",
        )  # fmt: skip
    assert target != patient
    with pytest.raises(NotFound):
        house.access(owner, study)
    right = house.account(kind="patient")
    house.link(right, target)
    assert house.access(right, study)


def test_an_exam_does_not_move_to_where_it_is_or_to_nowhere(house: House, admin: SignedIn) -> None:
    _, _, study = doubtful(house)
    for written in ("P1", "NOBODY"):
        with pytest.raises(Invalid) as refused:
            identity_desk.other_person(house.portal, admin, study, written)
        assert refused.value.field == "number"


def test_records_of_one_person_are_offered_compared_and_merged(
    house: House, admin: SignedIn
) -> None:
    owner, patient, _ = house.owner_with_exam()
    twin = house.patient()
    exam = house.study(twin)
    (alike,) = patient_desk.details(house.portal, admin.account_id, patient).alike
    assert alike.patient_id == twin
    properties = identity_desk.beside(house.portal, admin.account_id, patient, twin)
    assert [one.differs for one in properties] == [False, False, False, True]
    identity_desk.merge(house.portal, admin, twin, patient)
    assert house.access(owner, exam)
    assert patient_desk.details(house.portal, admin.account_id, patient).merged_from == (
        alike.number,
    )


def test_a_look_at_a_record_or_exam_is_the_patients_to_read(house: House, admin: SignedIn) -> None:
    owner, patient, study = house.owner_with_exam()
    patient_desk.details(house.portal, admin.account_id, patient)
    exam_desk.details(house.portal, admin.account_id, study)
    told = [entry.what for entry in looks.looks(house.portal, owner)]
    assert told[1] == "looked up the patient's details and the list of exams"
    assert told[0].startswith("looked up the details of the exam CT")


def test_a_well_known_patient_is_marked_without_being_told(house: House, admin: SignedIn) -> None:
    owner, patient, _ = house.owner_with_exam()
    patient_desk.mark_well_known(house.portal, admin, patient, well_known=True)
    (row,) = patient_desk.listed(
        house.portal, admin.account_id, Wanted(choices=(("mark", "well_known"),))
    ).rows
    assert row.well_known
    assert looks.looks(house.portal, owner) == []
    assert len(house.recorded("patient.marked")) == 1


# release


def test_staff_withhold_release_and_set_a_time(house: House, admin: SignedIn) -> None:
    owner, _, study = house.owner_with_exam()
    open_page = house.access(owner, study)
    exam_desk.withhold(house.portal, admin, study)
    assert open_page.revision != house.portal.publisher.revision(AccessChanged(owner))
    assert _titles(house, admin, "withheld") == [study]
    told = looks.looks(house.portal, owner)[0].what
    assert told == "withheld an exam that is not released yet for now"
    exam_desk.release_at(house.portal, admin, study, START + timedelta(hours=3))
    assert _titles(house, admin, "waiting") == [study]
    with pytest.raises(NotFound):
        house.access(owner, study)
    house.clock.move(hours=3)
    assert house.access(owner, study)
    with pytest.raises(Invalid, match="still to come"):
        exam_desk.release_at(house.portal, admin, study, START)


def test_a_report_is_withheld_alone(house: House, admin: SignedIn) -> None:
    owner, _, study = house.owner_with_exam()
    _, _, other = house.owner_with_exam()
    with house.portal.transaction() as tx:
        report = Report(study_id=study, kind="text", title="Findings", received_at=tx.now)
        tx.db.add(report)
        tx.db.flush()
        number = report.id
    exam_desk.withhold(house.portal, admin, study, number)
    details = exam_desk.details(house.portal, admin.account_id, study)
    assert (details.row.release.withheld, details.reports[0].release.withheld) == (False, True)
    assert house.access(owner, study)
    with pytest.raises(NotFound):
        exam_desk.withhold(house.portal, admin, other, number)


def test_an_exam_is_found_by_patient_and_accession_number(house: House, admin: SignedIn) -> None:
    _, _, study = house.owner_with_exam()
    with house.portal.reading() as db:
        accession = db.get_one(Study, study).accession_number
    for words in ("frenchie", accession):
        page = exam_desk.listed(house.portal, admin.account_id, Wanted(words=words))
        assert [row.study_id for row in page.rows] == [study]
    assert exam_desk.listed(house.portal, admin.account_id, Wanted(words="nobody")).rows == ()


def _titles(house: House, admin: SignedIn, state: str) -> list[int]:
    wanted = Wanted(choices=(("state", state),))
    return [r.study_id for r in exam_desk.listed(house.portal, admin.account_id, wanted).rows]


# the quarantine


def quarantined(house: House, data: bytes = b"no image") -> int:
    (outcome,) = list(ingest.take_in(house.portal, [ingest.from_bytes("disc/IMG1", data)]))
    assert outcome.fate is Fate.QUARANTINED
    with house.portal.reading() as db:
        return db.query(Quarantine).order_by(Quarantine.id.desc()).first().id  # type: ignore[union-attr]


def waiting(house: House, admin: SignedIn, **more: object) -> list[int]:
    page = quarantine_desk.listed(house.portal, admin.account_id, Wanted(**more))  # type: ignore[arg-type]
    return [row.number for row in page.rows]


def test_what_is_still_broken_stays_and_what_can_be_read_now_is_taken_in(
    house: House, admin: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, ct_slice(), enforce_file_format=True)
    with monkeypatch.context() as patched:
        patched.setattr(ingest, "read_header", lambda _file: 1 / 0)
        number = quarantined(house, buffer.getvalue())
        assert quarantine_desk.retry(house.portal, admin, number).fate is Fate.QUARANTINED
    assert waiting(house, admin) == [number]
    assert quarantine_desk.retry(house.portal, admin, number).fate is Fate.STORED
    assert waiting(house, admin) == []
    assert waiting(house, admin, choices=(("state", "settled"),)) == [number]
    with pytest.raises(NotFound):
        quarantine_desk.retry(house.portal, admin, number)


def test_what_is_discarded_is_gone_and_waits_again_when_it_comes_again(
    house: House, admin: SignedIn
) -> None:
    number = quarantined(house)
    path, _name = quarantine_desk.take_file(house.portal, admin, number)
    assert path.read_bytes() == b"no image"
    quarantine_desk.discard(house.portal, admin, number)
    assert not path.exists()
    assert waiting(house, admin) == []
    with pytest.raises(NotFound):
        quarantine_desk.take_file(house.portal, admin, number)
    assert quarantined(house) == number
    assert waiting(house, admin, words="IMG", choices=(("reason", "not DICOM"),)) == [number]


def test_discarding_keeps_bytes_that_a_stored_object_rests_on(
    house: House, admin: SignedIn
) -> None:
    take_in(house.portal, [ct_slice()])
    with house.portal.transaction() as tx:
        sha = tx.db.query(Instance).one().object_sha256
        row = Quarantine(
            source="x", object_sha256=sha, size=1, reason="conflict", detail="", received_at=tx.now
        )
        tx.db.add(row)
        tx.db.flush()
        number = row.id
    quarantine_desk.discard(house.portal, admin, number)
    assert house.portal.objects.path(sha).exists()
