"""What people rely on is written down: variables, commands, addresses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from main import cli
from services.settings import Settings

ROOT = Path(__file__).parents[2]
OPERATORS = (ROOT / "docs/operators.md").read_text()


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_an_operator_finds_every_variable(name: str) -> None:
    assert f"MYIMAGING_{name.upper()}" in OPERATORS


def _commands() -> list[str]:
    names = [str(c.name or c.callback.__name__) for c in cli.registered_commands if c.callback]
    for group in cli.registered_groups:
        inner = group.typer_instance
        names += [f"{group.name} {c.name}" for c in inner.registered_commands] if inner else []
    return names


@pytest.mark.parametrize("command", _commands())
def test_an_operator_finds_every_command(command: str) -> None:
    assert f"main.py {command}" in OPERATORS


def test_every_link_between_documents_leads_somewhere() -> None:
    for document in [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text()):
            if "://" not in target and not target.startswith("mailto:"):
                assert (document.parent / target).exists(), f"{document.name}: {target}"
