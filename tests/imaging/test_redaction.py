"""Nothing that names the patient is left in a text, and nothing else is touched."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.person_name import search_key
from imaging.redaction import Identity, redact

CHESTER = Identity(
    names=("FRENCHIE", "Chester Paul"),
    patient_ids=("DEMO-204417",),
    accession_numbers=("RB26-0042",),
    dates=(date(1958, 3, 14),),
    people=("Dr Robin Lindqvist",),
    institutions=("Riverbend District Hospital",),
    uids=("1.2.826.1",),
)


@pytest.mark.parametrize(
    "text",
    ["Frenchie", "FRENCHIE, Chester", "FRENCHIE^CHESTER^PAUL", "Mr. frenchie's knee", "(Chester)",
     "chester_paul", "Fre\u0301nchie"],
)  # fmt: skip
def test_the_name_goes_however_it_is_written(text: str) -> None:
    left = redact(text, CHESTER).lower()
    assert "frenchie" not in left
    assert "chester" not in left
    assert "paul" not in left


@pytest.mark.parametrize(
    "spelled",
    ["O'Brien", "O’Brien", "OBRIEN", "O Brien", "o-brien", "Núñez-O'Brien", "Nunez OBrien"],
)
def test_accents_apostrophes_and_hyphens_do_not_save_a_name(spelled: str) -> None:
    identity = Identity(names=("NÚÑEZ-O'BRIEN", "José"))
    left = search_key(redact(f"Seen: {spelled} today", identity).replace("[name]", ""))
    assert left == "seentoday"


@pytest.mark.parametrize(
    "spelled",
    ["1958-03-14", "14/03/1958", "03/14/1958", "14.3.58", "19580314", "14 March 1958",
     "14 Mar 1958", "March 14, 1958", "14th of March 1958", "14-Mar-1958"],
)  # fmt: skip
def test_the_birth_date_goes_in_every_spelling(spelled: str) -> None:
    assert redact(f"born {spelled}.", CHESTER) == "born [date]."


@pytest.mark.parametrize("spelled", ["DEMO-204417", "demo 204417", "204417", "RB26-0042"])
def test_numbers_go_with_and_without_their_letters(spelled: str) -> None:
    assert redact(f"No. {spelled} taken", CHESTER) == "No. [number] taken"


def test_people_places_addresses_and_uids_go() -> None:
    text = (
        "Dr Robin Lindqvist at RIVERBEND  District Hospital, r.l@practice.example, "
        "1.2.840.10008.5.1.4"
    )
    assert redact(text, CHESTER) == "Dr [person] at [institution], [address], [identifier]"


@pytest.mark.parametrize("text", ["DOB: 01/02/1999", "Patient name: Jane Doe", "MRN = 55"])
def test_what_stands_behind_a_label_goes_unknown_as_it_is(text: str) -> None:
    assert redact(text, CHESTER).endswith("[identifier]")


@pytest.mark.parametrize(
    "text",
    ["", "Nodule of 8 mm, unchanged since 2022.", "Compare with 08 March 2022.",
     "T1 4.5 mm, TR 550.0", "1.5 T", "Frenchies are dogs", "L4/5: 3.14 mm"],
)  # fmt: skip
def test_findings_stay_to_the_letter(text: str) -> None:
    assert redact(text, CHESTER) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [("Seen by Dr Ada Brown. No change.", "Seen by Dr [person]. No change."),
     ("Discussed with Prof. J. K. Li today", "Discussed with Prof. [person] today"),
     ("Call +61 8 9220 1234 or (08) 9220 1234", "Call [number] or [number]"),
     ("Card 2951647381", "Card [number]"),
     ("Reported by: A. Brown, MD", "Reported by: [identifier], MD"),
     ("Electronically signed: Brown", "Electronically signed: [identifier]"),
     ("Transferred from Riverbend last week", "Transferred from [institution] last week")],
)  # fmt: skip
def test_people_places_and_numbers_nobody_told_of_go_too(text: str, left: str) -> None:
    assert redact(text, CHESTER) == left


@pytest.mark.parametrize(
    "text",
    ["MR Brain and DR Chest", "Compared with 20220308.", "Study of 2022-03-08", "12345.678901 mm",
     "the district hospital", "Ms plaques", "0.5 mm, 10 - 20 mm", "T2 1000/2000"],
)  # fmt: skip
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert redact(text, CHESTER) == text


names = st.text(st.characters(categories=("L",), max_codepoint=0x24F), min_size=3, max_size=12)


@settings(max_examples=150, deadline=None)
@given(names, st.text(max_size=60), st.text(max_size=60))
def test_no_word_of_a_name_survives_between_any_two_texts(
    name: str, before: str, after: str
) -> None:
    left = redact(f"{before} {name} {after}", Identity(names=(name,)))
    words = {search_key(word) for word in left.replace("[name]", " ").split()}
    assert search_key(name) not in words or not search_key(name)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact(text, CHESTER)
    assert redact(once, CHESTER) == once


def test_a_long_text_is_redacted_in_one_go() -> None:
    text = "a1.2.3-" * 40_000 + "Chester"
    assert redact(text, CHESTER).endswith("[name]")
