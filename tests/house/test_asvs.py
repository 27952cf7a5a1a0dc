"""The table of ASVS requirements is true: every row names a test or a paragraph that is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "security" / "asvs.md"
ROW = re.compile(
    r"^\| *(?P<number>v?\d[^|]*?) *\|(?P<asked>[^|]*)\|(?P<how>[^|]*)\|(?P<proof>[^|]*)\|$"
)
NUMBER = re.compile(r"v5\.0\.0-(\d+\.\d+\.\d+)")
LEFT_OUT = re.compile(r"(?<![\d.-])\d+\.\d+\.\d+(?![\d.]*\d)")
# how many requirements of levels 1 and 2 each chapter of the standard has
REQUIREMENTS = {
    1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13,
    14: 9, 15: 13, 16: 16, 17: 7,
}  # fmt: skip


def rows() -> list[dict[str, str]]:
    found = []
    for line in TABLE.read_text().splitlines():
        if match := ROW.match(line):
            found.append({name: text.strip() for name, text in match.groupdict().items()})
    return found


@cache
def names_of(path: str) -> frozenset[str]:
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@cache
def headings_in(path: str) -> frozenset[str]:
    file = ROOT / path
    lines = file.read_text().splitlines() if file.is_file() else []
    return frozenset(line.lstrip("#").strip() for line in lines if line.startswith("#"))


def is_alive(proof: str) -> bool:
    if "::" in proof:
        path, _, name = proof.partition("::")
        return name.startswith("test_") and name in names_of(path)
    path, _, heading = proof.partition("#")
    return path.endswith(".md") and heading in headings_in(path)


def numbers() -> list[str]:
    return [row["number"] for row in rows()]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["number"])
def test_a_row_has_a_living_proof(row: dict[str, str]) -> None:
    assert NUMBER.fullmatch(row["number"]), "a number is written as v5.0.0-1.2.3"
    assert row["asked"]
    assert is_alive(row["proof"]), f"{row['proof']} is not there"


def test_every_requirement_is_there_once() -> None:
    """With those that are said not to apply."""
    told = [match[1] for number in numbers() if (match := NUMBER.fullmatch(number))]
    for line in _sentences():
        told += LEFT_OUT.findall(line)
    assert sorted(one for one in set(told) if told.count(one) > 1) == []
    counted = dict.fromkeys(REQUIREMENTS, 0)
    for one in told:
        counted[int(one.split(".")[0])] += 1
    assert counted == REQUIREMENTS


def _sentences() -> list[str]:
    """What is not a table, from its first "Does not apply" on."""
    text = re.sub(r"^\|.*$", "", TABLE.read_text(), flags=re.MULTILINE)
    return text.partition("## V1 ")[2].splitlines()


def test_what_is_not_met_says_so_and_is_told_in_the_threat_model() -> None:
    assert any("**not met**" in row["how"] for row in rows())
    assert "## What is left" in (ROOT / "docs" / "security" / "threat-model.md").read_text()


def test_a_proof_that_is_not_there_is_found() -> None:
    assert not is_alive("tests/house/test_asvs.py::test_that_nobody_wrote")
    assert not is_alive("tests/house/test_nothing.py::test_a_row_has_a_living_proof")
    assert not is_alive("docs/operators.md#No such heading")
    assert is_alive("tests/house/test_asvs.py::test_a_proof_that_is_not_there_is_found")
