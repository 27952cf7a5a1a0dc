"""What the portal's own source never does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.served import ROOT

MODULES = [
    path
    for room in ("ui", "services", "storage", "imaging")
    for path in sorted((ROOT / room).rglob("*.py"))
] + [ROOT / "main.py"]
DANGEROUS = {"eval", "exec", "compile", "__import__"}
RUNNING = {"subprocess", "pickle", "marshal", "shelve", "dill", "yaml", "jinja2"}
# the one that starts the portal's own decoders, with arguments of its own
STARTS_ITS_OWN = {"imaging/decoders/apart.py"}
# names that hold escaped texts only, by module
ESCAPED = {"imaging/redaction.py": ("kinds", "kind", "parts")}
WEAK = re.compile(r"\b(md5|sha1|des|rc4|blowfish|ecb)\b", re.IGNORECASE)
UNCHECKED = re.compile(r"CERT_NONE|verify\s*=\s*False|check_hostname\s*=\s*False|_unverified")


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield node


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_nothing_runs_commands_or_text_as_code(path: Path) -> None:
    for call in calls(path):
        assert not (isinstance(call.func, ast.Name) and call.func.id in DANGEROUS), call.lineno
        if isinstance(call.func, ast.Attribute):
            assert call.func.attr not in ("system", "popen"), call.lineno
    if named(path) in STARTS_ITS_OWN:
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            assert not RUNNING & {name.name.split(".")[0] for name in node.names}
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in RUNNING


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_regular_expression_is_made_of_what_came_in(path: Path) -> None:
    """Patterns are constants, made of constants, or escaped."""
    for call in calls(path):
        function = call.func
        if not (
            isinstance(function, ast.Attribute)
            and isinstance(function.value, ast.Name)
            and function.value.id == "re"
            and function.attr not in ("escape", "Match", "Pattern")
            and call.args
        ):
            continue
        for part in ast.walk(call.args[0]):
            if isinstance(part, ast.Name):
                constant = part.id.isupper() or part.id.startswith("_")
                escaped = part.id in ESCAPED.get(named(path), ())
                assert constant or escaped or part.id == "re", f"{part.id} in line {call.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_weak_hash_is_used(path: Path) -> None:
    for call in calls(path):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        assert not WEAK.fullmatch(name), f"{name} in line {call.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_certificates_are_always_checked(path: Path) -> None:
    assert UNCHECKED.search(path.read_text()) is None
