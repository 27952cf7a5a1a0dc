"""De-identified headers, the files made of them, and the directory that lists them."""

from __future__ import annotations

import io
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.fileset import FileSet
from pydicom.sequence import Sequence

from imaging import native_file
from imaging.decode import Undecodable, decode
from imaging.deidentify import deidentified, pseudonymous_patient, pseudonymous_uid
from imaging.description import Undescribable, describe
from imaging.file_start import missing_start
from imaging.instance import ImageDescription
from imaging.kept_attributes import NEVER
from imaging.media_directory import MediaDirectory, record_type
from imaging.redaction import Identity
from tests.dicom import as_bytes, ct_slice, photograph

KEY = b"k" * 32
CORPUS = Path(__file__).parents[3] / "shared/corpus"


def cleaned(dataset: Dataset, **options: object) -> Dataset:
    chosen = {"patient": "TEST|P1", "age": 68, "masked": False, **options}
    return deidentified(dataset, KEY, Identity(), **chosen)  # type: ignore[arg-type]


def test_uids_are_replaced_consistently_and_registered_ones_stay() -> None:
    copy = cleaned(ct_slice(number=1))
    other = cleaned(ct_slice(number=2))
    assert copy.SOPClassUID == "1.2.840.10008.5.1.4.1.1.2"
    assert copy.StudyInstanceUID == other.StudyInstanceUID == pseudonymous_uid(KEY, STUDY)
    assert copy.SOPInstanceUID != other.SOPInstanceUID
    assert len(copy.SOPInstanceUID) <= 44
    assert pseudonymous_uid(b"other", STUDY) != pseudonymous_uid(KEY, STUDY)
    assert pseudonymous_patient(b"other", "P1") != pseudonymous_patient(KEY, "P1")


STUDY = "1.2.826.0.1.3680043.10.1"


def test_the_standards_markers_are_set() -> None:
    copy = cleaned(ct_slice(), masked=True)
    assert copy.PatientIdentityRemoved == "YES"
    assert [item.CodeValue for item in copy.DeidentificationMethodCodeSequence] == [
        "113100", "113105", "113106", "113101"
    ]  # fmt: skip
    assert copy.BurnedInAnnotation == "NO"
    assert copy.LongitudinalTemporalInformationModified == "UNMODIFIED"
    assert all(len(value) <= 64 for value in [copy.DeidentificationMethod])


def test_only_the_age_in_years_stays_of_the_patient() -> None:
    source = ct_slice(PatientSize=1.81, PatientWeight=80, PatientAge="816M", EthnicGroup="x")
    copy = cleaned(source)
    group = {e.keyword: e.value for e in copy if e.tag.group == 0x0010}
    assert group == {
        "PatientName": "HIDDEN", "PatientID": pseudonymous_patient(KEY, "TEST|P1"),
        "PatientBirthDate": "", "PatientSex": "", "PatientAge": "068Y",
    }  # fmt: skip
    assert "PatientAge" not in cleaned(source, age=None)


def test_a_date_that_is_the_day_of_birth_goes_wherever_it_stands() -> None:
    copy = cleaned(ct_slice(ContentDate="19580314", AcquisitionDateTime="19580314120000"))
    assert (copy.ContentDate, copy.AcquisitionDateTime) == ("", "")
    assert copy.StudyDate == "20261003"


def test_what_is_no_date_or_code_is_no_way_through() -> None:
    source = ct_slice()
    source["StudyTime"]._value = "Frenchie"
    source.ImageType = ["ORIGINAL", "FRENCHIE"]
    copy = cleaned(source)
    assert copy.StudyTime == ""
    assert list(copy.ImageType) == ["ORIGINAL", ""]


def test_unknown_attributes_go_at_every_depth() -> None:
    source = ct_slice()
    item, inner = Dataset(), Dataset()
    inner.CodeMeaning, inner.TextValue = "Chest of Mr Frenchie", "Frenchie"
    item.ViewCodeSequence, item.OperatorsName = Sequence([inner]), "Somebody^Else"
    source.AnatomicRegionSequence = Sequence([item])
    source.ViewCodeSequence = Sequence([inner])
    copy = cleaned(source)
    assert "OperatorsName" not in copy.AnatomicRegionSequence[0]
    (code,) = copy.ViewCodeSequence
    assert "TextValue" not in code
    assert code.CodeMeaning == "Chest of Mr [name]"


def test_sequences_deeper_than_any_real_one_are_cut() -> None:
    source = ct_slice()
    innermost = source
    for _ in range(60):
        item = Dataset()
        innermost.DerivationImageSequence = Sequence([item])
        innermost = item
    depth, at = 0, cleaned(source)
    while "DerivationImageSequence" in at:
        depth, at = depth + 1, at.DerivationImageSequence[0]
    assert depth == 12


def test_nothing_that_the_standard_removes_is_kept() -> None:
    """Attributes with action X, Z, D or U in PS3.15 table E.1-1 that devices do write."""
    source = ct_slice()
    texts = (
        "AccessionNumber InstitutionName InstitutionAddress StationName ReferringPhysicianAddress "
        "InstitutionalDepartmentName PerformingPhysicianName OperatorsName AdmittingDiagnoses"
        "Description PatientComments AdditionalPatientHistory Occupation DeviceSerialNumber "
        "ProtocolName ImageComments RequestingPhysician RequestingService MedicalAlerts "
        "RequestedProcedureDescription PerformedProcedureStepID PerformedStationAETitle "
        "CountryOfResidence RegionOfResidence PatientTelephoneNumbers FrameComments "
        "DetectorID GantryID CassetteID PlateID AcquisitionComments DerivationDescription "
        "ScheduledProcedureStepDescription CurrentPatientLocation IssuerOfPatientID"
    ).split()
    for keyword in texts:
        setattr(source, keyword, "TRC")
    source.IrradiationEventUID = source.DeviceUID = source.InstanceCreatorUID = "1.2.3.4"
    copy = cleaned(source)
    assert "TRC" not in str(copy)
    assert "1.2.3.4" not in str(copy)
    assert not any(tag in copy for tag in NEVER if tag >> 16 != 0x0012 and tag != 0x00280303)


