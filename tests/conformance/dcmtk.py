"""`make conformance`: every file of the corpus beside dcmtk's renderer and the standard's formulas.

Prints what it finds, writes docs/CONFORMANCE.md, and exits with 1 on a difference that nothing
explains, on a lossless image that is not its reference, and on an image that is not shown.
"""

from __future__ import annotations

import sys

from imaging.decode import Undecodable, is_decodable
from imaging.description import Undescribable
from tests.conformance import corpus, renderer, report
from tests.conformance.comparison import Outcome, compare


def main() -> int:
    if not corpus.names():
        print("THE CORPUS IS ABSENT (../shared/corpus): nothing to compare")
        return 1
    if not renderer.is_there():
        print("DCMTK IS ABSENT: install it (apt-get install dcmtk) to compare with its renderer")
        return 1
    outcomes, refused, wrong = examine([*corpus.names(), *corpus.bundled()])
    families = {name: corpus.are_identical(name, other) for name, other in corpus.families()}
    wrong += [f"{name} is not its reference" for name, same in families.items() if not same]
    vouched = set(families) | {other for _, other in corpus.families()}
    wrong += [
        f"{outcome.image.name}: nobody else reads it"
        for outcome in outcomes
        if outcome.dcmtk.refused
        and outcome.formulas.refused
        and outcome.image.name not in vouched
        # what is left of a file that breaks off, others do not show at all
        and not outcome.image.description.truncated
    ]
    text = report.page(outcomes, families, refused)
    report.PAGE.write_text(text)
    print(text)
    print("\n".join(wrong) or "Every difference has its reason.")
    return 1 if wrong else 0


def examine(names: list[str]) -> tuple[list[Outcome], dict[str, str], list[str]]:
    """Outcomes, files that hold no image and why, and what is wrong."""
    outcomes: list[Outcome] = []
    refused: dict[str, str] = {}
    wrong: list[str] = []
    for name in names:
        try:
            image = corpus.read(name)
        except Undescribable as reason:
            refused[name] = str(reason)
            continue
        try:
            outcome = compare(image)
        except Undecodable as reason:
            refused[name] = str(reason)
            if is_decodable(image.description.transfer_syntax) and name not in corpus.DAMAGED:
                wrong.append(f"{name}: {reason}")
            continue
        outcomes.append(outcome)
        for peer, tally in (("dcmtk", outcome.dcmtk), ("the formulas", outcome.formulas)):
            if tally.unexplained:
                wrong.append(
                    f"{name}: {tally.unexplained} pixels differ from {peer} without reason"
                )
    return outcomes, refused, wrong


if __name__ == "__main__":
    sys.exit(main())
