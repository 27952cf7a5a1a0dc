"""Our pictures agree with dcmtk's renderer and the standard's formulas, or there is a reason."""

from __future__ import annotations

import numpy as np
import pytest

from imaging.description import Undescribable
from tests.conformance import corpus, explanations, renderer
from tests.conformance.comparison import compare
from tests.conformance.explanations import Difference

pytestmark = pytest.mark.corpus
# the slices of one series are all alike: `make conformance` takes every one, this a few
FILES = [
    name
    for number, name in enumerate([*corpus.names(), *corpus.bundled()])
    if not name.startswith("ct/") or number % 9 == 0
]


@pytest.fixture
def dcmtk() -> None:
    if not renderer.is_there():
        pytest.skip("DCMTK IS ABSENT (apt-get install dcmtk): CONFORMANCE IS NOT TESTED")


def image(name: str) -> corpus.Image:
    try:
        return corpus.read(name)
    except Undescribable:
        pytest.skip("no image")


@pytest.mark.usefixtures("dcmtk")
@pytest.mark.parametrize("name", FILES)
def test_every_difference_has_its_reason(name: str) -> None:
    if name in corpus.DAMAGED:
        pytest.skip("damaged on purpose")
    outcome = compare(image(name))
    assert (outcome.dcmtk.unexplained, outcome.formulas.unexplained) == (0, 0)


@pytest.mark.parametrize(("name", "reference"), list(corpus.families()))
def test_what_is_stored_without_loss_is_the_same_to_the_last_bit(name: str, reference: str) -> None:
    assert corpus.are_identical(name, reference)


@pytest.mark.skipif(not corpus.names(), reason="THE CORPUS IS ABSENT (../shared/corpus)")
def test_a_picture_that_is_wrong_is_not_explained_away() -> None:
    for name in ("wg04/REF/MR3_UNC.dcm", "pydicom-data/liver.dcm",
                 "pydicom-data/SC_ybr_full_uncompressed.dcm"):  # fmt: skip
        shown = corpus.read(name)
        values = shown.pixels(0)
        colour = values.ndim == 3 or shown.description.segmentation
        size = (*values.shape[:2], 3) if colour else values.shape
        wrong = np.full(size, 77, np.uint8)
        seen = Difference(shown, 0, None, values, wrong, np.zeros(size), "dcmtk")
        for explanation in explanations.EXPLANATIONS:
            covered = explanation.covers(seen)
            assert covered is None or not covered.all(), explanation.name
