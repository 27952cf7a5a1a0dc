"""`python -m tests.fuzz.importer DATA FILES BATCH`: imports, and says what was acknowledged."""

from __future__ import annotations

import sys
from pathlib import Path

from services.intake import ingest, packages
from tests.factories import open_house


def main() -> None:
    """One line for every acknowledged file, as soon as it is acknowledged."""
    data, files, batch = sys.argv[1:]
    ingest.BATCH = int(batch)
    portal = open_house(Path(data)).portal
    print("begun", flush=True)
    for outcome in ingest.take_in(portal, packages.candidates([Path(files)])):
        print(outcome.fate.value, outcome.name, sep="\t", flush=True)


if __name__ == "__main__":
    main()
