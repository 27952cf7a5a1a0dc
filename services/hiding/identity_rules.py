"""What somebody with hidden details gets of an image's pixels: judged on arrival, kept as JSON.

What an older version of the software judged is judged again when it is met.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydicom.dataset import Dataset
from sqlalchemy import update

from imaging.burned_in import WRITTEN, Keep, Mask, burned_in_policy
from imaging.sentences import Sentence
from imaging.structure import read_data_set
from services.language import N_
from services.portal import Portal
from storage.models import Instance

ASK = N_(
    "If you need it, please ask the person who shared this exam with you to share it again with "
    "patient details."
)
EDITION = 2  # counts up with every change of what is decided
Rule = dict[str, Any]


def rule_of(dataset: Dataset) -> Rule:
    """`do` is keep, mask (with `regions`) or withhold (with `reason`, a sentence)."""
    match burned_in_policy(dataset):
        case Keep():
            rule: Rule = {"do": "keep"}
        case Mask(keep_regions=regions):
            rule = {"do": "mask", "regions": [list(region) for region in regions]}
        case withheld:
            rule = {"do": "withhold", "reason": withheld.reason}
    return rule | {"edition": EDITION}


def refusal(reason: str) -> Sentence:
    """Why something is not shown while details are hidden, and what to do about it."""
    return Sentence("{why} {then}", why=Sentence(reason), then=Sentence(ASK))


def current_rules(portal: Portal, rows: Iterable[Instance]) -> dict[int, Rule]:
    """The rule of each instance by its id, as this version of the software judges."""
    rules: dict[int, Rule] = {}
    renewed: dict[int, Rule] = {}
    for row in rows:
        rules[row.id] = row.identity_rule
        if row.content == "image" and row.identity_rule.get("edition") != EDITION:
            judged = _judged(portal, row.object_sha256)
            rules[row.id] = judged or {"do": "withhold", "reason": WRITTEN}
            if judged:
                renewed[row.id] = judged
    if renewed:
        with portal.transaction() as work:
            for instance_id, rule in renewed.items():
                changed = update(Instance).where(Instance.id == instance_id)
                work.db.execute(changed.values(identity_rule=rule))
    return rules


def _judged(portal: Portal, sha256: str) -> Rule | None:
    """None where it cannot be judged now; then it is not shown, and judged another time."""
    try:
        with portal.objects.open(sha256) as file:
            return rule_of(read_data_set(file))
    except Exception:  # a parser meets bytes from outside: any failure is theirs
        return None