def test_a_stored_object_without_a_start_gets_one() -> None:
    whole = as_bytes(ct_slice())
    names = "1.2.840.10008.5.1.4.1.1.2", "1.2.3", "1.2.840.10008.1.2.1"
    assert missing_start(io.BytesIO(whole), *names) == b""
    bare = io.BytesIO()
    dataset = ct_slice()
    pydicom.dcmwrite(bare, dataset)
    without_meta = whole[whole.index(b"\x08\x00\x05\x00CS") :]
    for stored in (whole[132:], without_meta):
        start = missing_start(io.BytesIO(stored), *names)
        read = pydicom.dcmread(io.BytesIO(start + stored))
        assert read.PatientID == "P1"
        assert read.file_meta.TransferSyntaxUID == names[2]


def test_a_directory_makes_up_what_an_object_lacks(tmp_path: Path) -> None:
    directory = MediaDirectory("2.25.1")
    poor = ct_slice()
    for keyword in ("StudyDate", "StudyTime", "StudyID", "SeriesNumber", "InstanceNumber",
                    "PatientID", "Modality"):  # fmt: skip
        delattr(poor, keyword)
    second = photograph(study="1.2.3.9", patient_id="P2", name="山田^太郎")
    directory.add(poor, ("DICOM", "SE000001", "IM000001"), "1.2.840.10008.1.2.1")
    directory.add(second, ("DICOM", "SE000002", "IM000001"), "1.2.840.10008.1.2.1")
    (tmp_path / "DICOMDIR").write_bytes(directory.encoded())
    for name, dataset in (("SE000001", poor), ("SE000002", second)):
        (tmp_path / "DICOM" / name).mkdir(parents=True)
        (tmp_path / "DICOM" / name / "IM000001").write_bytes(as_bytes(dataset))
    listed = FileSet(tmp_path / "DICOMDIR")
    assert len(listed) == 2
    assert listed.find_values("PatientID") == ["UNKNOWN", "P2"]
    assert "山田^太郎" in str(listed.find_values("PatientName"))


def test_records_have_the_types_that_readers_look_for() -> None:
    storage = "1.2.840.10008.5.1.4.1.1."
    kinds = {"2": "IMAGE", "88.11": "SR DOCUMENT", "88.59": "KEY OBJECT DOC", "104.1": "ENCAP DOC",
             "11.1": "PRESENTATION", "481.3": "RT STRUCTURE SET", "66.4": "IMAGE", "1.1": "IMAGE",
             "9.1.1": "WAVEFORM"}  # fmt: skip
    assert {number: record_type(storage + number) for number in kinds} == kinds


def test_a_patient_called_like_a_term_of_the_standard_leaves_the_term() -> None:
    copy = deidentified(
        ct_slice(name="CT^MR"), KEY, Identity(names=("CT", "MR")),
        patient="P", age=None, masked=False,
    )  # fmt: skip
    assert copy.Modality == "CT"
    assert copy.StudyDescription == "[name] chest"
    assert cleaned(ct_slice(Modality="FRENCHIE")).Modality == ""


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_a_hidden_copy_of_every_image_of_the_corpus_looks_the_same() -> None:
    """Pixels to the last bit, and palette, windows, units, place, shape as they were."""
    copied = 0
    for path in sorted(p for p in CORPUS.rglob("*") if p.is_file() and p.stat().st_size < 4 << 20):
        found = _described(path)
        if found is None or found[0].frames > 3:
            continue
        description, source = found
        read = _reader(path.read_bytes())
        try:
            pixels = [decode(description, frame, read) for frame in range(description.frames)]
            head = native_file.head(source, description)
        except (Undecodable, native_file.Unwritable):
            continue
        body = b"".join(map(native_file.frame_bytes, pixels))
        data = head + body + native_file.tail(description)
        again = describe(pydicom.dcmread(io.BytesIO(data)), data)
        for frame, expected in enumerate(pixels):
            assert (decode(again, frame, _reader(data)) == expected).all(), path
        for name in ("palette", "greyscales", "placements", "aspect", "padding", "inverse",
                     "regions", "shutter", "frame_times", "lossy"):  # fmt: skip
            assert repr(getattr(again, name)) == repr(getattr(description, name)), (path, name)
        copied += 1
    assert copied > 200


def _reader(data: bytes):  # type: ignore[no-untyped-def]
    return lambda offset, length: data[offset : offset + length]


def _described(path: Path) -> tuple[ImageDescription, Dataset] | None:
    try:
        dataset = pydicom.dcmread(path, force=True)
        description = describe(dataset, path.read_bytes())
        return description, cleaned(pydicom.dcmread(path, force=True, stop_before_pixels=True))
    except (Undescribable, pydicom.errors.InvalidDicomError):
        return None
    except Exception:  # no DICOM at all
        return None
