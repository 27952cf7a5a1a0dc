"""The rules of the house that can be read off its files."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("commands", "ui", "services", "storage", "imaging")
LONGEST = 300


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


FILES = _tracked()
MODULES = [
    f
    for f in FILES
    if f.suffix == ".py"
    and f.relative_to(ROOT).parts[0] in ROOMS
    and f.parent.name != "versions"  # a migration is a record, as long as the change it records
]


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_script_file_is_authored() -> None:
    assert not [f for f in FILES if f.suffix in {".js", ".mjs", ".ts", ".vue", ".jsx", ".tsx"}]


@pytest.mark.parametrize("module", [*MODULES, ROOT / "main.py"], ids=_named)
def test_no_javascript_is_authored(module: Path) -> None:
    text = module.read_text()
    for word in ("run_javascript", "js_handler", "<script", "javascript:"):
        assert word not in text
    # what is written into a page by hand is one picture
    assert ("add_body_html" in text) == (_named(module) == "ui/components/viewer/poster.py")
    assert not re.search(r"\bon(click|load|error)\s*=\s*[\"']", text)


@pytest.mark.parametrize("module", MODULES, ids=_named)
def test_a_module_can_be_read_at_one_sitting(module: Path) -> None:
    assert len(module.read_text().splitlines()) <= LONGEST


@pytest.mark.parametrize("module", MODULES, ids=_named)
def test_a_public_thing_says_what_it_is(module: Path) -> None:
    tree = ast.parse(module.read_text())
    undocumented = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node) is None
        and _worth_words(node)
    ]
    assert not undocumented


def _worth_words(node: ast.AST) -> bool:
    """Whether its name alone may not be enough: more than a few lines long."""
    first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
    return bool(last - first > 8)


def test_the_lock_files_pin_with_hashes_and_name_no_host() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        pins = re.findall(r"^[a-z0-9][^\s;]*==", text, re.MULTILINE | re.IGNORECASE)
        assert len(pins) > 20
        assert text.count("--hash=sha256:") >= len(pins)
        assert "://" not in text


def test_no_file_holds_a_private_key_or_a_machine_path() -> None:
    for file in FILES:
        if file.suffix in {".py", ".md", ".toml", ".txt", ".lock", ""} and file != Path(__file__):
            text = file.read_text(errors="ignore")
            assert "BEGIN PRIVATE" + " KEY" not in text, file
            assert "/home" + "/" not in text, file


def test_migrations_are_one_chain_in_the_order_of_their_numbers() -> None:
    versions = sorted((ROOT / "storage/migrations/versions").glob("[0-9]*.py"))
    numbers = [file.name[:4] for file in versions]
    for file, number, before in zip(versions, numbers, ["", *numbers], strict=False):
        text = file.read_text()
        assert f'\nrevision = "{number}"\n' in text, file.name
        down = f'"{before}"' if before else "None"
        assert f"\ndown_revision = {down}\n" in text, file.name
