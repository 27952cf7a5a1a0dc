"""`make conformance`: every file of the corpus against dcmtk and the standard's formulas.

Prints the table and writes it to docs/CONFORMANCE.md; exits with 1 on a difference that no
paragraph of the standard explains.
"""

from __future__ import annotations

import fnmatch
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.console import Console
from rich.progress import track

from tests.conformance import peer
from tests.conformance.comparing import CORPUS, Comparison, Difference, compare, names
from tests.conformance.explained import EXPLANATIONS, Explanation

DOCUMENT = Path(__file__).parents[2] / "docs" / "CONFORMANCE.md"
HEAD = """# Grey levels against other readers

Made by `make conformance`. Every file of the corpus is rendered with the window it starts with and
with a third of that width, first, middle and last frame, and compared with dcmtk's renderer and
with the formulas of DICOM PS3.3 C.11 in double precision over pydicom's decoders. A number is the
largest difference in grey levels (0 to 255); up to 1 is rounding.
"""


def explanation(comparison: Comparison, reader: str) -> Explanation | None:
    """The paragraph that decides a difference from that reader, if one does."""
    for known in EXPLANATIONS:
        if fnmatch.fnmatch(comparison.name, known.pattern) and known.reader in ("*", reader):
            return known
    return None


def unexplained(comparisons: Iterable[Comparison]) -> Iterator[str]:
    """A line for every difference of more than one level that nothing explains."""
    for one in comparisons:
        for reader, found in (("dcmtk", one.dcmtk), ("formula", one.formula)):
            apart = isinstance(found, Difference) and not found.within
            if apart and explanation(one, reader) is None:
                yield f"{one.name} differs from {reader}: {found}"


def table(comparisons: list[Comparison]) -> Iterator[str]:
    """The document, line by line; files that hold and compare alike share a row."""
    yield from HEAD.splitlines()
    shown = [one for one in comparisons if not one.refused]
    both = [one for one in shown if isinstance(one.dcmtk, Difference)]
    within = sum(one.dcmtk.within for one in both if isinstance(one.dcmtk, Difference))
    yield ""
    yield (
        f"{len(comparisons)} files, {len(shown)} of them images, all shown. dcmtk "
        f"({peer.version()}) renders {len(both)} of them: {within} within one level, the others "
        "explained below."
    )
    yield ""
    yield "| files | what | transfer syntax | dcmtk | formula |"
    yield "|---|---|---|---|---|"
    rows: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for one in shown:
        rows[one.what, one.syntax, _cell(one, "dcmtk"), _cell(one, "formula")].append(one.name)
    for (what, syntax, dcmtk, formula), files in rows.items():
        yield f"| {_listed(files)} | {what} | {syntax} | {dcmtk} | {formula} |"
    yield from ("", "## Where readers differ", "")
    for known in EXPLANATIONS:
        yield f"- `{known.pattern}`: **{known.paragraph}**. {known.why}"
    yield from ("", "## Files without an image to show", "")
    for one in comparisons:
        if one.refused:
            yield f"- `{one.name}`: {one.refused}"


def _cell(one: Comparison, reader: str) -> str:
    found = one.dcmtk if reader == "dcmtk" else one.formula
    if not isinstance(found, Difference):
        return f"– ({found})"
    if found.within:
        return str(found.largest)
    known = explanation(one, reader)
    where = known.paragraph if known else "UNEXPLAINED"
    return f"{found.largest} ({found.beyond_one:.1%} of pixels; {where})"


def _listed(files: list[str]) -> str:
    if len(files) <= 2:
        return ", ".join(f"`{name}`" for name in files)
    return f"`{files[0]}` and {len(files) - 1} more like it"


def main() -> int:
    """Compare, print, write."""
    console = Console()
    if not CORPUS.is_dir():
        console.print("THE CORPUS IS ABSENT (../shared/corpus): nothing was compared")
        return 0
    if not peer.renderer(""):
        console.print(peer.ABSENT)
        return 1
    with warnings.catch_warnings(), ThreadPoolExecutor(2) as pool:
        warnings.simplefilter("ignore")
        found = list(track(pool.map(compare, names()), "Comparing", total=len(names())))
    document = "\n".join(table(found)) + "\n"
    print(document)
    DOCUMENT.write_text(document)
    for line in (wrong := list(unexplained(found))):
        console.print(line, style="red")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
