"""What every test can ask for: a portal in a fresh folder, with a clock and secrets to steer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories import House, open_house
from tests.on_postgres import forget


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An empty portal, closed afterwards."""
    opened = open_house(tmp_path / "data")
    yield opened
    opened.portal.database.close()
    forget(tmp_path / "data")


# What takes longest begins first, so that no worker is left alone with it at the end.
LONG = (
    "tests/tracer",
    "tests/attacks/test_routes",
    "tests/attacks/test_sockets",
    "tests/fuzz",
    "tests/law",
    "tests/imaging/test_phantom",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests first; the browser's journeys come last."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> tuple[bool, bool]:
    long = item.nodeid.startswith(LONG) or "test_demonstration" in item.nodeid
    return item.get_closest_marker("journey") is not None, not long
