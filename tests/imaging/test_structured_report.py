"""Structured reports as documents people can read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.data import get_testdata_file
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from imaging.structured_report import (
    Block,
    Heading,
    Item,
    Paragraph,
    ReportDocument,
    Table,
    UnreadableReport,
    read_structured_report,
)
from imaging.structured_report.wording import Code, day, hour, moment, number, quantity

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


def coded(meaning: str, value: str = "X1", scheme: str = "99TEST") -> list[Dataset]:
    """A code sequence."""
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return [code]


def item(
    kind: str,
    name: str = "",
    *children: Dataset,
    relation: str = "CONTAINS",
    code: str = "X1",
    **values: object,
) -> Dataset:
    """A content item."""
    made = Dataset()
    made.RelationshipType, made.ValueType = relation, kind
    if name:
        made.ConceptNameCodeSequence = coded(name, code, "DCM" if code != "X1" else "99TEST")
    for keyword, value in values.items():
        setattr(made, keyword, value)
    if children:
        made.ContentSequence = list(children)
    return made


def measured(
    name: str, value: str, unit: str, *children: Dataset, relation: str = "CONTAINS"
) -> Dataset:
    """A NUM content item with a UCUM unit."""
    inner = Dataset()
    inner.NumericValue = value
    inner.MeasurementUnitsCodeSequence = coded(unit, unit, "UCUM")
    return item("NUM", name, *children, relation=relation, MeasuredValueSequence=[inner])


def code_item(name: str, meaning: str, *children: Dataset, relation: str = "CONTAINS") -> Dataset:
    return item(
        "CODE", name, *children, relation=relation, ConceptCodeSequence=coded(meaning, "V1")
    )


def image(
    name: str = "", *, frames: list[int] | None = None, relation: str = "CONTAINS"
) -> Dataset:
    reference = Dataset()
    reference.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    reference.ReferencedSOPInstanceUID = "1.2.3.4"
    if frames:
        reference.ReferencedFrameNumber = frames
    return item("IMAGE", name, relation=relation, ReferencedSOPSequence=[reference])


def pointing(*position: int, relation: str = "INFERRED FROM") -> Dataset:
    made = Dataset()
    made.RelationshipType = relation
    made.ReferencedContentItemIdentifier = list(position)
    return made


def report(*children: Dataset, **others: object) -> Dataset:
    made = item("CONTAINER", "Chest CT report", *children, relation="")
    del made.RelationshipType
    for keyword, value in others.items():
        setattr(made, keyword, value)
    return made


def blocks(*children: Dataset) -> tuple[Block, ...]:
    return read_structured_report(report(*children)).blocks


def said(document: ReportDocument) -> str:
    """Every word of a report, for looking something up in it."""
    parts = [document.title, document.status, document.author, str(document.dated)]
    for block in document.blocks:
        match block:
            case Heading(text=text) | Paragraph(text=text):
                parts.append(text)
            case Item(label=label, value=value):
                parts += [label, value]
            case Table(rows=rows):
                parts += [cell for row in rows for cell in row]
    return "\n".join(parts)


def test_title_status_author_and_date_come_from_the_document() -> None:
    verifier = Dataset()
    verifier.VerifyingObserverName = "Lindqvist^Robin^^Dr"
    read = read_structured_report(
        report(
            item("TEXT", TextValue="All is well."),
            CompletionFlag="COMPLETE",
            VerificationFlag="VERIFIED",
            VerifyingObserverSequence=[verifier],
            ContentDate="20190104",
            ContentTime="155130.5",
        )
    )
    assert (read.title, read.status) == ("Chest CT report", "complete, verified")
    assert read.author == "Dr Robin Lindqvist"
    assert read.dated == datetime(2019, 1, 4, 15, 51, 30)  # noqa: DTZ001
    assert read.blocks == (Paragraph("All is well."),)


def test_a_partial_unverified_report_says_so_and_names_its_author() -> None:
    author = Dataset()
    author.PersonName = "Okafor^Ada"
    read = read_structured_report(
        report(
            item("TEXT", TextValue="Draft."),
            CompletionFlag="PARTIAL",
            VerificationFlag="UNVERIFIED",
            AuthorObserverSequence=[author],
        )
    )
    assert (read.status, read.author, read.dated) == ("partial, not verified", "Ada Okafor", None)


def test_sections_are_headings_by_their_depth() -> None:
    inner = item("CONTAINER", "Lungs", item("TEXT", TextValue="Clear."))
    assert blocks(item("CONTAINER", "Findings", inner)) == (
        Heading(1, "Findings"),
        Heading(2, "Lungs"),
        Paragraph("Clear."),
    )


def test_sections_of_the_same_name_are_numbered() -> None:
    nodule = [item("CONTAINER", "Nodule", measured("Diameter", n, "mm")) for n in ("3", "5")]
    assert blocks(*nodule) == (
        Heading(1, "Nodule 1 of 2"),
        Item("Diameter", "3 mm"),
        Heading(1, "Nodule 2 of 2"),
        Item("Diameter", "5 mm"),
    )


def test_a_text_that_repeats_its_heading_has_no_label_and_others_have() -> None:
    section = item(
        "CONTAINER",
        "Findings",
        item("TEXT", "Finding", TextValue="A nodule.\r\n\r\nNo effusion."),
        item("TEXT", "Recommendation", TextValue="See again in a year."),
        item("TEXT", "History", TextValue="word " * 60),
    )
    assert blocks(section) == (
        Heading(1, "Findings"),
        Paragraph("A nodule."),
        Paragraph("No effusion."),
        Item("Recommendation", "See again in a year."),
        Heading(2, "History"),
        Paragraph(("word " * 60).strip()),
    )


def test_modifiers_stand_in_brackets_and_origins_below() -> None:
    found = code_item(
        "Finding",
        "Mass",
        code_item("Laterality", "Left", relation="HAS CONCEPT MOD"),
        measured(
            "Length", "12.0", "mm", image(relation="INFERRED FROM"), relation="HAS PROPERTIES"
        ),
        item("TEXT", "Reason", relation="INFERRED FROM", TextValue="spiculated"),
    )
    assert blocks(found) == (
        Item("Finding", "Mass (Laterality: Left)"),
        Item("Mass – Length", "12.0 mm"),
        Item("Mass – Length – inferred from Image reference", "CT Image"),
        Item("Mass – inferred from Reason", "spiculated"),
    )


def test_dates_times_people_and_uids_are_told_in_words() -> None:
    assert blocks(
        item("DATE", "Date", Date="20190104"),
        item("TIME", "Time", Time="155100"),
        item("DATETIME", "When", DateTime="20190104155100.0+0200"),
        item("PNAME", "Physician", PersonName="Lindqvist^Robin^^Dr"),
        item("UIDREF", "Class", UID="1.2.840.10008.5.1.4.1.1.2"),
    ) == (
        Item("Date", "04 January 2019"),
        Item("Time", "15:51"),
        Item("When", "04 January 2019 15:51 UTC+02:00"),
        Item("Physician", "Dr Robin Lindqvist", identifying=True),
        Item("Class", "CT Image", identifying=True),
    )


def test_regions_and_references_are_summarised() -> None:
    waves = Dataset()
    waves.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.9.1.1"
    waves.ReferencedWaveformChannels = [1, 1, 1, 2]
    region = item("SCOORD", "Outline", GraphicType="POLYLINE", GraphicData=[0.0] * 8)
    surface = item("SCOORD3D", "", GraphicType="POLYGON", GraphicData=[0.0] * 12)
    span = item("TCOORD", "", TemporalRangeType="SEGMENT", ReferencedTimeOffsets=["1.0", "2.5"])
    assert blocks(
        region,
        surface,
        span,
        item("WAVEFORM", "ECG", ReferencedSOPSequence=[waves]),
        image("Key image", frames=[2, 7]),
    ) == (
        Item("Outline", "polyline of 4 points"),
        Item("Region in space", "polygon of 4 points"),
        Item("Range in time", "segment at 1 s, 2.5 s"),
        Item("ECG", "12-lead ECG Waveform, 2 channels"),
        Item("Key image", "CT Image, frames 2, 7"),
    )


def test_many_image_references_are_counted() -> None:
    assert blocks(*(image() for _ in range(40))) == (Item("Image reference", "40 × CT Image"),)


def test_measurements_in_a_row_become_a_table() -> None:
    mean = code_item("Derivation", "Mean", relation="HAS CONCEPT MOD")
    rows = [
        measured("Area", "4.5", "cm2"),
        measured("Density", "40", "[hnsf'U]", mean),
        measured("Ratio", "0.5", "1"),
    ]
    assert blocks(*rows) == (
        Table(
            (
                ("Measurement", "Value", "Notes"),
                ("Area", "4.5 cm²", ""),
                ("Density", "40 HU", "Derivation: Mean"),
                ("Ratio", "0.5", ""),
            )
        ),
    )


def test_a_measurement_without_a_value_says_why() -> None:
    failed = item(
        "NUM", "Length", NumericValueQualifierCodeSequence=coded("Measurement failure", "114006")
    )
    assert blocks(failed, item("NUM", "Area")) == (
        Item("Length", "no value (Measurement failure)"),
        Item("Area", "no value"),
    )


def test_entries_of_running_text_are_one_paragraph() -> None:
    section = item(
        "CONTAINER",
        "Findings",
        item("TEXT", "Finding", TextValue="A mass of"),
        measured("Diameter", "3", "cm"),
        item("TEXT", "Finding", TextValue="was detected."),
        ContinuityOfContent="CONTINUOUS",
    )
    assert blocks(section) == (Heading(1, "Findings"), Paragraph("A mass of 3 cm was detected."))


def test_language_and_observers_come_last() -> None:
    assert blocks(
        item(
            "CODE",
            "Language",
            code="121049",
            ConceptCodeSequence=coded("English"),
            relation="HAS CONCEPT MOD",
        ),
        item(
            "PNAME",
            "Person Observer Name",
            code="121008",
            PersonName="Okafor^Ada",
            relation="HAS OBS CONTEXT",
        ),
        item("TEXT", TextValue="All is well."),
    ) == (
        Paragraph("All is well."),
        Heading(1, "About this report"),
        Item("Language", "English"),
        Item("Person Observer Name", "Ada Okafor", identifying=True),
    )


def test_an_entry_by_reference_is_named_and_never_entered() -> None:
    found = code_item(
        "Finding", "Mass", pointing(1), pointing(1, 1), pointing(1, 9), pointing(1, 1, 1)
    )
    assert blocks(found) == (
        Item("Finding", "Mass"),
        Item("Mass – inferred from another entry", "see “Chest CT report”"),
        Item("Mass – inferred from another entry", "see “Finding: Mass”"),
        Item("Mass – inferred from another entry", "an entry that is not in this report"),
        Item("Mass – inferred from another entry", "another entry of this report"),
    )


def test_malformed_entries_are_told_and_the_rest_is_read() -> None:
    assert blocks(
        Dataset(),
        item("TEXT", "Finding"),
        item("RIDDLE", "Odd"),
        item("DATE", "Date", Date=""),
        code_item("Finding", ""),
        item("TEXT", TextValue="Still here."),
    )[-1] == Paragraph("Still here.")
    read = blocks(item("TEXT", "Finding"), item("RIDDLE", "Odd"), item("RIDDLE"))
    assert read == (
        Item("Finding", "left empty in the report"),
        Item("Odd", "cannot be shown (an entry of the kind “RIDDLE”)"),
        Item("Entry", "cannot be shown (an entry of the kind “RIDDLE”)"),
    )


def test_a_damaged_outline_counts_as_absent_and_the_rest_is_read() -> None:
    region = item("SCOORD", "Outline", GraphicType="POINT")
    tag = Tag("GraphicData")
    region[tag] = RawDataElement(tag, "FL", 7, b"7 bytes", 0, False, True)
    assert blocks(region, item("TEXT", TextValue="Still here.")) == (
        Item("Outline", "point"),
        Paragraph("Still here."),
    )


def test_a_report_damaged_at_its_root_is_refused() -> None:
    damaged = report(item("TEXT", TextValue="Lost."))
    tag = Tag("ContentSequence")
    damaged[tag] = RawDataElement(tag, "SQ", 7, b"7 bytes", 0, False, True)
    with pytest.raises(UnreadableReport):
        read_structured_report(damaged)


def test_a_report_without_content_is_refused() -> None:
    with pytest.raises(UnreadableReport, match="no content"):
        read_structured_report(Dataset())


def nested(levels: int) -> Dataset:
    inner = item("TEXT", TextValue="Deep down.")
    for _ in range(levels - 1):
        inner = item("CONTAINER", "Part", inner)
    return report(inner)


def test_a_report_may_be_64_levels_deep_and_no_deeper() -> None:
    assert read_structured_report(nested(64)).blocks[-1] == Paragraph("Deep down.")
    with pytest.raises(UnreadableReport, match="64"):
        read_structured_report(nested(65))


def test_a_report_may_have_20000_entries_and_no_more() -> None:
    one = item("TEXT", TextValue="Line.")
    assert len(blocks(*[one] * 19_999)) == 19_999
    with pytest.raises(UnreadableReport, match="20000"):
        blocks(*[one] * 20_000)


@pytest.mark.parametrize(
    ("written", "shown"),
    [("20190104", "04 January 2019"), ("2019.01.04", "04 January 2019"), ("20191399", "20191399")],
)
def test_a_date_is_told_in_words(written: str, shown: str) -> None:
    assert day(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("155130.25", "15:51"),
        ("1551", "15:51"),
        ("15:51:30", "15:51"),
        ("15", "15:00"),
        ("99", "99"),
    ],
)
def test_a_time_is_told_in_hours_and_minutes(written: str, shown: str) -> None:
    assert hour(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2019", "2019"),
        ("201901", "January 2019"),
        ("20190104", "04 January 2019"),
        ("soon", "soon"),
    ],
)
def test_a_moment_is_told_as_far_as_it_is_known(written: str, shown: str) -> None:
    assert moment(written) == shown


@pytest.mark.parametrize(
    ("written", "unit", "shown"),
    [
        ("12.50", Code("mm", "UCUM", "millimeter"), "12.50 mm"),
        ("90", Code("deg", "UCUM", "degrees of plane angle"), "90°"),
        ("3.14159265358979", Code("cm3", "UCUM", "cubic centimeter"), "3.142 cm³"),
        ("5.1", Code("{SUVbw}g/ml", "UCUM", "SUV body weight"), "5.1 g/ml"),
        ("2", Code("{ratio}", "UCUM", "ratio"), "2 ratio"),
        ("7", Code("B1", "99X", "beads"), "7 beads"),
        ("7", Code(), "7"),
    ],
)
def test_a_quantity_has_the_sign_of_its_unit(written: str, unit: Code, shown: str) -> None:
    assert quantity(written, unit) == shown


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_rounding_for_readers_keeps_three_digits(value: float) -> None:
    assert float(number(repr(value))) == pytest.approx(value, rel=5e-4, abs=0)


def hidden() -> ReportDocument:
    read = read_structured_report(
        report(
            item(
                "PNAME",
                "Subject Name",
                code="121029",
                PersonName="FRENCHIE^Chester",
                relation="HAS OBS CONTEXT",
            ),
            item(
                "DATE",
                "Subject Birth Date",
                code="121031",
                Date="19580314",
                relation="HAS OBS CONTEXT",
            ),
            item("TEXT", "Clinic", TextValue="Riverbend", relation="HAS OBS CONTEXT"),
            item("PNAME", "Reader", PersonName="Okafor^Ada"),
            item("UIDREF", "Series", UID="1.2.3.4.5"),
            item("TEXT", TextValue="Mr Frenchie is well."),
            *(measured(f"Frenchie {n}", "1", "mm") for n in range(3)),
            item("CONTAINER", "Frenchie section", item("TEXT", "Frenchie", TextValue="x" * 9)),
            ContentDate="20190104",
            CompletionFlag="COMPLETE",
        )
    )
    return read.redacted(lambda text: text.replace("Frenchie", "…"))


@pytest.mark.parametrize(
    "secret", ["renchie", "FRENCHIE", "Chester", "1958", "Riverbend", "Okafor", "1.2.3", "2019"]
)
def test_a_redacted_report_tells_nobody_who_it_is_about(secret: str) -> None:
    assert secret not in said(hidden())


def test_a_redacted_report_keeps_what_was_found() -> None:
    assert Paragraph("Mr … is well.") in hidden().blocks
    assert hidden().status == "complete"
    assert (hidden().author, hidden().dated) == ("", None)


def corpus(path: str) -> Dataset:
    file = CORPUS / path
    if not file.exists():
        pytest.skip(f"the corpus file {path} is not here")
    return pydicom.dcmread(file)


@pytest.mark.corpus
def test_a_pet_segmentation_report_reads_as_a_table() -> None:
    read = read_structured_report(corpus("dcmqi/sr-example/sr.dcm"))
    assert (read.title, read.status) == ("Imaging Measurement Report", "partial, not verified")
    assert Item("Image reference", "191 × Positron Emission Tomography Image") in read.blocks
    (table,) = (block for block in read.blocks if isinstance(block, Table))
    assert len(table.rows) == 23
    assert table.rows[3] == ("SUVbw", "10.3814 g/ml", "Derivation: Maximum")


@pytest.mark.corpus
def test_measurement_groups_read_one_after_the_other() -> None:
    read = read_structured_report(corpus("highdicom/sr_document_with_multiple_groups.dcm"))
    assert read.author == "John Doe"
    headings = [block.text for block in read.blocks if isinstance(block, Heading)]
    assert headings[1:5] == [f"Measurement Group {n} of 4" for n in (1, 2, 3, 4)]
    for wanted in (
        Item("Finding", "Nodule"),
        Item("Diameter", "10.0 mm"),
        Item("Intensity Histogram Mean", "-119.074 HU"),
        Item("Image Region – selected from Original Source", "CT Image"),
    ):
        assert wanted in read.blocks


@pytest.mark.parametrize(
    "name", ["test-SR.dcm", "reportsi.dcm", "reportsi_with_empty_number_tags.dcm"]
)
def test_the_samples_of_pydicom_are_read(name: str) -> None:
    file = get_testdata_file(name)
    assert isinstance(file, str)
    read = read_structured_report(pydicom.dcmread(file))
    assert len(read.blocks) >= 5
    assert "cannot be shown" not in said(read)


def changed(dataset: Dataset, change: Callable[[Dataset], None]) -> None:
    """Apply a change to every content item of a tree."""
    change(dataset)
    for child in dataset.get("ContentSequence", []):
        changed(child, change)


KEYWORDS = (
    "ValueType RelationshipType ConceptNameCodeSequence TextValue MeasuredValueSequence PersonName"
    " ConceptCodeSequence ReferencedSOPSequence GraphicData GraphicType UID DateTime Date Time"
).split()


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_a_report_that_lacks_an_attribute_everywhere_is_still_read(keyword: str) -> None:
    file = get_testdata_file("test-SR.dcm")
    assert isinstance(file, str)
    dataset = pydicom.dcmread(file)

    def without(one: Dataset) -> None:
        if keyword in one:
            delattr(one, keyword)

    changed(dataset, without)
    assert read_structured_report(dataset).blocks
