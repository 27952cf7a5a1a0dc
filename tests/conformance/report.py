"""The outcomes as docs/CONFORMANCE.md: every file counted, equal ones of a series in one row."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import pydicom

from imaging import transfer_syntax as syntaxes
from imaging.decoders.table import DECODERS
from tests.conformance import renderer
from tests.conformance.comparison import Outcome, Tally
from tests.conformance.explanations import EXPLANATIONS

PAGE = Path(__file__).parents[2] / "docs" / "CONFORMANCE.md"
LEAST_OF_A_SERIES = 4  # files of one folder and kind that share a row


def page(outcomes: list[Outcome], families: dict[str, bool], refused: dict[str, str]) -> str:
    """Markdown. `families`: whether a lossless file equals its reference; `refused`: file, why."""
    differing = sorted(name for name, same in families.items() if not same)
    pictures = sum(outcome.dcmtk.pictures for outcome in outcomes)
    read = [outcome for outcome in outcomes if not outcome.dcmtk.refused]
    parts = [
        "# Conformance of pictures",
        "Written by `make conformance`; nothing here is written by hand. Files named `pydicom/` "
        "come with that library, all others are of the collection in `../shared/corpus`.",
        f"{len(outcomes) + len(refused)} files of real images and documents: {len(outcomes)} are "
        f"images, and every one is shown; {len(refused)} are no images, or damaged ones. "
        f"{renderer.version()} reads {len(read)} of the images: {pictures} pictures compared.",
        "For each image the first, the middle and the last frame, through every window and VOI LUT "
        "of the file, a window computed from the values, a third of it, and a sigmoid. Beside "
        "dcmtk's renderer, in 8 bits; and beside the formulas of PS3.3 in float64 over pydicom's "
        "pixels. Allowed is one level. What the renderer does not read (JPEG 2000 of any kind, "
        "deflated frames, float "
        "pixels, packed bits in RLE) is compared with the formulas alone; what pydicom does not "
        "read either is a twin below. “Beyond” is the share of samples further apart; each of "
        "them needs a reason below, or this command fails.",
        "## To the last bit",
        f"{sum(families.values())} of {len(families)} images that are stored without loss in "
        "another way (RLE, JPEG Lossless, JPEG-LS, JPEG 2000, deflated frames, big endian) have "
        "the stored values of the one they were made of, every frame, to the last bit; those of "
        "`wg04` the values of `wg04/REF`."
        + (f" Not so: {', '.join(differing)}." if differing else ""),
        "## Why pictures differ by more than one level",
        *(f"- **{e.name}** ({e.paragraph}). {e.verdict}" for e in EXPLANATIONS),
        "## Colour profiles",
        "ICC profiles (PS3.3 C.11.15) are not applied: colours are shown as stored, which browsers "
        "take for sRGB. Where an image carries a profile the viewer says so, and names it, in the "
        "corner of the picture.",
        "## Images",
        _table(outcomes),
        "## Transfer syntaxes",
        _syntaxes(outcomes),
        "## No images",
        "\n".join(["| file | reason |", "|---|---|",
                   *(f"| {name} | {why} |" for name, why in sorted(refused.items()))]),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _table(outcomes: list[Outcome]) -> str:
    rows = [
        "| files | kind | transfer syntax | pictures | dcmtk: largest, beyond | formulas: largest, "
        "beyond | reasons |",
        "|---|---|---|---|---|---|---|",
    ]
    for label, members in sorted(_grouped(outcomes), key=lambda group: group[0]):
        first = members[0].image.description
        sign = "s" if first.signed else ""
        tallies = [_merged(m.dcmtk for m in members), _merged(m.formulas for m in members)]
        reasons = sorted(tallies[0].reasons | tallies[1].reasons)
        unexplained = sum(tally.unexplained for tally in tallies)
        if unexplained:
            reasons.append(f"**UNEXPLAINED: {unexplained} pixels**")
        rows.append(
            f"| {label} | {first.modality} {first.photometric} "
            f"{first.bits_stored}/{first.bits_allocated}{sign} "
            f"| {syntaxes.name(first.transfer_syntax)} | {tallies[1].pictures} "
            f"| {_cell(tallies[0])} | {_cell(tallies[1])} | {', '.join(reasons)} |"
        )
    return "\n".join(rows)


def _grouped(outcomes: list[Outcome]) -> Iterable[tuple[str, list[Outcome]]]:
    def key(outcome: Outcome) -> tuple[object, ...]:
        d = outcome.image.description
        folder = outcome.image.name.rpartition("/")[0]
        return (folder, d.modality, d.photometric, d.bits_stored, d.transfer_syntax)

    for (folder, *_), found in groupby(sorted(outcomes, key=key), key=key):
        members = list(found)
        # only the slices of one device's series: elsewhere each file is a case of its own
        if len(members) >= LEAST_OF_A_SERIES and str(folder).startswith("ct/"):
            yield f"{folder}/ ({len(members)} files)", members
        else:
            yield from ((member.image.name, [member]) for member in members)


def _merged(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for tally in tallies:
        whole.pictures += tally.pictures
        whole.largest = max(whole.largest, tally.largest)
        whole.samples += tally.samples
        whole.beyond += tally.beyond
        whole.unexplained += tally.unexplained
        whole.reasons |= tally.reasons
        whole.refused = whole.refused or tally.refused
    return whole


def _cell(tally: Tally) -> str:
    if tally.refused:
        return f"not read: {tally.refused[:70]}"
    beyond = f"{tally.share * 100:.3f} %" if tally.beyond else "none"
    return f"{tally.largest}, {beyond}"


def _syntaxes(outcomes: list[Outcome]) -> str:
    rows = [
        "| transfer syntax | UID | images here | decoders, in the order tried |",
        "|---|---|---|---|",
    ]
    counted: dict[str, int] = {}
    for outcome in outcomes:
        syntax = outcome.image.description.transfer_syntax
        counted[syntax] = counted.get(syntax, 0) + 1
    for syntax in sorted(syntaxes.NATIVE | set(DECODERS), key=pydicom.uid.UID):
        tried = [
            f"{decoder.__module__.rpartition('.')[2]}.{decoder.__name__}"
            for decoder in DECODERS.get(syntax, ())
        ]
        how = ", ".join(tried) or "native"
        rows.append(f"| {syntaxes.name(syntax)} | {syntax} | {counted.get(syntax, 0)} | {how} |")
    return "\n".join(rows)
