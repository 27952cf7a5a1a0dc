"""One file of each kind against dcmtk's renderer and the formulas; `make conformance` does all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance import peer
from tests.conformance.comparing import CORPUS, Difference, compare
from tests.conformance.dcmtk import unexplained

pytestmark = pytest.mark.corpus
QUICK = 600_000  # bytes: large files take long, and `make conformance` has them


def one_of_each_kind() -> Iterator[str]:
    """The first file of every kind that the manifest tells apart."""
    seen = set()
    if CORPUS.is_dir():
        for line in (CORPUS / "MANIFEST.tsv").read_text().splitlines()[1:]:
            name, *kind = line.split("\t")[:6]
            small = (CORPUS / name).stat().st_size < QUICK
            if small and kind[1] not in ("", "xx1") and tuple(kind) not in seen:
                seen.add(tuple(kind))
                yield name


KINDS = list(one_of_each_kind())


@pytest.fixture(autouse=True)
def readers() -> None:
    if not CORPUS.is_dir():
        pytest.skip("THE CORPUS IS ABSENT (../shared/corpus): its tests are SKIPPED")
    if not peer.renderer(""):
        pytest.skip(peer.ABSENT)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", KINDS)
def test_grey_levels_agree_within_one_or_a_paragraph_decides(name: str) -> None:
    assert not list(unexplained([compare(name)]))


@pytest.mark.filterwarnings("ignore")
def test_most_kinds_are_read_by_dcmtk_too() -> None:
    compared = [isinstance(compare(name).dcmtk, Difference) for name in KINDS]
    assert sum(compared) > len(KINDS) / 2
