"""Some hundreds of damaged files; `make fuzz` runs ten thousand."""

from __future__ import annotations

from tests.fuzz.mutations import damaged
from tests.fuzz.running import run

SEEDS = range(5000, 5250)


def test_damaged_files_do_no_harm() -> None:
    answers = list(run(SEEDS))
    harm = {a["seed"]: (damaged(a["seed"])[0], a["faults"]) for a in answers if a["faults"]}
    assert not harm
    assert {a["seed"] for a in answers} == set(SEEDS)
    fates = [a["fate"] for a in answers]
    assert fates.count("stored") > len(SEEDS) // 5
    assert fates.count("quarantined") > len(SEEDS) // 5


def test_the_same_seed_is_the_same_damage() -> None:
    assert damaged(17) == damaged(17)
    assert damaged(17) != damaged(18)
